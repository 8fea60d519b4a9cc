"""The recordings of the server's last minutes, brought to where the host can send them from."""

import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from deploy.clone import Clone, write_private
from deploy.problem import Problem
from deploy.stack import Stack

SUFFIX: Final = ".lhrec"


@dataclass(frozen=True)
class Recording:
    """One file. `why` it was made: "crash", or "asked" for by the host."""

    path: Path
    why: str
    size_bytes: int


def folder(clone: Clone) -> Path:
    """Where they lie, in either mode."""
    return clone.state / "recordings"


def bring(clone: Clone, stack: Stack) -> list[Recording]:
    """Copy all that the server holds; those that it has let go since stay here.

    Returns:
        the ones here, newest first.

    Raises:
        Problem: they could not be had.
    """
    with tempfile.TemporaryFile() as archive:
        stack.pack_recordings(archive)
        archive.seek(0)
        try:
            _unpack(archive, folder(clone))
        except tarfile.TarError as problem:
            raise Problem(
                f"The recordings did not arrive whole: {problem}.", "try it again"
            ) from problem
    files = sorted(folder(clone).glob(f"*{SUFFIX}"), key=_when, reverse=True)
    return [Recording(file, file.name.partition("-")[0], file.stat().st_size) for file in files]


def _unpack(archive: BinaryIO, target: Path) -> None:
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tarfile.open(fileobj=archive, mode="r|") as files:
        for entry in files:
            name = PurePosixPath(entry.name).name  # whatever folder it says that it lies in
            if name.endswith(SUFFIX) and not (target / name).exists():
                content = files.extractfile(entry) if entry.isfile() else None
                if content is not None:
                    write_private(target / name, content.read())


def _when(file: Path) -> str:
    """What the names are sorted by: the moment in them."""
    return file.name.partition("-")[2]
