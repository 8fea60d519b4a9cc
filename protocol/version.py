"""Which wire this is, and which build speaks it."""

from typing import Final

SUBPROTOCOL: Final = "lanternhold.1"
"""The WebSocket subprotocol; its number is the major version: another number, another wire."""

STATS_MINOR: Final = 1
"""From here on STATS and LATE are known."""
STEP_MINOR: Final = 2
"""From here on STEP is known."""
MINOR: Final = 2
"""Rises when something optional is added. Nobody is sent what their minor does not know."""

BUILD: Final = "0.1.0"
"""The release, for people to read; the wire never depends on it."""

DEFAULT_WORLD: Final = "home"


def world_path(world: str = DEFAULT_WORLD) -> str:
    """The path of the URL at which `world` is entered."""
    return f"/w/{world}"
