"""Several runs that belong together: two sides beside each other, or one as it grows."""

import platform
import sys
from collections.abc import Iterable, Iterator
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

SIDES: Final = ("ours", "colyseus")
TRIES: Final = 2
"""Of a run: one that does not count is made once more."""


class Ratio(msgspec.Struct, kw_only=True):
    """Ours over theirs, each the median of the runs that count; None where there was none."""

    scenario: str
    players: int
    runs: tuple[int, int]  # that count: ours, theirs
    cpu: float | None
    bytes: float | None
    tick_p99: float | None
    memory: float | None


class Campaign(msgspec.Struct, kw_only=True):
    """All runs, those that do not count among them."""

    kind: str
    machine: dict[str, str]
    runs: list[Result]
    ratios: list[Ratio] = []
    peer_check: dict[str, int] = {}


def compare(scenarios: Iterable[Scenario], hz: int, reps: int, seconds: float) -> Campaign:
    """Both sides of each scenario in turn, `reps` times over.

    Raises:
        LineError: when a run could not be made.
    """
    wanted = list(scenarios)
    with TemporaryDirectory(prefix="lanternhold-bench-") as folder:
        checked = check(Path(folder), SERVER_CORE)
    runs: list[Result] = []
    for _, scenario, side in product(range(reps), wanted, SIDES):
        runs += _counted(side, scenario, hz, "direct", seconds)
    return Campaign(
        kind="compare",
        machine=machine(),
        runs=runs,
        ratios=[_ratio(runs, scenario) for scenario in wanted],
        peer_check=checked,
    )


def growth(
    scenarios: Iterable[Scenario], hz: int, reps: int, seconds: float, way: str = "direct"
) -> Campaign:
    """Ours alone, from scenario to scenario.

    Raises:
        LineError: when a run could not be made.
    """
    runs: list[Result] = []
    for _, scenario in product(range(reps), scenarios):
        runs += _counted("ours", scenario, hz, way, seconds)
    return Campaign(kind="growth", machine=machine(), runs=runs)


def _counted(side: str, scenario: Scenario, hz: int, way: str, seconds: float) -> Iterator[Result]:
    """A run, and once more if it does not count."""
    for _ in range(TRIES):
        run = measure(side, scenario, hz, way=way, seconds=seconds)
        _tell(run)
        yield run
        if not run.void:
            return


def _tell(run: Result) -> None:
    said = f"{run.side} {run.scenario} {run.players}: {run.cpu_us_per_player_tick} us"
    print(f"{said}{' VOID' if run.void else ''}", file=sys.stderr, flush=True)


def _ratio(runs: list[Result], scenario: Scenario) -> Ratio:
    ours, theirs = (good(runs, side, scenario.name, scenario.players) for side in SIDES)
    return Ratio(
        scenario=scenario.name,
        players=scenario.players,
        runs=(len(ours), len(theirs)),
        cpu=_over(ours, theirs, "cpu_us_per_player_tick"),
        bytes=_over(ours, theirs, "bytes_per_snapshot"),
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
