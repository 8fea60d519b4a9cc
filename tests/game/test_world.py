import inspect
import sys
from copy import copy

import pytest

from game.events import EventKind
from game.inputs import Join, Leave, Presence
from game.moth import EID_MOTH
from game.player import EID_MAX
from game.rng import Rng
from game.rules import Mode, Rules
from game.state import Phase
from game.world import World


@pytest.mark.parametrize("mode", list(Mode))
def test_a_new_world_is_at_rest(mode):
    world = World.create(Rules(map_tiles=64, mode=mode), 7)
    assert (world.tick, world.number, world.seed) == (0, 1, 7)
    assert world.phase is (Phase.PLAY if mode is Mode.VILLAGE else Phase.LOBBY)
    assert (world.changed_nodes, world.removed, world.remade) == (set(), {}, False)
    assert (world.events, world.players, world.star) == ([], {}, None)
    assert len(world.moths) == world.rules.moths
    assert all(lamp.stock[0] == world.rules.fuel_start for lamp in world.lanterns)


@pytest.mark.parametrize("seed", [-1, 0, 1 << 64, 1 << 200])
def test_any_integer_is_a_seed(seed):
    world = World.create(Rules(map_tiles=64), seed)
    assert World.decode(world.encode(), world.rules).hash() == world.hash()


def test_ids_of_players_and_moths_never_meet():
    assert EID_MAX < EID_MOTH


def test_a_step_is_one_tick_and_tells_its_own_events_only(table):
    made = table()
    events = made.world.step([Join(1, "a"), Join(2, "b")])
    assert [e.kind for e in events].count(EventKind.JOINED) == 2
    assert made.world.tick == 1
    assert made.world.step([]) == []
    assert events


def test_fuel_burns_at_play_while_somebody_is_here_and_alarm_is_given(table):
    made = table(fuel_start=7, moths=0, star_every_ms=0, burn_ms=1_000)
    world = made.world
    made.join(1, 0)
    made.play()
    alarms, burnt = [], []
    for _ in range(30 * 8):
        alarms += [(e.other, e.amount) for e in world.step([]) if e.kind is EventKind.FUEL_LOW]
        burnt.append(world.burnt[0])
    assert alarms == [(0, 5), (1, 5)]
    assert burnt[-1] == 14
    assert [lamp.light(world.rules) for lamp in world.lanterns] == [world.rules.ember] * 2


def test_an_empty_village_keeps_its_light(table):
    made = table(mode=Mode.VILLAGE, burn_ms=1_000, moths=0)
    made.join(1)
    made.world.step([Presence(1, True)])
    stock = made.world.lanterns[0].stock
    for _ in range(90):
        made.world.step([])
    assert made.world.lanterns[0].stock == stock
    made.world.step([Leave(1)])
    assert made.world.lanterns[0].stock == stock


def test_the_nodes_that_a_step_touched_are_exactly_those_told(table):
    """Cell deltas are built from this: one forgotten node would be wrong on every screen."""
    made = table(moths=3, star_every_ms=4_000, star_warning_ms=1_000, cargo=3)
    world, chance = made.world, Rng(5)
    for eid in range(1, 7):
        made.join(eid)
    made.play()
    for eid, node in zip(range(1, 7), list(world.nodes.values()), strict=False):
        made.put(eid, node.tx, node.ty)
    removed = 0
    for _ in range(400):
        inputs = []
        for eid, player in world.players.items():
            tx, ty = player.body.x >> 16, player.body.y >> 16
            _, near = min((abs(n.tx - tx) + abs(n.ty - ty), nid) for nid, n in world.nodes.items())
            keys = chance.below(32) if chance.below(40) == 0 else 0
            inputs.append(made.keys(eid, keys, near))
            if chance.below(60) == 0:
                inputs.append(made.act(eid, 1 + 3 * chance.below(2)))
        before = {nid: copy(node) for nid, node in world.nodes.items()}
        world.step(inputs)
        changed = {n for n, node in world.nodes.items() if before.get(n) != node}
        assert changed <= world.changed_nodes <= set(world.nodes)
        assert all(before.get(n) != world.nodes[n] for n in world.changed_nodes)
        gone = {n: (before[n].tx, before[n].ty) for n in before if n not in world.nodes}
        assert world.removed == gone
        removed += len(gone)
    assert removed > 3


def test_a_step_costs_no_look_at_every_node(table):
    """Counted in lines of our code that run, not in time: a thousand more nodes cost none."""
    counts = []
    for more in (0, 1_000):
        made = table(moths=0)
        made.join(1)
        made.play()
        for i in range(more):
            made.world.ground.add(1, i % 64, i // 64)
        made.world.step([])
        counts.append(_lines_run(made.world))
    assert counts[0] == counts[1]


def _lines_run(world):
    ran = 0

    def trace(frame, event, arg):
        nonlocal ran
        ran += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        world.step([])
    finally:
        sys.settrace(before)
    return ran


def test_the_shared_step_is_the_one_that_the_spec_names():
    from game import avatar  # noqa: PLC0415 - only its signature matters here

    names = list(inspect.signature(avatar.step).parameters)
    assert names == ["body", "command", "terrain", "nodes", "rules", "gathers"]
