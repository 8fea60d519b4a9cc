"""What N bots measured, as one report: the contract of `lanternhold bots --json`."""

from array import array
from collections import Counter
from collections.abc import Iterable

import msgspec

from client.figures import Figures


class Spread(msgspec.Struct, frozen=True):
    """Percentiles, in milliseconds."""

    p50: float
    p95: float
    p99: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run of bots. `refused` counts the sentences of those who did not get in or stay.

    `network` is the line that was simulated, "" for none.
    """

    joined: int
    rtt_ms: Spread
    snapshot_gap_ms: Spread
    bytes_per_player_second: float
    gathered: int
    deposited: int
    disconnects: int
    resumes: int
    mispredictions: int
    saved: int
    refused: dict[str, int]
    network: str = ""


class Tally:
    """Collects samples while the bots run; figures keep only the newest."""

    def __init__(self) -> None:
        self._rtts = array("f")
        self._gaps = array("f")

    def drain(self, figures: Figures) -> None:
        """Take the samples of one session; call it every few seconds."""
        for samples, kept in ((figures.rtts, self._rtts), (figures.gaps, self._gaps)):
            kept.extend(samples)
            samples.clear()

    def report(
        self,
        stays: Iterable["Stay"],
        player_seconds: float,
        refused: Counter[str],
        network: str = "",
    ) -> Report:
        """The whole run; `player_seconds` is the time that players spent in the world."""
        all_stays = list(stays)
        total: Counter[str] = Counter()
        for stay in all_stays:
            self.drain(stay.figures)
            for field in _COUNTED:
                total[field] += getattr(stay.figures, field)
        return Report(
            joined=sum(stay.has_joined for stay in all_stays),
            rtt_ms=_spread(self._rtts),
            snapshot_gap_ms=_spread(self._gaps),
            bytes_per_player_second=round(
                sum(stay.bytes_in for stay in all_stays) / max(1.0, player_seconds), 1
            ),
            gathered=sum(stay.gathered for stay in all_stays),
            deposited=sum(stay.deposited for stay in all_stays),
            disconnects=total["disconnects"],
            resumes=total["resumes"],
            mispredictions=total["mispredictions"],
            saved=total["saved"],
            refused=dict(refused),
            network=network,
        )


_COUNTED = ("disconnects", "resumes", "mispredictions", "saved")


class Stay(msgspec.Struct):
    """One bot's part of the report. Items, not deposits, are counted."""

    figures: Figures
    has_joined: bool = False
    bytes_in: int = 0
    gathered: int = 0
    deposited: int = 0


def _spread(samples: Iterable[float]) -> Spread:
    ordered = sorted(samples)
    if not ordered:
        return Spread(0.0, 0.0, 0.0)
    p50, p95, p99 = (
        round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)
        for share in (0.50, 0.95, 0.99)
    )
    return Spread(p50, p95, p99)
