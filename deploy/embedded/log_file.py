"""A log that cannot fill the disk."""

import contextlib
from pathlib import Path
from typing import BinaryIO

LARGEST_BYTES = 5_000_000
KEPT = 3  # files, the newest among them


class LogFile:
    """Lines of one program, in NAME.log; older ones in NAME.log.1 and so on."""

    def __init__(self, path: Path, largest_bytes: int = LARGEST_BYTES, kept: int = KEPT) -> None:
        self._path = path
        self._largest = largest_bytes
        self._kept = kept
        self._file = self._open()

    def write(self, line: bytes) -> None:
        """Add a line; a full disk loses it, which is better than losing the program."""
        with contextlib.suppress(OSError):
            if self._file.closed:  # the disk was full when it was turned over
                self._file = self._open()
            if self._file.tell() + len(line) > self._largest:
                self._turn()
            self._file.write(line)
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _open(self) -> BinaryIO:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._path.open("ab")

    def _turn(self) -> None:
        self._file.close()
        with contextlib.suppress(OSError):  # Windows: somebody reads one of them; it grows on
            self._rename()
        self._file = self._open()

    def _rename(self) -> None:
        for number in range(self._kept - 1, 0, -1):
            older = self._path.with_name(f"{self._path.name}.{number}")
            newer = (
                self._path.with_name(f"{self._path.name}.{number - 1}")
                if number > 1
                else self._path
            )
            if newer.exists():
                newer.replace(older)
