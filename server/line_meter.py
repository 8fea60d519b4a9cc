"""What the lines of players did in the last seconds: for the host, and for the histograms."""

from array import array
from dataclasses import dataclass
from operator import lt
from typing import Final

from protocol.messages import Stats

_WIDTH: Final = 6
"""Numbers in a mark: when it was made, then counts."""
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
        "_begun_at", "_marks", "_silences", "_told_bytes", "late_inputs", "received_bytes",
        "sent_bytes", "silence_s", "skipped", "snapshots", "told",
    )  # fmt: skip

    def __init__(self, now: float) -> None:
        self.sent_bytes = 0
        self.received_bytes = 0
        self.snapshots = 0
        """As of the newest `read`: what was due and not skipped."""
        self.skipped = 0
        self.late_inputs = 0
        self.silence_s = 0.0
        """The longest of this second."""
        self.told: Stats | None = None
        """The newest that the client said of itself: to be shown, and never to be decided by."""
        # Marks one behind the other: as tuples they would be 1 KB more for each connection.
        self._marks = array("d", self._mark(now))
        self._silences = array("d")
        self._told_bytes = (0, 0)
        self._begun_at: int | None = None

    def begin(self, tick: int) -> None:
        """The first snapshot is that of the world's `tick`; from now on one is due in each."""
        self._begun_at = tick

    def read(self, now: float, tick: int) -> Reading:
        """Once a second: how it was lately; `tick` is the newest of which it was told."""
        if self._begun_at is not None:
            self.snapshots = tick + 1 - self._begun_at - self.skipped
        self._silences.append(self.silence_s)
        del self._silences[:-READINGS]
        self.silence_s = 0.0
        self._marks.extend(self._mark(now))
        del self._marks[: -(READINGS + 1) * _WIDTH]
        return self.reading

    def new_bytes(self) -> tuple[int, int]:
        """Sent and received since this was asked last."""
        before, self._told_bytes = self._told_bytes, (self.sent_bytes, self.received_bytes)
        return self.sent_bytes - before[0], self.received_bytes - before[1]

    @property
    def reading(self) -> Reading:
        """The same as at the newest `read`; zeros before the first."""
        first, last = self._marks[:_WIDTH], self._marks[-_WIDTH:]
        passed_s = max(1e-3, last[0] - first[0])
        rates = [(after - before) / passed_s for before, after in zip(first, last, strict=True)]
        _, sent, received, snapshots, skipped, late = rates
        skipped_by_then = self._marks[_SKIPPED::_WIDTH]
        return Reading(
            sent,
            received,
            snapshots,
            skipped,
            late,
            silence_s=max(self._silences, default=0.0),
            skipping_s=sum(map(lt, skipped_by_then, skipped_by_then[1:])),
        )

    def _mark(self, now: float) -> tuple[float, ...]:
        counts = (self.sent_bytes, self.received_bytes, self.snapshots, self.skipped)
        return (now, *counts, self.late_inputs)
