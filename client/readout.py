"""What the netgraph reads beside the counters: rates, the server's tick, and the verdict."""

from collections import deque
from typing import Final

from client.figures import Figures
from client.line_watch import LineWatch
from client.verdict import judge

EVERY_S: Final = 0.25
"""Figures that change faster than this cannot be read."""
MARKS: Final = 20
"""Rates are those of the last five seconds."""


class Readout:
    """Fills in a session's figures, a few times a second. Times are monotonic seconds."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._marks: deque[tuple[float, ...]] = deque(maxlen=MARKS)
        self._due = float("-inf")

    def refresh(self, watch: LineWatch, now: float) -> None:
        """Take the figures anew, if it is time."""
        if now < self._due:
            return
        self._due = now + EVERY_S
        figures = self._figures
        self._rate(now)
        figures.ticks_per_s = watch.ticks_per_s
        figures.late_ms = watch.late_ms(now)
        figures.fps = watch.looks_per_s
        seen = watch.evidence(now, rtt_ms=figures.rtt_ms, draws=True)
        figures.verdict = judge(seen)

    def _rate(self, now: float) -> None:
        figures = self._figures
        counts = (figures.snapshots, figures.skipped, figures.bytes_in, figures.bytes_out)
        self._marks.append((now, *counts))
        first, last = self._marks[0], self._marks[-1]
        passed_s = max(EVERY_S, last[0] - first[0])
        (
            figures.snapshots_per_s,
            figures.skipped_per_s,
            figures.in_per_s,
            figures.out_per_s,
        ) = ((after - before) / passed_s for before, after in zip(first[1:], last[1:], strict=True))
