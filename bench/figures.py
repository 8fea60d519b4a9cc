"""What a run has shown, and whether it counts."""

from typing import Final

import msgspec

from bench.plan import Count, Truth
from bench.process import Spent
from bench.scenario import Scenario

CPU_SHARE_MAX: Final = 0.7
"""Of its core, by the generator."""
ACHIEVED_MIN: Final = 0.99
OTHERS_MAX: Final = 0.05
"""Of the server's core, by whatever else ran there."""


class TickMs(msgspec.Struct):
    """Time of a tick in milliseconds: from when it was due to the last write of it."""

    p50: float
    p99: float


class Result(msgspec.Struct, kw_only=True):
    """The figures of one run; `void` holds the reasons why they do not count."""

    side: str  # "ours", or "colyseus-" and one of bench.plan.PEERS
    scenario: str
    way: str  # "direct" or "caddy"
    players: int
    hz: int
    cpu_us_per_player_tick: float
    bytes_per_snapshot: float
    tick_ms: TickMs
    kb_per_connection: float
    achieved_hz: float
    cpu_share: float  # of the server's core
    others_share: float  # of that core, by whatever else ran there
    visible: float
    field_tiles: int
    bytes_per_player_second: float
    missed_share: float
    input_ms: list[float]
    generator_cpu_share: float
    proxy_cpu_share: float
    truth: Truth | None
    void: list[str]


def result(  # noqa: PLR0913 - all that was measured
    *,
    side: str,
    way: str,
    scenario: Scenario,
    hz: int,
    count: Count,
    used: Spent,
    proxy: Spent,
    tick_ms: TickMs,
    memory_kb: float,
) -> Result:
    """The figures of a window."""
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
        kb_per_connection=round(memory_kb / scenario.players, 1),
        achieved_hz=round(achieved_hz, 3),
        cpu_share=round(used.cpu_s / count.seconds, 3),
        others_share=round(used.others_s / count.seconds, 3),
        visible=round(count.visible, 1),
        field_tiles=scenario.side,
        bytes_per_player_second=round(count.all_bytes / scenario.players / count.seconds),
        missed_share=round(count.missed / snapshots, 4),
        input_ms=count.input_ms,
        generator_cpu_share=round(count.cpu_share, 3),
        proxy_cpu_share=round(proxy.cpu_s / count.seconds, 3),
        truth=count.truth,
        void=void(count, hz, achieved_hz, used.others_s / count.seconds),
    )


def void(count: Count, hz: int, achieved_hz: float, others_share: float) -> list[str]:
    """Why a run does not count; a sentence each."""
    reasons = []
    if count.cpu_share > CPU_SHARE_MAX:
        reasons.append(
            f"The generator used {count.cpu_share:.2f} of its core, more than {CPU_SHARE_MAX}: "
            "what was measured may be its own slowness."
        )
    if others_share > OTHERS_MAX:
        reasons.append(
            f"Something else used {others_share:.2f} of the server's core, more than {OTHERS_MAX}."
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
