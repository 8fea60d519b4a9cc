from bench.campaign import Campaign, Ratio, _ratio, good
from bench.figures import Result, TickMs
from bench.plan import Truth
from bench.scenario import Scenario
from bench.table import markdown

SPREAD = Scenario("spread", 200)


def run(side, cpu, *, void=(), memory=20.0):
    return Result(
        side=side, scenario="spread", way="direct", players=200, hz=20, cpu_us_per_player_tick=cpu,
        bytes_per_snapshot=2 * cpu, tick_ms=TickMs(cpu, 3 * cpu), kb_per_connection=memory,
        achieved_hz=20.0, cpu_share=0.1, waited_share=0.0, visible=10.5, field_tiles=261,
        bytes_per_player_second=2000, missed_share=0.0, input_ms=[30, 60], generator_cpu_share=0.2,
        proxy_cpu_share=0.0, truth=Truth(frames=1), void=list(void),
    )  # fmt: skip


RUNS = [
    *(run("ours", cpu) for cpu in (10.0, 12.0, 14.0)),
    run("ours", 1.0, void=["The generator was slow."]),
    *(run("colyseus", cpu) for cpu in (20.0, 30.0, 24.0)),
]


def test_a_ratio_is_of_medians_of_what_counts():
    ratio = _ratio(RUNS, SPREAD)
    assert (ratio.cpu, ratio.bytes, ratio.tick_p99, ratio.memory) == (0.5, 0.5, 0.5, 1.0)
    assert ratio.runs == (3, 3)
    assert len(good(RUNS, "ours", "spread", 200)) == 3


def test_where_nothing_counts_there_is_no_ratio():
    ratio = _ratio([r for r in RUNS if r.side == "ours"], SPREAD)
    assert (ratio.cpu, ratio.bytes) == (None, None)
    assert ratio.runs == (3, 0)


def test_the_table_tells_medians_and_what_is_void():
    voided = [run("ours", 9.0, void=["too slow"])]
    shown = markdown(Campaign(kind="compare", machine={}, runs=RUNS, ratios=[_ratio(RUNS, SPREAD)]))
    assert "| 200 | spread | ours | 3 | 12.0 | 24 | 12.0 | 36.0 | 20 | 0.10 | 10.5 |" in shown
    assert "| 200 | spread | 0.50 | 0.50 | 0.50 | 1.00 |" in shown
    assert "| 0 | void |" in markdown(Campaign(kind="growth", machine={}, runs=voided))
    void = Ratio(scenario="spread", players=1, runs=(0, 0), cpu=None, bytes=None, tick_p99=None,
                 memory=None)  # fmt: skip
    assert "| 1 | spread | void | void | void | void |" in markdown(
        Campaign(kind="compare", machine={}, runs=[], ratios=[void])
    )
