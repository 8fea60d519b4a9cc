import msgspec
import pytest

from game.invariants import broken
from game.nodes import TRAITS, NodeKind
from game.rules import Mode
from game.state import Phase
from game.world import World


@pytest.fixture
def busy(table):
    """A world at play: a dashing player with cargo, a burning lantern, a felled tree."""
    made = table(round_ms=600_000)
    for eid in range(1, 5):
        made.join(eid)
    made.play()
    world = made.world
    nid, node = next((n, v) for n, v in world.nodes.items() if v.kind == NodeKind.TREE)
    made.put(1, node.tx, node.ty)
    while world.nodes[nid].stock == TRAITS[NodeKind.TREE].stock:
        world.step([made.keys(1, 0, nid)])
    made.put(2, node.tx, node.ty, (2, 3, 3))
    world.step([made.keys(2, 16)])
    assert world.players[2].body.dash_wait
    return made


def under(made, **changes):
    rules = msgspec.structs.replace(made.rules, **changes)
    world = World.decode(made.world.encode(), rules)
    assert broken(world) == []
    assert world.rules == rules
    return world


def goes_on(world):
    for _ in range(200):
        world.step([])
        assert broken(world) == []


def test_equal_rules_change_nothing(busy):
    assert under(busy).hash() == busy.world.hash()


def test_another_tick_rate_keeps_what_was_gathered(busy):
    world = under(busy, tick_hz=20)
    assert world.phase is Phase.PLAY
    assert world.held() == busy.world.held()
    assert world.players[2].body.dash_wait == 0
    goes_on(world)


def test_smaller_bags_let_fall_what_no_longer_fits(busy):
    world = under(busy, cargo=4)
    assert world.players[2].body.cargo == (2, 2, 0)
    assert world.held() == busy.world.held()
    goes_on(world)


def test_fewer_moths_and_levels_are_bounded(busy):
    busy.world.lanterns[0].level = 5
    world = under(busy, moths=2, level_max=3, burn_ms=1_000)
    assert len(world.moths) == 2
    assert world.lanterns[0].level == 3
    goes_on(world)


@pytest.mark.parametrize(
    "changes", [{"teams": 4}, {"map_tiles": 96}, {"mode": Mode.VILLAGE}, {"half_width": 30_000}]
)
def test_another_kind_of_game_begins_a_new_round_with_everybody_in_it(busy, changes):
    world = under(busy, **changes)
    assert world.number == busy.world.number + 1
    assert sorted(world.players) == [1, 2, 3, 4]
    assert world.terrain.size == world.rules.map_tiles
    assert {p.team for p in world.players.values()} == set(range(min(4, world.rules.team_count())))
    assert all(p.body.load == 0 for p in world.players.values())
    assert (world.phase is Phase.PLAY) == (world.rules.mode is Mode.VILLAGE)
    goes_on(world)
