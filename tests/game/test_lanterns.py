from itertools import pairwise

import pytest

from game.lanterns import LIGHT_UNIT, Lantern, is_lit, lights
from game.rules import UNIT, Rules

RULES = Rules()


def test_light_grows_with_fuel_and_level_up_to_its_end():
    bare = Lantern(0, 5, 5)
    assert bare.light(RULES) == RULES.ember
    reach = [Lantern(0, 5, 5, (wood, 0, 0)).light(RULES) for wood in range(1, 400)]
    assert reach == sorted(reach)
    assert reach[0] > RULES.ember
    assert reach[-1] == RULES.light_max
    levels = [Lantern(0, 5, 5, (9, 0, 0), level).light(RULES) for level in range(1, 6)]
    assert [b - a for a, b in pairwise(levels)] == [RULES.light_per_level] * 4


def test_who_stands_in_the_circle_is_lit():
    lamp = Lantern(0, 5, 5)
    (lit,) = lights([lamp], RULES)
    radius = RULES.ember * LIGHT_UNIT
    assert lit == (lamp.x, lamp.y, radius**2)
    assert is_lit(lamp.x + radius, lamp.y, (lit,))
    assert not is_lit(lamp.x + radius + 1, lamp.y, (lit,))
    assert not is_lit(lamp.x, lamp.y, ())
    assert (lamp.x, lamp.y) == (5 * UNIT + UNIT // 2, 5 * UNIT + UNIT // 2)


def test_stone_builds_levels_and_glimmer_is_kept():
    lamp = Lantern(0, 5, 5)
    per = RULES.stone_per_level
    assert lamp.receive((1, per - 1, 2), RULES) == (0, (0, 0, 0))
    assert lamp.receive((0, 1, 0), RULES) == (1, (0, per, 0))
    assert (lamp.level, lamp.stock) == (2, (1, 0, 2))
    assert lamp.receive((0, 9 * per, 0), RULES) == (3, (0, 3 * per, 0))
    assert lamp.receive((0, 9 * per, 0), RULES) == (0, (0, 0, 0))
    assert (lamp.level, lamp.stock) == (RULES.level_max, (1, 15 * per, 2))
    assert lamp.score == 1 + 2 * 19 * per + 5 * 2


@pytest.mark.parametrize(("people", "parts"), [(0, 1), (1, 1), (4, 2), (16, 6)])
def test_wood_burns_in_its_time_and_faster_for_many(people, parts):
    lamp = Lantern(0, 5, 5, (3, 0, 0))
    every = RULES.ticks(RULES.burn_ms // parts)
    burnt = [tick for tick in range(4 * every) if lamp.burn(RULES, people)]
    assert burnt == [every, 2 * every, 3 * every]
    assert lamp.stock == (0, 0, 0)


def test_new_wood_on_a_cold_lantern_burns_its_whole_time():
    lamp = Lantern(0, 5, 5, (1, 0, 0), burn_left=1)
    assert lamp.burn(RULES, 1)
    assert not lamp.burn(RULES, 1)
    assert lamp.burn_left == 0
    lamp.receive((1, 0, 0), RULES)
    assert not lamp.burn(RULES, 1)
    assert lamp.burn_left == RULES.ticks(RULES.burn_ms)
