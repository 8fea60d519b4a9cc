"""What a player costs, beside a Colyseus room; how many fit on one core; how cost grows."""

import sys
from pathlib import Path

import msgspec
from _proof import Proof, say

from bench.campaign import compare, good, growth
from bench.plan import PEERS
from bench.scenario import Scenario
from bench.table import markdown
from support.source import ROOT

KEPT = ROOT / "bench" / "results"
HZ, REPS, SECONDS = 20, 3, 8.0
LONG_S = 32.0  # the world is saved every 30 s: the crowd's longest ticks are in it
COMPARED = (200, 400)
GROWN = (100, 1200)  # and those compared, and the crowd
CPU_BAR, BYTES_BAR = 0.60, 0.65
CROWD, TICK_P99_BAR_MS = 800, 25
MEMORY_BAR_KB = 25
GROWTH_BAR = 1.05  # flat, within what two runs of the same differ by
SPREAD = "spread"


def main():
    """About ten minutes. Nothing else may run meanwhile: a run that had to wait does not count."""
    proof = Proof("bench")
    say("ours and Colyseus in turn ...")
    scenarios = [Scenario(SPREAD, n) for n in COMPARED]
    beside = keep("compare", compare(scenarios, HZ, REPS, SECONDS, PEERS))
    for peer, found in beside.peer_checks.items():
        proof.holds(f"answers_are_right_{peer}", found["compared"] and not faults(found))
    for ratio in beside.ratios:
        told = f"{ratio.side.removeprefix('colyseus-')}_{ratio.players}"
        proof.holds(f"runs_that_count_{told}", min(ratio.runs) == REPS)
        proof.at_most(f"cpu_ratio_{told}", ratio.cpu or float("inf"), CPU_BAR)
        if ratio.side == "colyseus-same":
            proof.at_most(f"bytes_ratio_{told}", ratio.bytes or float("inf"), BYTES_BAR)
        else:  # it does not tell the same fields
            proof.figure(f"bytes_ratio_{told}", ratio.bytes or float("inf"))
        proof.figure(f"bytes_of_a_second_ratio_{told}", ratio.bandwidth or float("inf"))
    say("more and more players ...")
    wanted = [*((n, SECONDS) for n in GROWN), (CROWD, LONG_S)]
    grown = keep("growth", growth([(Scenario(SPREAD, n), s) for n, s in wanted], HZ, REPS))
    grown.runs += beside.runs
    cost = {n: middle(grown, n, "cpu_us_per_player_tick") for n in (100, *COMPARED, CROWD, 1200)}
    for players, microseconds in cost.items():
        proof.figure(f"cpu_us_{players}", microseconds)
    p99 = sorted(run.tick_ms.p99 for run in good(grown.runs, "ours", SPREAD, CROWD))
    proof.at_most(f"tick_p99_ms_{CROWD}", median_of(p99), TICK_P99_BAR_MS)
    proof.at_most("kb_per_connection", middle(grown, CROWD, "kb_per_connection"), MEMORY_BAR_KB)
    proof.at_most("growth_100_to_800", cost[CROWD] / cost[100], GROWTH_BAR)
    proof.figure("others_share_most", max(run.others_share for run in grown.runs))
    return proof.finish()


def keep(name, campaign):
    """Keep the JSON, show the table."""
    KEPT.mkdir(exist_ok=True)
    data = msgspec.json.format(msgspec.json.encode(campaign), indent=1)
    (Path(KEPT) / f"{name}.json").write_bytes(data + b"\n")
    say(markdown(campaign))
    return campaign


def faults(found):
    """What the framework's SDK saw that was not so, or did not see."""
    return found["missing"] + found["extra"] + found["wrong"]


def middle(campaign, players, name):
    """The median of the runs that count; infinite if none does."""
    runs = good(campaign.runs, "ours", SPREAD, players)
    return median_of(sorted(getattr(run, name) for run in runs))


def median_of(ordered):
    """The middle one."""
    return ordered[len(ordered) // 2] if ordered else float("inf")


if __name__ == "__main__":
    sys.exit(main())
