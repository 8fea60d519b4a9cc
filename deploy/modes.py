"""The two ways to run: in Docker, or embedded."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from deploy.clone import Clone, write_private


class Mode(StrEnum):
    """How the server runs on this computer."""

    DOCKER = "docker"
    EMBEDDED = "embedded"


def remembered(clone: Clone) -> Mode | None:
    """The mode of the last `up`, or None before the first."""
    try:
        return Mode(clone.mode_file.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None


@contextmanager
def trying(clone: Clone, mode: Mode) -> Iterator[None]:
    """Start in a mode: it is remembered from the beginning, unless the start fails.

    So who is killed meanwhile leaves nothing that `down` would not know of.
    """
    before = remembered(clone)
    remember(clone, mode)
    try:
        yield
    except BaseException:
        if before:
            remember(clone, before)
        else:
            clone.mode_file.unlink(missing_ok=True)
        raise


def remember(clone: Clone, mode: Mode) -> None:
    """Keep the mode for the next `up`."""
    write_private(clone.mode_file, f"{mode}\n")
