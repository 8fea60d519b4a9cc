"""One measured run: a server on one core, a crowd on the other, and whether it counts."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from bench.generated import Generator
from bench.plan import Count, Truth
from bench.process import Spent, on_core, rss_kb, spent
from bench.scenario import Scenario
from bench.server_run import gained, percentile_ms, server_run

SERVER_CORE: Final = 0
OTHER_CORE: Final = 1
WARM_UP_S: Final = 3.0
WINDOW_S: Final = 8.0
CPU_SHARE_MAX: Final = 0.7
ACHIEVED_MIN: Final = 0.99


class TickMs(msgspec.Struct):
    """Time of a tick, in milliseconds."""

    p50: float
    p99: float


class Result(msgspec.Struct, kw_only=True):
    """What a run has shown; `void` holds the reasons why it does not count."""

    side: str
    scenario: str
    way: str
    players: int
    hz: int
    cpu_us_per_player_tick: float
    bytes_per_snapshot: float
    tick_ms: TickMs
    kb_per_connection: float
    achieved_hz: float
    cpu_share: float  # of the server's core
    waited_share: float  # of the time it wanted the core and something else had it
    visible: float
    field_tiles: int
    bytes_per_player_second: float
    missed_share: float
    input_ms: list[float]
    generator_cpu_share: float
    truth: Truth | None
    void: list[str]


def run_ours(scenario: Scenario, hz: int, *, seconds: float = WINDOW_S) -> Result:
    """Measure the shipped server.

    Raises:
        LineError: when the run could not be made.
    """
    with TemporaryDirectory(prefix="lanternhold-bench-") as name:
        folder = Path(name)
        with server_run(scenario, hz, folder / "data", SERVER_CORE) as server:
            pid = server.process.pid
            empty_kb = rss_kb(pid)
            with on_core(OTHER_CORE), Generator(server.plan, folder) as crowd:
                time.sleep(WARM_UP_S)
                ticks = server.ticks()
                crowd.begin()
                used = spent(pid)
                time.sleep(seconds)
                used = spent(pid).since(used)
                count = crowd.count()
                full_kb = rss_kb(pid)
                ticks = gained(ticks, server.ticks())
    tick_ms = TickMs(*(round(percentile_ms(ticks, share), 2) for share in (0.50, 0.99)))
    memory = (full_kb - empty_kb) / scenario.players
    return judged("ours", "direct", scenario, hz, count, used, tick_ms, memory)


def judged(  # noqa: PLR0913, PLR0917 - all that was measured
    side: str,
    way: str,
    scenario: Scenario,
    hz: int,
    count: Count,
    used: Spent,
    tick_ms: TickMs,
    memory_kb: float,
) -> Result:
    """The figures, and whether they count."""
    snapshots = max(1, count.snapshots)
    achieved_hz = count.snapshots / scenario.players / count.seconds
    return Result(
        side=side,
        scenario=scenario.name,
        way=way,
        players=scenario.players,
        hz=hz,
        cpu_us_per_player_tick=round(used.cpu_s * 1e6 / snapshots, 2),
        bytes_per_snapshot=round(count.snapshot_bytes / snapshots, 1),
        tick_ms=tick_ms,
        kb_per_connection=round(memory_kb, 1),
        achieved_hz=round(achieved_hz, 3),
        cpu_share=round(used.cpu_s / count.seconds, 3),
        waited_share=round(used.waited_s / count.seconds, 3),
        visible=round(count.visible, 1),
        field_tiles=scenario.side,
        bytes_per_player_second=round(count.all_bytes / scenario.players / count.seconds),
        missed_share=round(count.missed / snapshots, 4),
        input_ms=count.input_ms,
        generator_cpu_share=round(count.cpu_share, 3),
        truth=count.truth,
        void=void(count, hz, achieved_hz),
    )


def void(count: Count, hz: int, achieved_hz: float) -> list[str]:
    """Why a run does not count; a sentence each."""
    reasons = []
    if count.cpu_share > CPU_SHARE_MAX:
        reasons.append(
            f"The generator used {count.cpu_share:.2f} of its core, more than {CPU_SHARE_MAX}: "
            "what was measured may be its own slowness."
        )
    if achieved_hz < hz * ACHIEVED_MIN:
        reasons.append(
            f"Players got {achieved_hz:.2f} snapshots a second instead of {hz}: figures of a "
            "server that cannot keep up cannot be compared."
        )
    if count.lost:
        reasons.append(f"{count.lost} connections were lost: {count.fault}")
    if count.truth is not None and not count.truth.is_good:
        fault = count.truth.first_fault or "no tick was received by enough players"
        reasons.append(f"Snapshots were not shown to be true: {fault}")
    return reasons
