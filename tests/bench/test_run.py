import math

import pytest

from bench.figures import void
from bench.plan import Count, Truth
from bench.scenario import DENSITIES, VIEW_TILES, Scenario
from bench.server_run import gained, percentile_ms
from bench.walk import Land
from game.rules import UNIT

GOOD = {
    "seconds": 8.0, "players": 100, "lost": 0, "snapshots": 16_000, "snapshot_bytes": 1_600_000,
    "all_bytes": 1_700_000, "missed": 0, "inputs": 16_000, "visible": 12.0, "ticks": 160,
    "input_ms": [28.0, 53.0], "cpu_share": 0.3, "truth": Truth(frames=40),
}  # fmt: skip


def count(**changes):
    return Count(**(GOOD | changes))


def test_a_good_run_counts():
    assert void(count(), 20, 20.0, 0.05) == []


@pytest.mark.parametrize(
    ("changes", "achieved_hz", "others_share", "said"),
    [
        ({"cpu_share": 0.71}, 20.0, 0.0, "generator used 0.71"),
        ({}, 19.79, 0.0, "19.79 snapshots a second instead of 20"),
        ({}, 20.0, 0.06, "used 0.06 of the server's core"),
        ({"lost": 1, "fault": "reset"}, 20.0, 0.0, "1 connections were lost: reset"),
        ({"truth": Truth(frames=40, missing=1, first_fault="does not see [2]")}, 20.0, 0.0, "[2]"),
        ({"truth": Truth()}, 20.0, 0.0, "not shown to be true"),
    ],
)
def test_what_does_not_count_says_why(changes, achieved_hz, others_share, said):
    (reason,) = void(count(**changes), 20, achieved_hz, others_share)
    assert said in reason


def test_percentiles_lie_between_the_edges_of_the_window():
    before = {0.01: 5.0, 0.02: 5.0, math.inf: 5.0}
    after = {0.01: 55.0, 0.02: 105.0, math.inf: 105.0}
    window = gained(before, after)
    assert percentile_ms(window, 0.5) == pytest.approx(10.0)
    assert percentile_ms(window, 0.75) == pytest.approx(15.0)


@pytest.mark.parametrize("name", DENSITIES)
@pytest.mark.parametrize("players", [10, 200, 1200])
def test_a_field_fits_its_map_and_holds_everybody(name, players):
    scenario = Scenario(name, players)
    low, high = scenario.corner, scenario.corner + scenario.side
    assert low >= 1
    assert high < scenario.map_tiles
    bodies = scenario.bodies()
    assert len(bodies) == players
    assert all(low < x // UNIT < high - 1 and low < y // UNIT < high - 1 for x, y in bodies)
    assert all(low <= tx < high and low <= ty < high for tx, ty in scenario.nodes())
    assert Scenario(name, players).bodies() == bodies


@pytest.mark.parametrize(("name", "nominal"), [("spread", 12), ("dense", 25)])
def test_so_many_are_in_view_as_the_name_says(name, nominal):
    scenario = Scenario(name, 400)
    assert scenario.players * VIEW_TILES**2 / scenario.side**2 == pytest.approx(nominal, rel=0.02)


def test_where_all_are_in_view_nobody_is_out_of_reach():
    assert Scenario("all-in-view", 200).side <= VIEW_TILES // 2


def test_a_walker_turns_back_at_the_edge():
    class Straight:
        def randrange(self, _end):
            return 6  # left

        def uniform(self, low, _high):
            return low

    land = Land(10, 60, [(30, 30)], hz=20)
    left, right = 4, 8
    assert land.leg(Straight(), 30 * UNIT, 30 * UNIT) == (left, 10)
    assert land.leg(Straight(), 12 * UNIT, 30 * UNIT) == (right, 10)


def test_a_walker_gathers_where_something_grows():
    class Willing:
        def random(self):
            return 0.0

    class Busy:
        def random(self):
            return 0.9

    land = Land(10, 60, [(30, 30)], hz=20)
    assert land.halt(Willing(), 30 * UNIT, 29 * UNIT) == 1
    assert land.halt(Willing(), 40 * UNIT, 29 * UNIT) == 0
    assert land.halt(Busy(), 30 * UNIT, 29 * UNIT) == 0
