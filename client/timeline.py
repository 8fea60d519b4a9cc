"""Where in the server's ticks the others are drawn.

A `Timeline` maps local time to a place in the server's ticks: it follows the newest snapshot at
a distance that grows with the line's measured jitter, is sped up or slowed down by at most 4 %,
never runs backwards, and stops 100 ms after the last thing known. What a stall held back is shown
in a hurry, so that everybody takes the way that they really took.
"""

from bisect import insort
from collections import deque
from typing import Final

DELAY_MIN_S: Final = 0.1
DELAY_MAX_S: Final = 0.4
EXTRAPOLATE_S: Final = 0.1
NUDGE_MAX: Final = 0.04
HURRY_FROM_S: Final = 0.25
HURRY: Final = 2.0
"""Who is so far behind runs so many times as fast until all is made up."""
LEAP_FROM_S: Final = 1.0
"""Further behind than this nothing is made up."""
SHIFTED_S: Final = 0.25
HOLD_S: Final = 0.05
LATENESS_WINDOW: Final = 150
"""Snapshots: 5 s at 30 Hz."""
SHIFT_RUN: Final = 15
"""Snapshots late in a row after which lateness is taken for the server's new time."""


class Lateness:
    """How unevenly snapshots arrive: the 95th percentile over the best of the last seconds."""

    def __init__(self) -> None:
        self._order: deque[float] = deque()
        self._sorted: list[float] = []
        self._late_run = 0

    def add(self, offset_s: float) -> None:
        """`offset_s`: arrival time minus the tick's own time."""
        self._order.append(offset_s)
        insort(self._sorted, offset_s)
        if len(self._order) > LATENESS_WINDOW:
            self._sorted.remove(self._order.popleft())
        self._shift(offset_s)

    def _shift(self, offset_s: float) -> None:
        """Forget the past when the server's clock itself has moved: it stood still for a while.

        A stall of the line ends in a burst that is on time again; this does not.
        """
        is_late = offset_s - self._sorted[0] > SHIFTED_S
        self._late_run = self._late_run + 1 if is_late else 0
        if self._late_run >= SHIFT_RUN:
            self._order = deque(list(self._order)[-SHIFT_RUN:])
            self._sorted = sorted(self._order)
            self._late_run = 0

    @property
    def best_s(self) -> float:
        """The offset of the quickest snapshot: where the server's clock is, as seen from here."""
        return self._sorted[0]

    @property
    def jitter_s(self) -> float:
        """How much later than the quickest all but one of twenty arrive."""
        if not self._sorted:
            return 0.0
        return self._sorted[int(0.95 * (len(self._sorted) - 1))] - self._sorted[0]


class Timeline:
    """Where in the server's ticks the others are drawn."""

    def __init__(self, tick_hz: int) -> None:
        self.tick_hz = tick_hz
        self.lateness = Lateness()
        self.newest = 0  # tick
        self.cursor = 0.0  # tick, with a fraction
        self._last: float | None = None
        self._is_hurrying = False

    @property
    def delay_s(self) -> float:
        """How far behind the newest snapshot to stay."""
        wanted = 2 / self.tick_hz + self.lateness.jitter_s
        return min(DELAY_MAX_S, max(DELAY_MIN_S, wanted))

    def arrived(self, tick: int, at: float) -> None:
        """A snapshot of `tick` was received at `at`."""
        self.lateness.add(at - tick / self.tick_hz)
        self.newest = max(self.newest, tick)
        if self._last is None:
            self._last = at
            self.cursor = tick - self.delay_s * self.tick_hz

    def advance(self, now: float) -> float:
        """Move on to `now`; returns the tick to draw."""
        if self._last is None:
            return self.cursor
        passed = max(0.0, now - self._last)
        self._last = max(now, self._last)
        target = (now - self.lateness.best_s - self.delay_s) * self.tick_hz
        # What is not known cannot be aimed at: during a stall the clock says more than we have.
        target = min(target, self.newest + EXTRAPOLATE_S * self.tick_hz)
        behind_s = (target - self.cursor) / self.tick_hz - passed
        self._is_hurrying = behind_s > (0.0 if self._is_hurrying else HURRY_FROM_S)
        if behind_s > LEAP_FROM_S:
            self.cursor = target
        elif self._is_hurrying and self.cursor < self.newest:  # a guess is not hurried along
            hurried = self.cursor + passed * self.tick_hz * HURRY
            self.cursor = min(hurried, target, self.newest)
        elif self.cursor <= self.newest or behind_s >= -HOLD_S:
            rate = 1.0 + max(-NUDGE_MAX, min(NUDGE_MAX, behind_s))
            moved = self.cursor + passed * self.tick_hz * rate
            last_known = self.newest + EXTRAPOLATE_S * self.tick_hz
            self.cursor = max(self.cursor, min(moved, last_known))
        # else far ahead of the server: wait for it, there is nothing to draw
        return self.cursor
