"""How much of anything a connection may do. Times are seconds of any monotonic clock."""

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


class TokenBucket:
    """`rate` takes a second on average, `burst` at once; full at the start."""

    __slots__ = ("_at", "_level", "burst", "rate")

    def __init__(self, rate: float, burst: float, now: float = 0.0) -> None:
        self.rate = rate
        self.burst = burst
        self._level = burst
        self._at = now

    def take(self, now: float, amount: float = 1.0) -> bool:
        """Take `amount` if it is there. A clock that stood or went back adds nothing."""
        level = self._level
        if now > self._at:
            level += (now - self._at) * self.rate
            if level > self.burst:  # noqa: PLR1730 - asked of every message: half the price of min
                level = self.burst
            self._at = now
        if level < amount:
            self._level = level
            return False
        self._level = level - amount
        return True

    def give_back(self, amount: float = 1.0) -> None:
        """What was taken counts no more."""
        self._level = min(self._level + amount, self.burst)
