"""What happens on a line, kept for a few seconds: evidence for the verdict, figures for STATS.

A silence is told apart by what comes after it. When the link stalled, the ticks went on: what
comes then is the burst that had waited, or, where ticks were left out, a number as high as the
clock says. When the server stood still, its numbers stay behind, and it says LATE before the
first of them. When this computer stood still, it drew nothing either.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from client.verdict import STALL_S, Evidence

WINDOW_S: Final = 5.0
KEPT_S: Final = 2 * WINDOW_S
"""A stall is judged by what came before it, too."""
NEAR_S: Final = 1.0
"""By what came so shortly before and after it."""
LONG_S: Final = 0.5
"""Nobody is sent pictures as seldom as that: a gap so long is a stall, whatever ends it."""
ON_TIME_S: Final = 0.1
"""So near to the quickest picture is on schedule."""
WAKE_S: Final = 0.5
"""After a stall the server leaves pictures out until it is heard again: no sign of a thin link."""
TELLING_S: Final = 1.0
"""A LATE may follow what it tells of by so much."""
AFTER_S: Final = 2.0
"""So long after it stood still the server finds its pace again: no time to blame a link."""


_Arrival = tuple[float, int]  # when, tick
_Step = tuple[_Arrival, _Arrival]


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which something that should go on did not."""

    start: float
    end: float

    @property
    def length_s(self) -> float:
        """How long it was."""
        return self.end - self.start

    def overlap_s(self, other: "Gap") -> float:
        """How much of it lies in another."""
        return max(0.0, min(self.end, other.end) - max(self.start, other.start))


