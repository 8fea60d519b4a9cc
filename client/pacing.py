"""The client's tick clock: turns passing time into ticks, nudged to the server's need.

The server says in each snapshot how many of our commands still waited. Too many: we are early
and play with needless delay; none: a little jitter makes us late. The clock runs up to 4 %
faster or slower until the wait is one command plus what the line's jitter asks for.
"""

from collections import deque
from typing import Final

from protocol.limits import STALL_INPUTS_PER_S

NUDGE_MAX: Final = 0.04
NUDGE_PER_TICK: Final = 0.01
"""Rate change for each tick the wait is off: settles in about 3 s, far slower than any line
answers, so it cannot swing."""
RESET_S: Final = 0.25
"""A wait this far off is not nudged away: only STALL_INPUTS_PER_S ticks a second are run."""
STEADY: Final = 8
"""Snapshots in a row that must say so: a burst that is being worked off passes by itself."""
_SMOOTHING: Final = 0.1


class Pacer:
    """Counts the ticks that are due. Times are monotonic seconds.

    `first_seq` numbers the first command of the line: before it was applied, no wait is of ours.
    """

    def __init__(self, tick_hz: int, now: float, first_seq: int = 0) -> None:
        self.tick_hz = tick_hz
        self.rate = 1.0
        self.wait = 1.0  # smoothed
        self._last = now
        self._due = 0.0  # ticks, with a fraction
        self._waits: deque[int] = deque(maxlen=STEADY)
        self._debt = 0  # ticks to leave out
        self._rest = 0  # of those, how many before one is run all the same
        self._settling = first_seq  # snapshots of commands before it are not listened to

    @property
    def fraction(self) -> float:
        """How much of the tick in progress has passed, 0..1."""
        return min(1.0, self._due)

    def advance(self, now: float) -> int:
        """The ticks to run now. After a pause of the process it does not run them all."""
        passed = max(0.0, now - self._last)
        self._last = now
        if passed > RESET_S:
            self._due = 1.0
        else:
            self._due += passed * self.tick_hz * self.rate
        ticks = int(self._due)
        self._due -= ticks
        return ticks - sum(self._leaves_out() for _ in range(ticks))

    @property
    def is_ahead(self) -> bool:
        """Whether ticks are left out; those that are run matter for what they acknowledge."""
        return self._debt > 0

    def _leaves_out(self) -> bool:
        """Never all: acknowledgements travel with commands, and must not stop for as long."""
        if self._debt and self._rest:
            self._debt -= 1
            self._rest -= 1
            return True
        self._rest = self.tick_hz // STALL_INPUTS_PER_S - 1 if self._debt else 0
        return False

    def waited(self, wait: int, jitter_s: float, last_seq: int, next_seq: int) -> None:
        """A snapshot says that `wait` commands still waited behind `last_seq`."""
        if last_seq < self._settling:
            return  # it does not know yet of our first command, or of the ticks left out
        self.wait += (wait - self.wait) * _SMOOTHING
        target = 1.0 + jitter_s * self.tick_hz
        error = self.wait - target
        self._waits.append(wait)
        too_early = min(self._waits) - target if len(self._waits) == STEADY else 0.0
        if too_early > RESET_S * self.tick_hz:
            self._leave_out(round(too_early), target, next_seq)
        nudge = max(-NUDGE_MAX, min(NUDGE_MAX, NUDGE_PER_TICK * error))
        self.rate = 1.0 - nudge

    def _leave_out(self, ticks: int, target: float, next_seq: int) -> None:
        self._debt = ticks
        self._settling = next_seq
        self._waits.clear()
        self.wait = target
