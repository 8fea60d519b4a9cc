"""The data folder: where everything is that must outlive the process, and how files get there."""

import os
import tempfile
from pathlib import Path

from server.settings import PREFIX


class StartError(Exception):
    """The server cannot start; the text says why and what to do."""


def prepare_folder(folder: Path) -> Path:
    """The data folder, there and ours.

    Raises:
        StartError: when it cannot be made or written to.
    """
    probe = folder / ".writable"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        owner = f" as user {os.getuid()}" if hasattr(os, "getuid") else ""
        raise StartError(
            f"The data folder {folder} cannot be written{owner} ({error.strerror or error}). Give "
            f"it to that user, make room on the disk, or set {PREFIX}DATA_DIR to another folder."
        ) from error
    return folder


def write_private(path: Path, data: bytes) -> None:
    """Put `data` at `path` at once or not at all, readable by the owner alone."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
