"""Hand-ins between being asked for and being on the server's disk."""

from dataclasses import dataclass
from typing import Final

from client.draw.picture import Pending

_SHOWN_S: Final = 2.5
_KEPT: Final = 4


@dataclass(slots=True)
class _Promise:
    act_id: int
    points: int
    asked: float
    saved: float | None = None


class Promises:
    """Which hand-ins are still tentative."""

    def __init__(self) -> None:
        self._open: list[_Promise] = []

    def ask(self, act_id: int, points: int, now: float) -> None:
        """A hand-in worth `points` was asked for."""
        if act_id and points:
            self._open.append(_Promise(act_id, points, now))

    def hear(self, saved: int, now: float) -> None:
        """Acts up to `saved` are on disk."""
        for promise in self._open:
            if promise.saved is None and promise.act_id <= saved:
                promise.saved = now
        self._open = [p for p in self._open if p.saved is None or now - p.saved < _SHOWN_S]

    def shown(self, now: float) -> list[Pending]:
        """What to tell the player, oldest first."""
        return [
            Pending(p.points, now - (p.saved or p.asked), p.saved is not None)
            for p in self._open[-_KEPT:]
        ]