class LineWatch:
    """One line from WELCOME on. All times are monotonic seconds of one clock."""

    def __init__(self, tick_hz: int, at: float, *, says_late: bool) -> None:
        self._tick_hz = tick_hz
        self._says_late = says_late
        self._began = at
        self._arrivals: deque[_Arrival] = deque()
        self._looks: deque[float] = deque()
        self._lates: deque[tuple[float, int]] = deque()  # when, ms
        self._ages: list[float] = []  # of the newest picture, at each look since `stale_s`

    def arrived(self, tick: int, at: float) -> None:
        """A snapshot came."""
        self._arrivals.append((at, tick))
        while self._arrivals[0][0] < at - KEPT_S:
            self._arrivals.popleft()

    def told_late(self, late_ms: int, at: float) -> None:
        """The server said that it was."""
        self._lates.append((at, late_ms))
        while self._lates[0][0] < at - KEPT_S:
            self._lates.popleft()

    def looked(self, now: float) -> None:
        """The player was shown what there is."""
        self._looks.append(now)
        while self._looks[0] < now - KEPT_S:
            self._looks.popleft()
        if self._arrivals:
            self._ages.append(max(0.0, now - self._arrivals[-1][0]))

    # ------------------------------------------------------------ figures

    def take_stale_s(self) -> float:
        """95 of 100 looks since this was asked last saw a picture at most so old."""
        ages, self._ages = sorted(self._ages), []
        return ages[int(0.95 * (len(ages) - 1))] if ages else 0.0

    @property
    def looks_per_s(self) -> float:
        """How often the player was shown what there is."""
        return _rate(len(self._looks) - 1, self._looks) if len(self._looks) > 1 else 0.0

    @property
    def ticks_per_s(self) -> float:
        """How fast the server's numbers rise."""
        arrivals = self._arrivals
        if len(arrivals) < 2:
            return 0.0
        return _rate(arrivals[-1][1] - arrivals[0][1], (arrivals[0][0], arrivals[-1][0]))

    def late_ms(self, now: float) -> int | None:
        """The most that the server said to be late by, lately; None where it does not say."""
        if not self._says_late:
            return None
        return max((ms for at, ms in self._lates if at >= now - WINDOW_S), default=0)

    # ------------------------------------------------------------ evidence

    def evidence(self, now: float, *, rtt_ms: float, draws: bool) -> Evidence:
        """All that the last seconds tell."""
        stalls = list(self._stalls())
        frozen = [Gap(a, b) for a, b in pairwise(self._looks) if b - a >= STALL_S]
        awake = [one for one in stalls if sum(map(one.overlap_s, frozen)) < one.length_s / 2]
        links = [one for one in _recent(awake, now) if not self._is_server(one)]
        halts = [Gap(at, at + AFTER_S) for at, ms in self._lates if ms / 1000 >= STALL_S]
        calm = self._calm(now, [*stalls, *frozen, *halts])  # a wake outlasts the window, too
        newest = self._arrivals[-1][0] if self._arrivals else self._began
        return Evidence(
            heard_s=min(WINDOW_S, now - self._began),
            silent_s=now - max([newest, *(one.end for one in frozen)]),
            stall_s=max((one.length_s for one in links), default=0.0),
            is_on_schedule=all(map(self._is_on_schedule, links)),
            says_late=self._says_late,
            late_ms=self.late_ms(now) or 0,
            left_out=_left_out(calm),
            frozen_s=max((one.length_s for one in _recent(frozen, now)), default=0.0),
            fps=self.looks_per_s if draws else None,
            jitter_ms=1000 * self._jitter_s(calm),
            rtt_ms=rtt_ms,
        )

    def _stalls(self) -> Iterator[Gap]:
        """Gaps that a full line does not explain: what ends them is late itself, or they are long.

        For want of room the server leaves pictures out; the next one is on time.
        """
        for (before, _), (at, tick) in pairwise(self._arrivals):
            gap = Gap(before, at)
            if gap.length_s >= STALL_S:
                late_s = self._offset_s((at, tick)) - self._best_s(before - NEAR_S, before)
                if late_s >= ON_TIME_S or gap.length_s >= LONG_S:
                    yield gap

    def _is_server(self, stall: Gap) -> bool:
        """Whether the server itself said that it was late then, by about as much."""
        return any(
            stall.start - AFTER_S <= at <= stall.end + TELLING_S and ms / 1000 >= stall.length_s / 2
            for at, ms in self._lates
        )

    def _is_on_schedule(self, stall: Gap) -> bool:
        """Whether what came after it was as far on as the clock says."""
        before = self._best_s(stall.start - NEAR_S, stall.start)
        return self._best_s(stall.end, stall.end + NEAR_S) - before <= ON_TIME_S

    def _best_s(self, start: float, end: float) -> float:
        """The quickest arrival of those in a time that has at least one."""
        return min(self._offset_s(one) for one in self._arrivals if start <= one[0] <= end)

    def _offset_s(self, arrival: _Arrival) -> float:
        return arrival[0] - arrival[1] / self._tick_hz

    def _calm(self, now: float, gaps: list[Gap]) -> list[_Step]:
        """From picture to picture, of late, apart from stalls and their wake."""
        return [
            (before, after)
            for before, after in pairwise(self._arrivals)
            if after[0] >= now - WINDOW_S
            and not any(gap.start < after[0] <= gap.end + WAKE_S for gap in gaps)
        ]

    def _jitter_s(self, calm: list[_Step]) -> float:
        """How much later than the quickest picture all but one of twenty came."""
        offsets = sorted(self._offset_s(after) for _, after in calm)
        return offsets[int(0.95 * (len(offsets) - 1))] - offsets[0] if offsets else 0.0


def _recent(gaps: list[Gap], now: float) -> list[Gap]:
    return [one for one in gaps if one.end >= now - WINDOW_S]


def _left_out(calm: list[_Step]) -> float:
    missing = sum(after[1] - before[1] - 1 for before, after in calm)
    return missing / (len(calm) + missing) if calm else 0.0


def _rate(count: int, span: Sequence[float]) -> float:
    return count / max(1e-3, span[-1] - span[0])
