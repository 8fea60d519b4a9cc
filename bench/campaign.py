"""Several runs that belong together: two sides beside each other, or one as it grows."""

import platform
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from itertools import product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from bench.figures import Result
from bench.peer_run import check
from bench.run import SERVER_CORE, measure
from bench.scenario import Scenario

SPARE: Final = 4
"""So many runs of a campaign that do not count are made once more."""


class Ratio(msgspec.Struct, kw_only=True):
    """Ours over theirs, each the median of the runs that count; None where there was none."""

    side: str  # theirs
    scenario: str
    players: int
    runs: tuple[int, int]  # that count: ours, theirs
    cpu: float | None
    bytes: float | None  # of a snapshot
    bandwidth: float | None  # all bytes of a second: what is not in a snapshot is in it
    tick_p99: float | None
    memory: float | None


class Campaign(msgspec.Struct, kw_only=True):
    """All runs, those that do not count among them."""

    kind: str
    machine: dict[str, str]
    runs: list[Result]
    ratios: list[Ratio] = []
    peer_checks: dict[str, dict[str, int]] = {}


def compare(
    scenarios: Iterable[Scenario], hz: int, reps: int, seconds: float, peers: Sequence[str]
) -> Campaign:
    """Ours and the rooms of `peers` in turn in each scenario, `reps` times over.

    Raises:
        LineError: when a run could not be made.
    """
    wanted, rooms = list(scenarios), [f"colyseus-{peer}" for peer in peers]
    checks: dict[str, dict[str, int]] = {}
    for peer in peers:
        with TemporaryDirectory(prefix="lanternhold-bench-") as folder:
            checks[peer] = check(Path(folder), SERVER_CORE, peer)
    runs = _Runs(hz)
    for _, scenario, side in product(range(reps), wanted, ("ours", *rooms)):
        runs.add(side, scenario, "direct", seconds)
    return Campaign(
        kind="compare",
        machine=machine(),
        runs=runs.made,
        ratios=[_ratio(runs.made, scenario, room) for scenario, room in product(wanted, rooms)],
        peer_checks=checks,
    )


def growth(
    wanted: Iterable[tuple[Scenario, float]], hz: int, reps: int, way: str = "direct"
) -> Campaign:
    """Ours alone, from scenario to scenario, each in a window of so many seconds.

    Raises:
        LineError: when a run could not be made.
    """
    runs = _Runs(hz)
    for _, (scenario, seconds) in product(range(reps), list(wanted)):
        runs.add("ours", scenario, way, seconds)
    return Campaign(kind="growth", machine=machine(), runs=runs.made)


class _Runs:
    """The runs of a campaign, and how many may still be made once more."""

    def __init__(self, hz: int) -> None:
        self.made: list[Result] = []
        self._hz = hz
        self._spare = SPARE

    def add(self, side: str, scenario: Scenario, way: str, seconds: float) -> None:
        """Make a run, and once more if it does not count."""
        run = self._make(side, scenario, way, seconds)
        if run.void and self._spare:
            self._spare -= 1
            self._make(side, scenario, way, seconds)

    def _make(self, side: str, scenario: Scenario, way: str, seconds: float) -> Result:
        run = measure(side, scenario, self._hz, way=way, seconds=seconds)
        _tell(run)
        self.made.append(run)
        return run


def _tell(run: Result) -> None:
    said = f"{run.side} {run.scenario} {run.players}: {run.cpu_us_per_player_tick} us"
    print(f"{said}{' VOID' if run.void else ''}", file=sys.stderr, flush=True)


def _ratio(runs: list[Result], scenario: Scenario, room: str) -> Ratio:
    ours, theirs = (good(runs, side, scenario.name, scenario.players) for side in ("ours", room))
    return Ratio(
        side=room,
        scenario=scenario.name,
        players=scenario.players,
        runs=(len(ours), len(theirs)),
        cpu=_over(ours, theirs, "cpu_us_per_player_tick"),
        bytes=_over(ours, theirs, "bytes_per_snapshot"),
        bandwidth=_over(ours, theirs, "bytes_per_player_second"),
        tick_p99=_over([r.tick_ms for r in ours], [r.tick_ms for r in theirs], "p99"),
        memory=_over(ours, theirs, "kb_per_connection"),
    )


def good(runs: Iterable[Result], side: str, scenario: str, players: int) -> list[Result]:
    """The runs of one kind that count."""
    wanted = (side, scenario, players)
    return [r for r in runs if (r.side, r.scenario, r.players) == wanted and not r.void]


def _over(ours: Iterable[object], theirs: Iterable[object], name: str) -> float | None:
    one, other = ([getattr(run, name) for run in side] for side in (ours, theirs))
    return round(median(one) / median(other), 3) if one and other and median(other) else None


def machine() -> dict[str, str]:
    """What it was measured on."""
    cpu = "unknown"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    return {
        "cpu": cpu,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "websockets": version("websockets"),
        "numpy": version("numpy"),
    }
