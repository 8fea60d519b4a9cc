import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.inputs import ActKind
from game.invariants import broken
from game.rules import Rules
from game.world import World

SAVED = World.create(Rules(map_tiles=64), 1).encode()


def lively(table):
    made = table()
    for eid in (3, 1, 2):
        made.join(eid, is_bot=eid == 2)
    made.play()
    made.put(1, *at_home(made), cargo=(1, 2, 3))
    made.world.step([made.act(1, ActKind.DROP), made.keys(2, 24, 5)])
    return made


def at_home(made):
    lamp = made.world.lanterns[0]
    return lamp.tx, lamp.ty


def test_a_world_comes_back_whole(table):
    world = lively(table).world
    again = World.decode(world.encode(), world.rules)
    assert again.encode() == world.encode()
    assert again.hash() == world.hash()
    assert again.players == world.players
    assert again.nodes == world.nodes
    assert (again.lanterns, again.moths, again.star) == (world.lanterns, world.moths, world.star)


def test_the_order_of_dicts_is_no_part_of_a_world(table):
    world = lively(table).world
    before = world.hash()
    world.players = dict(reversed(world.players.items()))
    world.moths = dict(reversed(world.moths.items()))
    world.ground.nodes = dict(reversed(world.ground.nodes.items()))
    assert world.hash() == before


def test_any_difference_is_another_hash(table):
    world = lively(table).world
    seen = {world.hash()}
    for change in (
        lambda: world.step([]),
        lambda: setattr(world.players[1], "score", 5),
        lambda: setattr(world.players[1].body, "x", 5),
        lambda: setattr(world.lanterns[0], "burn_left", 3),
        lambda: setattr(world.rng, "state", 3),
        lambda: world.terrain.tiles.__setitem__(0, 1),
        lambda: setattr(world, "next_star", 99),
    ):
        change()
        seen.add(world.hash())
    assert len(seen) == 8


@given(st.binary(max_size=200))
def test_noise_is_refused_with_a_sentence(data):
    with pytest.raises(ValueError, match=r"take another copy|Take another copy"):
        World.decode(data, Rules())


@given(st.integers(0, len(SAVED) - 1), st.binary(max_size=4), st.integers(0, 4))
def test_a_damaged_world_is_refused_or_goes_on(at, new, cut):
    data = SAVED[:at] + new + SAVED[at + cut :]
    try:
        world = World.decode(data, Rules(map_tiles=64))
    except ValueError:
        return
    world.mend()
    for _ in range(3):
        world.step([])
    World.decode(world.encode(), world.rules)


def test_a_world_of_another_format_is_not_read():
    parts = msgspec.msgpack.decode(SAVED)
    parts[0] = "lanternhold.world.0"
    with pytest.raises(ValueError, match=r"was saved as 'lanternhold[.]world[.]0'"):
        World.decode(msgspec.msgpack.encode(parts), Rules(map_tiles=64))


def test_a_map_that_is_none_is_refused():
    parts = msgspec.msgpack.decode(SAVED)
    parts[13] = []  # the lanterns
    with pytest.raises(ValueError, match=r"damaged: There is no lantern"):
        World.decode(msgspec.msgpack.encode(parts), Rules(map_tiles=64))


def test_a_fault_that_a_running_server_lives_with_costs_nobody_the_world(table):
    world = lively(table).world
    world.spawn((1, 0, 0))
    again = World.decode(world.encode(), world.rules)
    assert again.hash() == world.hash()


def test_books_that_do_not_add_up_are_written_anew_and_nothing_else_changes(table):
    world, sound = lively(table).world, lively(table).world
    world.spawn((1, 0, 0))
    (sentence,) = world.mend()
    assert "items came" in sentence
    assert world.hash() == sound.hash()
    assert world.mend() == []


def test_what_is_out_of_bounds_is_bounded(table):
    world = lively(table).world
    world.ground.regrowth[world.tick + 5] = [65_000]
    world.players[1].body.dash_wait = 9_999
    assert len(world.mend()) == 2
    assert broken(world) == []
