import pytest

from game import moths
from game.events import EventKind
from game.lanterns import is_lit, lights
from game.moth import Moth
from game.rules import UNIT
from game.state import Phase
from game.strides import HEADINGS


def bites(events):
    return [(e.eid, e.other, e.amount) for e in events if e.kind is EventKind.BITTEN]


@pytest.fixture
def night(arena):
    table = arena(moths=1)
    table.join(1, 0)
    table.put(1, 30, 30, (1, 1, 1))
    return table


def run(table, ticks):
    return [bite for _ in range(ticks) for bite in bites(table.world.step([]))]


def test_a_moth_follows_a_carrier_takes_the_best_and_rests(night):
    world = night.world
    moth = night.moth(34, 33)
    assert run(night, 90) == [(1, 60_000, 1)]
    assert world.players[1].body.cargo == (1, 1, 0)
    assert world.ground.contents() == (0, 0, 1)
    at = (moth.x, moth.y)
    left = moth.rest_until - world.tick
    assert left > 0
    assert run(night, left - 1) == []
    assert (moth.x, moth.y) == at
    assert run(night, 60) == [(1, 60_000, 1)]


def test_a_moth_flies_at_its_speed_towards_its_prey_and_faces_it(night):
    world, rules = night.world, night.rules
    for facing, (dx, dy) in enumerate(HEADINGS):
        moth = night.moth(30 - 5 * dx, 30 - 5 * dy)
        run(night, rules.tick_hz // 4)  # it looks about four times a second
        x, y = moth.x, moth.y
        run(night, 10)
        flown = (moth.x - x) ** 2 + (moth.y - y) ** 2
        want = 10 * rules.step(rules.moth_speed)
        assert abs(flown - want**2) <= want**2 // 500
        assert (moth.facing, moth.prey) == (facing, 1)
    assert not bites(world.events)


def test_the_nearest_of_those_who_carry_is_hunted_and_of_equals_the_lower_eid(night):
    for eid in (2, 3, 4):
        night.join(eid, 0)
    night.put(2, 38, 30, (1, 0, 0))
    night.put(3, 35, 30)  # nearest, but carries nothing
    night.put(4, 38, 30, (1, 0, 0))
    moth = night.moth(36, 30)
    run(night, 8)
    assert moth.prey == 2


def test_nothing_is_hunted_out_of_sight_in_light_without_cargo_or_outside_play(night):
    world, moth = night.world, night.moth(30, 38 + 1)
    for hide in (
        lambda: night.put(1, 30, 30, (1, 0, 0)),
        lambda: night.put(1, 30, 38),
        lambda: night.put(1, 5, 6, (1, 0, 0)),
        lambda: (night.put(1, 30, 38, (1, 0, 0)), setattr(world, "phase", Phase.RESULTS)),
    ):
        moth.x, moth.y = night.put(1, 30, 39).x, night.put(1, 30, 39).y
        hide()
        assert run(night, 6) == []
        assert moth.prey == 0


def test_a_prey_that_reaches_light_or_leaves_is_given_up(night):
    moth = night.moth(34, 30)
    run(night, 8)
    assert moth.prey == 1
    night.put(1, 5, 5, (1, 0, 0))
    run(night, 1)
    assert moth.prey == 0
    moth.prey = 77
    run(night, 1)
    assert moth.prey == 0


def test_a_moth_never_flies_into_light_and_leaves_one_that_has_grown(night):
    world = night.world
    night.put(1, 5, 14, (1, 1, 1))
    moth = night.moth(5, 22)
    lamp = world.lanterns[0]
    for _ in range(600):
        lit = lights(world.lanterns, world.rules)
        was_lit = is_lit(moth.x, moth.y, lit)
        world.step([])
        assert was_lit or not is_lit(moth.x, moth.y, lit)
    moth.x, moth.y = lamp.x, lamp.y
    run(night, 120)
    assert not is_lit(moth.x, moth.y, lights(world.lanterns, world.rules))


@pytest.mark.parametrize(("tx", "ty"), [(5, 4), (4, 5), (6, 6), (3, 4)])
def test_a_fleeing_moth_stays_on_the_map(night, tx, ty):
    world = night.world
    night.put(1, 60, 3)
    world.lanterns[0].tx, world.lanterns[0].ty = 2, 2
    moth = night.moth(tx - 4 if tx > 4 else 0, ty - 4 if ty > 4 else 0)
    for _ in range(120):
        world.step([])
        assert 0 <= moth.x < 64 * UNIT
        assert 0 <= moth.y < 64 * UNIT


def test_idle_moths_stray_over_the_map_in_all_directions(table):
    wild = table(moths=4)
    wild.join(1)
    world, seen, places = wild.world, set(), set()
    for _ in range(900):
        world.step([])
        for moth in world.moths.values():
            seen.add(moth.facing)
            places.add((moth.x // (8 * UNIT), moth.y // (8 * UNIT)))
    assert seen == set(range(8))
    assert len(places) > 8


def test_moths_begin_in_the_dark_and_wait_while_nobody_is_here(table):
    wild = table(moths=5)
    world = wild.world
    assert sorted(world.moths) == [60_000 + i for i in range(5)]
    lit = lights(world.lanterns, world.rules)
    assert not any(is_lit(moth.x, moth.y, lit) for moth in world.moths.values())
    before = world.moths[60_000]
    at = (before.x, before.y)
    for _ in range(30):
        world.step([])
    assert (before.x, before.y) == at


def test_a_moth_that_is_where_it_wants_to_be_keeps_its_facing():
    moth = Moth(60_000, 5, 5, facing=3)
    assert moths._fly(moth, 5, 5, 100, ())
    assert (moth.x, moth.y, moth.facing) == (5, 5, 3)
