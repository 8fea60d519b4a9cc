"""One measured run: a server on one core, a crowd on the other."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Protocol

from bench.caddy_run import through_caddy
from bench.figures import Result, TickMs, result
from bench.generated import Generator
from bench.peer_run import peer_run
from bench.plan import Plan
from bench.process import Spent, on_core, rss_kb, spent
from bench.scenario import Scenario
from bench.server_run import server_run

SERVER_CORE: Final = 0
OTHER_CORE: Final = 1
SETTLE_S: Final = 2.0
"""From when a server is up until its memory without players is taken: ours saves its world for the
first time within a second, and what that takes is no player's."""
WARM_UP_S: Final = 3.0
WINDOW_S: Final = 8.0
_NONE: Final = Spent(0.0, 0.0)


class Subject(Protocol):
    """A server that is measured."""

    plan: Plan
    pid: int
    held_kb: float
    """Memory that it has in use for its players before the first of them comes."""

    def begin(self) -> None:
        """Count its ticks from here."""

    def end(self) -> tuple[TickMs, float | None]:
        """How long they took; and how many others a player saw, if it is the one that knows."""


def measure(
    side: str, scenario: Scenario, hz: int, *, way: str = "direct", seconds: float = WINDOW_S
) -> Result:
    """Measure `side` ("ours", or "colyseus-" and one of PEERS) for so long after a warm-up.

    Raises:
        LineError: when the run could not be made.
    """
    with TemporaryDirectory(prefix="lanternhold-bench-") as name:
        folder = Path(name)
        with _started(side, scenario, hz, folder) as subject:
            return _watched(side, subject, scenario, folder, way, seconds)


def _started(
    side: str, scenario: Scenario, hz: int, folder: Path
) -> AbstractContextManager[Subject]:
    if side == "ours":
        return server_run(scenario, hz, folder, SERVER_CORE)
    return peer_run(scenario, hz, folder, SERVER_CORE, side.removeprefix("colyseus-"))


def _watched(  # noqa: PLR0913, PLR0917 - a run and its circumstances
    side: str, subject: Subject, scenario: Scenario, folder: Path, way: str, seconds: float
) -> Result:
    time.sleep(SETTLE_S)
    empty_kb = rss_kb(subject.pid) - subject.held_kb
    with (
        on_core(OTHER_CORE),
        _on_the_way(subject.plan, folder, way) as (plan, proxy),
        Generator(plan, folder) as crowd,
    ):
        time.sleep(WARM_UP_S)
        subject.begin()
        crowd.begin()
        used = spent(subject.pid, SERVER_CORE)
        proxied = spent(proxy, OTHER_CORE) if proxy else _NONE
        time.sleep(seconds)
        used = spent(subject.pid, SERVER_CORE).since(used)
        proxied = spent(proxy, OTHER_CORE).since(proxied) if proxy else _NONE
        count = crowd.count()
        full_kb = rss_kb(subject.pid)
        tick_ms, visible = subject.end()
        if visible is not None:
            count.visible = visible
    return result(
        side=side,
        way=way,
        scenario=scenario,
        hz=plan.hz,
        count=count,
        used=used,
        proxy=proxied,
        tick_ms=tick_ms,
        memory_kb=full_kb - empty_kb,
    )


@contextmanager
def _on_the_way(plan: Plan, folder: Path, way: str) -> Iterator[tuple[Plan, int]]:
    """The plan as it leads there, and the pid of the proxy in between, 0 for none."""
    if way == "direct":
        yield plan, 0
    else:
        with through_caddy(plan, folder) as found:
            yield found
