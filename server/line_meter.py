"""What the lines of players did in the last seconds: for the host, and for the histograms."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from protocol.messages import Stats

_SKIPPED: Final = 4
READINGS: Final = 5
"""So many seconds are looked back upon."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Rates a second, over the last READINGS seconds or since the connection opened."""

    sent_bytes: float
    received_bytes: float
    snapshots: float
    skipped: float
    late_inputs: float  # ticks in which no command of an active player was there
    silence_s: float  # the longest that an acknowledgement was owed
    skipping_s: int  # seconds in which anything was skipped: a stall takes one or two

    @property
    def skipped_share(self) -> float:
        """Of the snapshots that were due, those not sent; 0..1."""
        due = self.snapshots + self.skipped
        return self.skipped / due if due else 0.0


class LineMeter:
    """Counts for one connection since it opened. Times are of the server's clock."""

    __slots__ = (
        "_marks", "_silences", "_told_bytes", "late_inputs", "received_bytes", "sent_bytes",
        "silence_s", "skipped", "snapshots", "told",
    )  # fmt: skip

    def __init__(self, now: float) -> None:
        self.sent_bytes = 0
        self.received_bytes = 0
        self.snapshots = 0
        self.skipped = 0
        self.late_inputs = 0
        self.silence_s = 0.0
        """The longest of this second."""
        self.told: Stats | None = None
        """The newest that the client said of itself: to be shown, and never to be decided by."""
        # Lists, for they are short: an empty deque takes as much as 80 numbers.
        self._marks: list[tuple[float, ...]] = [self._mark(now)]
        self._silences: list[float] = []
        self._told_bytes = (0, 0)

    def read(self, now: float) -> Reading:
        """Once a second: how it was lately."""
        self._silences = [*self._silences[-READINGS + 1 :], self.silence_s]
        self.silence_s = 0.0
        self._marks = [*self._marks[-READINGS:], self._mark(now)]
        return self.reading

    def new_bytes(self) -> tuple[int, int]:
        """Sent and received since this was asked last."""
        before, self._told_bytes = self._told_bytes, (self.sent_bytes, self.received_bytes)
        return self.sent_bytes - before[0], self.received_bytes - before[1]

    @property
    def reading(self) -> Reading:
        """The same as at the newest `read`; zeros before the first."""
        first, last = self._marks[0], self._marks[-1]
        passed_s = max(1e-3, last[0] - first[0])
        rates = [(after - before) / passed_s for before, after in zip(first, last, strict=True)]
        _, sent, received, snapshots, skipped, late = rates
        return Reading(
            sent,
            received,
            snapshots,
            skipped,
            late,
            silence_s=max(self._silences, default=0.0),
            skipping_s=sum(a[_SKIPPED] < b[_SKIPPED] for a, b in pairwise(self._marks)),
        )

    def _mark(self, now: float) -> tuple[float, ...]:
        counts = (self.sent_bytes, self.received_bytes, self.snapshots, self.skipped)
        return (now, *counts, self.late_inputs)
