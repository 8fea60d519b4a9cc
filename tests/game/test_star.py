import pytest

from game.events import EventKind
from game.inputs import Presence
from game.nodes import NodeKind
from game.rules import Mode

QUICK = {"star_every_ms": 3_000, "star_warning_ms": 1_000, "moths": 0}


def watch(world, ticks):
    told = []
    for _ in range(ticks):
        told += [
            (world.tick, e)
            for e in world.step([])
            if e.kind in (EventKind.STAR_WARNING, EventKind.STAR_FELL)
        ]
    return told


@pytest.fixture
def sky(table):
    def make(**changes):
        made = table(**(QUICK | changes))
        made.join(1, is_bot=True)
        made.play()
        return made.world

    return make


def test_a_star_is_announced_falls_where_it_was_announced_and_comes_again(sky):
    world = sky()
    began = world.tick
    told = watch(world, 200)
    assert [(tick - began, e.kind) for tick, e in told] == [
        (60, EventKind.STAR_WARNING),
        (90, EventKind.STAR_FELL),
        (150, EventKind.STAR_WARNING),
        (180, EventKind.STAR_FELL),
    ]
    (_, warning), (_, fell), *_ = told
    assert (warning.x, warning.y) == (fell.x, fell.y)
    assert warning.amount == 30
    assert fell.amount == world.rules.star_glimmer
    pile = world.nodes[fell.other]
    assert (pile.kind, pile.stock) == (NodeKind.PILE_GLIMMER, world.rules.star_glimmer)
    assert world.spawned == tuple(map(sum, zip(world.held(), world.burnt, strict=True)))


def test_the_warning_can_be_seen_until_the_fall(sky):
    world = sky()
    watch(world, 70)
    star = world.star
    assert star is not None
    assert not world.terrain.is_solid(star.tx, star.ty)
    watch(world, star.falls - world.tick)
    assert world.star is None


def test_stars_fall_about_equally_far_from_both_teams(sky):
    world = sky(round_ms=600_000)
    for _ in range(12):
        watch(world, 75)
        while world.star is None:
            watch(world, 1)
        ways = [
            abs(lamp.tx - world.star.tx) + abs(lamp.ty - world.star.ty) for lamp in world.lanterns
        ]
        assert max(ways) - min(ways) <= 10
        watch(world, 31)


def test_no_star_is_announced_that_nobody_could_gather(sky):
    world = sky(round_ms=3_000)
    assert watch(world, 89) == []


def test_none_ever_falls_by_rule(sky):
    assert watch(sky(star_every_ms=0), 300) == []


def test_none_but_the_sound_of_it_falls_without_glimmer(sky):
    world = sky(star_glimmer=0)
    (_, warning), (_, fell) = watch(world, 95)
    assert (warning.kind, fell.kind) == (EventKind.STAR_WARNING, EventKind.STAR_FELL)
    assert (fell.other, fell.amount) == (0, 0)
    assert all(node.kind <= NodeKind.GLIMMER for node in world.nodes.values())


def test_an_empty_village_has_no_stars_and_gets_them_back(sky):
    world = sky(mode=Mode.VILLAGE)
    world.step([Presence(1, True)])
    assert watch(world, 300) == []
    world.step([Presence(1, False)])
    assert [e.kind for _, e in watch(world, 95)] == [
        EventKind.STAR_WARNING,
        EventKind.STAR_FELL,
    ]


def test_a_map_of_water_gets_its_star_beside_the_lantern(sky):
    world = sky()
    lamp = world.lanterns[0]
    for i in range(64 * 64):
        tx, ty = i % 64, i // 64
        if max(abs(tx - lamp.tx), abs(ty - lamp.ty)) > 1:
            world.terrain.tiles[i] = 6
    world.rng.state = 3
    watch(world, 61)
    assert world.star is not None
    assert max(abs(world.star.tx - lamp.tx), abs(world.star.ty - lamp.ty)) <= 1
