"""One server per data folder."""

import sqlite3
from pathlib import Path
from typing import Final

from server.store.rows import StoreError

FILE: Final = "lock.sqlite3"


class FolderLock:
    """Held as long as this process lives, however it dies.

    SQLite's own locking, on a file of its own: it is the one lock of the standard library that
    works alike on Linux, macOS and Windows.
    """

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / FILE, timeout=0.0, isolation_level=None)
        try:
            self._db.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._db.close()
            raise StoreError(
                f"Another server is running on {folder} already. Stop it first (`./lanternhold "
                "down`), or choose another LANTERNHOLD_SERVER_DATA_DIR."
            ) from error

    def release(self) -> None:
        """Let another server have the folder."""
        self._db.close()
