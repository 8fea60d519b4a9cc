"""The two ways to run: in Docker, or embedded."""

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


def remember(clone: Clone, mode: Mode) -> None:
    """Keep the mode for the next `up`."""
    write_private(clone.mode_file, f"{mode}\n")
