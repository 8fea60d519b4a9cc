"""How late the server's own SNAPs are, and when to tell its players."""

from typing import Final

from protocol.limits import LATE_S
from protocol.messages import Late

TOLD_EVERY_S: Final = 1.0
"""An overloaded server has better things to do than to say so at every tick."""
_MOST_MS: Final = 0xFFFF_FFFF


class Lateness:
    """The most that SNAPs were late since players were told. Times are of the server's clock."""

    def __init__(self) -> None:
        self._worst_s = 0.0
        self._told_at = float("-inf")

    def lost(self, seconds: float) -> None:
        """So much time was given up before the coming tick."""
        self._worst_s = max(self._worst_s, seconds)

    def shown(self, late_s: float, now: float) -> Late | None:
        """SNAPs go out, `late_s` after their tick was due; returns what to tell before them."""
        self._worst_s = max(self._worst_s, late_s)
        if self._worst_s < LATE_S or now - self._told_at < TOLD_EVERY_S:
            return None
        told = Late(late_ms=min(_MOST_MS, round(1000 * self._worst_s)))
        self._worst_s, self._told_at = 0.0, now
        return told
