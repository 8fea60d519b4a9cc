"""What a crowd counts while it plays."""

import time
from collections.abc import Sequence

from bench.plan import Count, Truth


class Counting:
    """Counters that a crowd adds to, message by message; `begin` sets them to nothing."""

    def __init__(self) -> None:
        self.playing = 0
        self.lost = 0
        self.fault = ""
        self.begin()

    def truth(self) -> Truth | None:
        """What a look at some frames has shown; None where nobody looked."""
        return None

    def begin(self) -> None:
        """Count from here."""
        self.snapshots = self.snapshot_bytes = self.all_bytes = 0
        self.missed = self.inputs = self.visible = 0
        self.first_tick = self.last_tick = 0
        self.delays: list[float] = []
        self._counted_at = time.monotonic()
        self._cpu_at = time.process_time()

    def count(self) -> Count:
        """What was counted since."""
        seconds = time.monotonic() - self._counted_at
        cpu = time.process_time() - self._cpu_at
        return Count(
            seconds=seconds,
            players=self.playing,
            lost=self.lost,
            snapshots=self.snapshots,
            snapshot_bytes=self.snapshot_bytes,
            all_bytes=self.all_bytes,
            missed=self.missed,
            inputs=self.inputs,
            visible=self.visible / max(1, self.snapshots),
            ticks=self.last_tick - self.first_tick,
            input_ms=[round(_part(self.delays, share) * 1000, 1) for share in (0.5, 0.99)],
            cpu_share=cpu / seconds,
            truth=self.truth(),
            fault=self.fault,
        )


def _part(values: Sequence[float], share: float) -> float:
    """A percentile; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0
