"""How much of anything a connection may do. Times are seconds of any monotonic clock."""

from math import inf
from typing import Final

HELLO_S: Final = 5.0
"""The time a connection has to say HELLO."""

SILENT_S: Final = 10.0
"""A player who acknowledged nothing for so long is cut (TOO_SLOW) and may resume."""


STALL_S: Final = 1.0
"""A client that has heard nothing for so long sends STALL_INPUTS_PER_S, not one a tick: what it
says arrives all at once when the line is back, and must not look like a flood."""

STALL_INPUTS_PER_S: Final = 10


STATS_EVERY_S: Final = 5.0
"""Between two STATS of a client."""

LATE_S: Final = 0.05
"""A SNAP that goes out so late is worth a LATE: at 20 Hz, pictures come twice as far apart."""


_HAIR: Final = 1 + 1e-9
"""Longer than it takes to fill by as much: no rounding makes full what is not."""


class TokenBucket:
    """`rate` takes a second on average, `burst` at once; full at the start."""

    __slots__ = ("_at", "_full_s", "_level", "burst", "rate")

    def __init__(self, rate: float, burst: float, now: float = 0.0) -> None:
        self.rate = rate
        self.burst = burst
        self._level = burst
        self._at = now
        # Once it was full when one was taken: after so long it is full again, and one more leaves
        # the same level. Asked of every message, that is a third of the price of counting.
        self._full_s = inf

    def take(self, now: float) -> bool:
        """Take one if it is there. A clock that stood or went back adds nothing."""
        if now - self._at >= self._full_s:
            self._at = now
            return True
        level = self._level
        if now > self._at:
            level = min(level + (now - self._at) * self.rate, self.burst)
            self._at = now
        if level < 1:
            self._level, self._full_s = level, inf
            return False
        self._full_s = _HAIR / self.rate if level == self.burst and self.rate else inf
        self._level = level - 1
        return True

    def give_back(self, amount: float = 1.0) -> None:
        """What was taken counts no more."""
        self._level = min(self._level + amount, self.burst)
        self._full_s = inf
