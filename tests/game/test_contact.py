import pytest

from game.events import EventKind
from game.inputs import Leave
from game.state import Phase

DASH = 16


def bumps(events):
    return [(e.eid, e.other, e.amount) for e in events if e.kind is EventKind.BUMPED]


@pytest.fixture
def duel(arena):
    """Player 1 of team 0 stands left of player 2 of team 1, who carries seven items."""
    table = arena()
    table.join(1, 0)
    table.join(2, 1)
    table.put(1, 30, 30)
    table.put(2, 31, 30, (3, 2, 2))
    table.world.players[1].body.facing = 2
    return table


def test_a_dash_into_a_rival_in_the_dark_makes_half_fall(duel):
    table, world = duel, duel.world
    told = []
    for _ in range(4):
        told += bumps(world.step([table.keys(1, DASH)]))
    assert told == [(1, 2, 4)]
    assert world.players[2].body.cargo == (3, 0, 0)
    assert world.ground.contents() == (0, 2, 2)
    assert all((n.tx, n.ty) == (31, 30) for n in world.nodes.values())


def test_who_was_hit_is_safe_for_a_while(duel):
    table, world = duel, duel.world
    told = []
    for tick in range(1, 200):
        table.put(1, 31, 30, world.players[1].body.cargo)
        if bumps(world.step([table.keys(1, DASH)])):
            told.append(tick)
    first, second, third, *_ = told
    assert second - first >= world.rules.ticks(world.rules.shaken_ms)
    assert third > second
    assert world.players[2].body.load == 0


def test_who_was_hit_walks_on_as_before_until_their_client_has_heard_of_it(duel):
    """Otherwise each hit would put them somewhere else than their own screen shows."""
    table, world = duel, duel.world
    body, steps = world.players[2].body, []
    table.put(2, 34, 30, (3, 2, 2))
    for _ in range(40):
        before = body.x
        if len(steps) == 8:
            table.put(1, body.x // 65_536 - 1, 30)
        world.step([table.keys(1, DASH) if len(steps) in {8, 9, 10} else table.keys(1, 0),
                    table.keys(2, 8)])  # fmt: skip
        steps.append(body.x - before)
    assert body.load == 3
    hit = world.rules.ticks(world.rules.felt_ms)
    assert len(set(steps[: 8 + hit])) == 1
    assert steps[-1] > steps[0]


def test_walking_into_somebody_does_nothing(duel):
    assert not any(bumps(duel.world.step([duel.keys(1, 8)])) for _ in range(40))


def test_a_dash_of_their_own_protects(duel):
    keys = [duel.keys(1, DASH), duel.keys(2, DASH)]
    assert not bumps(duel.world.step(keys))
    assert duel.world.players[2].body.load == 7


def test_a_team_mate_is_no_rival(arena):
    table = arena()
    table.join(1, 0)
    table.join(2, 0)
    table.put(1, 30, 30)
    table.put(2, 30, 30, (8, 0, 0))
    assert not bumps(table.world.step([table.keys(1, DASH)]))


@pytest.mark.parametrize("who", [1, 2])
def test_light_protects_whoever_stands_in_it(duel, who):
    world = duel.world
    lamp = world.lanterns[0]
    lamp.stock = (0, 0, 0)  # two tiles of ember
    lamp.tx, lamp.ty = (29, 31) if who == 1 else (33, 30)
    world.spawned = world.held()
    assert not bumps(world.step([duel.keys(1, DASH)]))


def test_a_dash_counts_only_in_ticks_that_its_player_acts_in(duel):
    table, world = duel, duel.world
    table.put(1, 40, 40)
    world.step([table.keys(1, DASH)])
    table.put(1, 31, 30)  # held up in the middle of the dash, as when a line stalls
    assert world.players[1].body.dash_left
    assert not bumps(world.step([]))
    world.players[2].body.dash_left = 3  # and no protection for a rival who stalls
    assert bumps(world.step([table.keys(1)])) == [(1, 2, 4)]


def test_several_rivals_fall_to_one_dash_and_nobody_twice(arena):
    table = arena(shaken_ms=0)
    for eid, team in ((1, 0), (2, 0), (3, 1), (4, 1), (5, 1)):
        table.join(eid, team)
        table.put(eid, 30, 30, (1, 0, 0) if team else (0, 0, 0))
    table.put(5, 30, 30)
    both = [table.keys(1, DASH), table.keys(2, DASH)]
    assert bumps(table.world.step(both)) == [(1, 3, 1), (1, 4, 1)]


def test_nothing_falls_outside_play_and_the_gone_do_not_hit(duel):
    world = duel.world
    world.phase = Phase.RESULTS
    assert not bumps(world.step([duel.keys(1, DASH)]))
    world.phase = Phase.PLAY
    assert not bumps(world.step([duel.keys(1), Leave(1)]))
