"""How the ticks of the last seconds were, from two scrapes of the server."""

from dataclasses import dataclass
from typing import Final

from deploy.exposition import Metrics, quantile

DURATION: Final = "lanternhold_tick_duration_seconds"


@dataclass(frozen=True)
class Ticks:
    """Times in milliseconds from the moment a tick was due; nan where none was made."""

    hertz: float  # that the rules ask for
    rate: float  # that were made, a second
    p50_ms: float
    p99_ms: float
    lost_s: float  # time given up
    over_s: float  # so long was looked at

    @property
    def budget_ms(self) -> float:
        """The time that one tick has."""
        return 1000 / self.hertz


def between(before: Metrics, after: Metrics, passed_s: float) -> Ticks:
    """The ticks between two scrapes, `passed_s` apart."""
    old, new = (one.buckets.get(DURATION, {}) for one in (before, after))
    return Ticks(
        hertz=after.values.get("lanternhold_tick_hertz") or 30.0,
        rate=_grown(before, after, f"{DURATION}_count") / passed_s,
        p50_ms=1000 * quantile(0.5, old, new),
        p99_ms=1000 * quantile(0.99, old, new),
        lost_s=_grown(before, after, "lanternhold_tick_lost_seconds_total"),
        over_s=passed_s,
    )


def _grown(before: Metrics, after: Metrics, name: str) -> float:
    return after.values.get(name, 0.0) - before.values.get(name, 0.0)
