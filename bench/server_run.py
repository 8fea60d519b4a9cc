"""The shipped server as a process pinned to one core, on a field of walkers."""

import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.environment import clean
from bench.field import save_field
from bench.figures import TickMs
from bench.generated import ROOT
from bench.plan import Plan
from bench.process import end, on_core
from bench.scenario import Scenario
from bench.websocket import LineError
from game.rules import Rules

START_S: Final = 30.0
_BUCKET: Final = re.compile(
    r'^lanternhold_tick_duration_seconds_bucket\{le="([^"]+)"\} (\S+)$', re.MULTILINE
)
Buckets = dict[float, float]
HELD_KB: Final = 1.4
"""For each player whom it restores from disk, body, session and token, by tracemalloc. A room makes
its players as they come, so in all fairness this is added to what ours come to."""


class ServerRun:
    """A server that is up, and what it takes to come in."""

    def __init__(self, pid: int, private_port: int, plan: Plan) -> None:
        self.pid = pid
        self.plan = plan
        self.held_kb = HELD_KB * len(plan.rights)
        self._metrics = f"http://127.0.0.1:{private_port}/metrics"
        self._before: Buckets = {}

    def begin(self) -> None:
        """Count its ticks from here."""
        self._before = self._ticks()

    def end(self) -> tuple[TickMs, None]:
        """How long they took, as its own histogram tells."""
        window = gained(self._before, self._ticks())
        return TickMs(*(round(percentile_ms(window, share), 2) for share in (0.50, 0.99))), None

    def _ticks(self) -> Buckets:
        """How many ticks took at most so many seconds, since the start."""
        with urllib.request.urlopen(self._metrics, timeout=5) as answer:  # noqa: S310 - loopback
            page = answer.read().decode()
        return {float(edge): float(count) for edge, count in _BUCKET.findall(page)}


@contextmanager
def server_run(scenario: Scenario, hz: int, folder: Path, core: int) -> Iterator[ServerRun]:
    """`python -m server` on a saved field. All settings but three are what a host gets.

    Raises:
        LineError: when it does not come up; the text holds what it said.
    """
    rules = Rules(tick_hz=hz, map_tiles=scenario.map_tiles)
    data = folder / "data"
    tokens = save_field(data, scenario, rules)
    environment = clean(
        PYTHONPATH=ROOT,
        LANTERNHOLD_SERVER_PORT=0,
        LANTERNHOLD_SERVER_PRIVATE_PORT=0,
        LANTERNHOLD_SERVER_DATA_DIR=data,
        LANTERNHOLD_SERVER_TICK_HZ=hz,
        LANTERNHOLD_SERVER_MAP_TILES=scenario.map_tiles,
        LANTERNHOLD_SERVER_MAX_PLAYERS=scenario.players,
    )
    log = folder / "server.log"
    with log.open("w") as words, on_core(core):
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "server"],
            cwd=data, env=environment, text=True, stdout=words, stderr=words,
        )  # fmt: skip
    try:
        ports = _ports(process, data / "ports.json", log)
        plan = Plan(
            kind="ours",
            host="127.0.0.1",
            port=ports["game"],
            name="localhost",
            hz=hz,
            rights=tokens,
            low=scenario.corner,
            high=scenario.corner + scenario.side,
            nodes=scenario.nodes(),
            rules_hash=rules.hash(),
        )
        yield ServerRun(process.pid, ports["private"], plan)
    finally:
        end(process)


def _ports(process: subprocess.Popen[str], file: Path, log: Path) -> dict[str, int]:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        if file.exists():
            ports: dict[str, int] = json.loads(file.read_text(encoding="utf-8"))
            return ports
        time.sleep(0.05)
    raise LineError(f"the server did not come up:\n{log.read_text(encoding='utf-8')[-2000:]}")


def gained(before: Buckets, after: Buckets) -> Buckets:
    """The ticks of a window."""
    return {edge: count - before[edge] for edge, count in after.items()}


def percentile_ms(buckets: Buckets, share: float) -> float:
    """A percentile, straight between the edges of the histogram, in milliseconds."""
    edges = sorted(buckets)
    wanted = share * buckets[edges[-1]]
    low, below = 0.0, 0.0
    for edge in edges:
        if buckets[edge] >= wanted and buckets[edge] > below:
            if edge == float("inf"):
                return low * 1000
            return (low + (edge - low) * (wanted - below) / (buckets[edge] - below)) * 1000
        low, below = edge, buckets[edge]
    return 0.0
