import pytest

from bench import campaign
from bench.campaign import SPARE, Campaign, Ratio, _ratio, good, growth
from bench.figures import Result, TickMs
from bench.plan import Truth
from bench.scenario import Scenario
from bench.table import markdown

SPREAD = Scenario("spread", 200)


ROOM = "colyseus-same"


def run(side, cpu, *, void=(), memory=20.0):
    return Result(
        side=side, scenario="spread", way="direct", players=200, hz=20, cpu_us_per_player_tick=cpu,
        bytes_per_snapshot=2 * cpu, tick_ms=TickMs(cpu, 3 * cpu), kb_per_connection=memory,
        achieved_hz=20.0, cpu_share=0.1, others_share=0.0, visible=10.5, field_tiles=261,
        bytes_per_player_second=30 * cpu, missed_share=0.0, input_ms=[30, 60],
        generator_cpu_share=0.2, proxy_cpu_share=0.0, truth=Truth(frames=1), void=list(void),
    )  # fmt: skip


RUNS = [
    *(run("ours", cpu) for cpu in (10.0, 12.0, 14.0)),
    run("ours", 1.0, void=["The generator was slow."]),
    *(run("colyseus-same", cpu) for cpu in (20.0, 30.0, 24.0)),
]


def test_a_ratio_is_of_medians_of_what_counts():
    ratio = _ratio(RUNS, SPREAD, ROOM)
    assert (ratio.cpu, ratio.bytes, ratio.tick_p99, ratio.memory) == (0.5, 0.5, 0.5, 1.0)
    assert ratio.bandwidth == 0.5
    assert ratio.side == ROOM
    assert ratio.runs == (3, 3)
    assert len(good(RUNS, "ours", "spread", 200)) == 3


def test_where_nothing_counts_there_is_no_ratio():
    ratio = _ratio([r for r in RUNS if r.side == "ours"], SPREAD, ROOM)
    assert (ratio.cpu, ratio.bytes) == (None, None)
    assert ratio.runs == (3, 0)


def test_the_table_tells_medians_and_what_is_void():
    voided = [run("ours", 9.0, void=["too slow"])]
    shown = markdown(
        Campaign(kind="compare", machine={}, runs=RUNS, ratios=[_ratio(RUNS, SPREAD, ROOM)])
    )
    assert (
        "| 200 | spread | ours | 3 | 12.0 | 24 | 360 | 12.0 | 36.0 | 30 | 60 | 20 | 0.10 | 10.5 |"
        in shown
    )
    assert "| 200 | spread | colyseus-same | 0.50 | 0.50 | 0.50 | 0.50 | 1.00 |" in shown
    assert "| 0 | void |" in markdown(Campaign(kind="growth", machine={}, runs=voided))
    void = Ratio(side=ROOM, scenario="spread", players=1, runs=(0, 0), cpu=None, bytes=None,
                 bandwidth=None, tick_p99=None, memory=None)  # fmt: skip
    assert "| 1 | spread | colyseus-same | void | void | void | void | void |" in markdown(
        Campaign(kind="compare", machine={}, runs=[], ratios=[void])
    )


def test_a_head_has_as_many_columns_as_its_rows():
    shown = markdown(
        Campaign(kind="compare", machine={}, runs=RUNS, ratios=[_ratio(RUNS, SPREAD, ROOM)])
    )
    runs, ratios = shown.split("\n\n")
    for table in (runs, ratios, markdown(Campaign(kind="growth", machine={}, runs=[RUNS[3]]))):
        assert len({line.count("|") for line in table.split("\n")}) == 1


@pytest.mark.parametrize(("voided", "made"), [(0, 12), (1, 13), (16, 12 + SPARE)])
def test_some_runs_that_do_not_count_are_made_once_more(monkeypatch, voided, made):
    """Not all: on a machine that is never quiet a proof has to end, too."""
    windows = []

    def measure(side, scenario, _hz, *, way, seconds):
        windows.append((scenario.players, seconds, way))
        return run(side, 9.0, void=["slow"] if len(windows) <= voided else [])

    monkeypatch.setattr(campaign, "measure", measure)
    grown = growth([(SPREAD, 8.0), (Scenario("spread", 800), 32.0)], 20, 6)
    assert len(grown.runs) == made
    assert {(200, 8.0, "direct"), (800, 32.0, "direct")} == set(windows)
