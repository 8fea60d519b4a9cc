"""A file that one process holds at a time."""

import sqlite3
from pathlib import Path


class HeldError(Exception):
    """Another process holds it, or the file cannot be made; the text is SQLite's."""


class Exclusive:
    """Held until it is released or the process dies, however it dies.

    SQLite's own locking: it is the one lock of the standard library that works alike on Linux,
    macOS and Windows.
    """

    def __init__(self, path: Path, timeout_s: float = 0.0) -> None:
        self._db = sqlite3.connect(path, timeout=timeout_s, isolation_level=None)
        try:
            self._db.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            self._db.close()
            raise HeldError(str(error)) from error

    def release(self) -> None:
        """Let another process have it."""
        self._db.close()
