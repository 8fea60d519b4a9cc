"""One server per data folder."""

from pathlib import Path
from typing import Final

from server.exclusive import Exclusive, HeldError
from server.store.rows import StoreError

FILE: Final = "lock.sqlite3"


class FolderLock:
    """Held as long as this process lives, however it dies."""

    def __init__(self, folder: Path) -> None:
        try:
            self._held = Exclusive(folder / FILE)
        except HeldError as error:
            raise StoreError(
                f"Another server is running on {folder} already. Stop it first (`./lanternhold "
                "down`), or choose another LANTERNHOLD_SERVER_DATA_DIR."
            ) from error

    def release(self) -> None:
        """Let another server have the folder."""
        self._held.release()
