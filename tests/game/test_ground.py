from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.ground import CELL_NODES, CELL_TILES, Ground
from game.nodes import NID_MAX, PILE_MAX, TRAITS, NodeKind
from game.rules import Rules
from game.terrain import Terrain, Tile

RULES = Rules()
GROW = RULES.ticks(TRAITS[NodeKind.TREE].regrow_ms)


@pytest.fixture
def ground():
    return Ground(Terrain(16, bytearray([Tile.GRASS]) * 256))


def take(ground, nid, tick):
    ground.nodes[nid].stock -= 1
    ground.taken(nid, tick, RULES)


def test_a_planted_node_is_full_and_counted(ground):
    assert ground.add(NodeKind.BOULDER, 3, 4) == (0, TRAITS[NodeKind.BOULDER].stock, 0)
    assert ground.add(NodeKind.GLIMMER, 5, 4) == (0, 0, TRAITS[NodeKind.GLIMMER].stock)
    assert ground.contents() == (0, TRAITS[NodeKind.BOULDER].stock, TRAITS[NodeKind.GLIMMER].stock)
    assert sorted(ground.nodes) == [1, 2]
    assert ground.changed == {1, 2}


def test_what_was_taken_grows_back_one_by_one(ground):
    ground.add(NodeKind.TREE, 3, 4)
    full = ground.nodes[1].stock
    take(ground, 1, 10)
    take(ground, 1, 15)  # the clock runs since the first
    grown = {}
    for tick in range(11, 10 + 4 * GROW):
        ground.begin_tick()
        if ground.regrow(tick, RULES) != (0, 0, 0):
            grown[tick] = ground.nodes[1].stock
            assert ground.changed == {1}
        else:
            assert not ground.changed
    assert grown == {10 + GROW: full - 1, 10 + 2 * GROW: full}
    assert not ground.regrowth


def test_piles_of_a_kind_merge_on_a_tile_and_vanish_when_empty(ground):
    nid = ground.lay(0, 2, 3, 4)
    assert ground.lay(0, 3, 3, 4) == nid
    other = ground.lay(1, 1, 3, 4)
    assert other != nid
    assert [(n.kind, n.stock) for n in ground.nodes.values()] == [
        (NodeKind.PILE_WOOD, 5),
        (NodeKind.PILE_STONE, 1),
    ]
    ground.begin_tick()
    take(ground, other, 1)
    assert ground.removed == {other: (3, 4)}
    assert ground.changed == set()
    assert other not in ground.nodes
    take(ground, nid, 1)
    assert ground.changed == {nid}
    assert ground.lay(1, 1, 3, 4) not in {nid, other}


def test_a_pile_that_comes_and_goes_in_one_tick_is_not_told(ground):
    ground.begin_tick()
    take(ground, ground.lay(2, 1, 3, 4), 1)
    assert (ground.changed, ground.removed) == (set(), {})


def test_a_full_pile_overflows_to_tiles_that_can_be_stood_on(ground):
    for tx, ty in ((2, 4), (4, 4), (3, 3), (3, 5), (2, 3), (4, 3)):
        ground.terrain.tiles[ty * 16 + tx] = Tile.WATER
    first = ground.lay(0, PILE_MAX - 1, 3, 4)
    ground.begin_tick()
    last = ground.lay(0, 3, 3, 4)
    assert ground.changed == {first, last}
    assert ground.nodes[first].stock == PILE_MAX
    assert (ground.nodes[last].stock, ground.nodes[last].tx, ground.nodes[last].ty) == (2, 2, 5)
    ground.begin_tick()
    assert ground.lay(0, 1, 3, 4) == last  # the full one is passed over, and not touched
    assert ground.changed == {last}
    ground.lay(0, 10 * PILE_MAX, 3, 4)
    assert ground.contents() == (11 * PILE_MAX + 3, 0, 0)


@settings(max_examples=25, deadline=None)
@given(st.integers(), st.integers(1, 30))
def test_no_cell_ever_holds_more_than_can_be_told(seed, spread):
    """Whatever is dropped and picked up, where and by whom; and nothing of it is lost."""
    rng = Random(seed)
    grounds = [Ground(Terrain(48, bytearray([Tile.GRASS]) * 48**2)) for _ in range(2)]
    laid = 0
    for tick in range(900):
        item, count = rng.randrange(3), rng.randrange(1, 9)
        tx, ty = 4 + rng.randrange(spread), 4 + rng.randrange(spread)
        picked = rng.random() < 0.2
        laid += count - picked
        for ground in grounds:
            nid = ground.lay(item, count, tx, ty)
            if picked:
                take(ground, nid, tick)
    counts = Counter((n.tx // CELL_TILES, n.ty // CELL_TILES) for n in grounds[0].nodes.values())
    assert max(counts.values(), default=0) <= CELL_NODES
    assert sum(grounds[0].contents()) == laid
    assert grounds[0].nodes == grounds[1].nodes


def test_a_full_cell_overflows_to_the_next_pile_or_cell():
    wide = Ground(Terrain(32, bytearray([Tile.GRASS]) * 32**2))
    for number in range(CELL_NODES):
        wide.lay(number // 128, 1, number % 16, number // 16 % 8)
    assert len(wide.nodes) == CELL_NODES
    kept = wide.lay(0, 1, 3, 9)  # no pile is here, the nearest of wood lies two tiles up
    assert (wide.nodes[kept].stock, wide.nodes[kept].tx, wide.nodes[kept].ty) == (2, 1, 7)
    new = wide.lay(2, 1, 3, 9)  # of glimmer there is no pile at all
    assert (wide.nodes[new].tx, wide.nodes[new].ty) == (0, 16)
    again = Ground(wide.terrain, wide.nodes, wide.regrowth, wide.next_nid)
    assert again.lay(2, 1, 3, 9) == new
    take(again, 1, 1)
    assert (again.nodes[again.lay(2, 1, 3, 9)].tx, again.nodes[again.lay(2, 1, 3, 9)].ty) == (3, 9)


def test_a_whole_cargo_makes_a_pile_a_kind(ground):
    ground.scatter((2, 0, 3), 1, 1)
    assert ground.contents() == (2, 0, 3)
    assert len(ground.nodes) == 2


def test_numbers_are_given_once_around(ground):
    ground.next_nid = NID_MAX - 1
    ground.nodes = {}
    given = [ground.lay(0, 1, tx, 0) for tx in range(3)]
    assert given == [NID_MAX - 1, NID_MAX, 1]
    ground.next_nid = NID_MAX
    assert ground.lay(0, 1, 5, 5) == 2  # NID_MAX and 1 are still there
    assert ground.next_nid == 3


def test_clearing_keeps_counting_on(ground):
    nid = ground.lay(0, 1, 1, 1)
    ground.clear()
    assert not ground.nodes
    assert ground.lay(0, 1, 1, 1) == nid + 1


def test_a_ground_that_was_read_back_knows_its_piles(ground):
    nid = ground.lay(0, 1, 1, 1)
    again = Ground(ground.terrain, ground.nodes, ground.regrowth, ground.next_nid)
    assert again.lay(0, 1, 1, 1) == nid


def test_other_traits_are_fitted(ground):
    ground.add(NodeKind.TREE, 1, 1)
    ground.add(NodeKind.TREE, 3, 1)
    ground.lay(0, 5, 1, 1)
    ground.nodes[1].stock = 200
    ground.nodes[2].stock = 1
    ground.regrowth = {5: [1, 99]}
    ground.refit(50, RULES)
    assert ground.nodes[1].stock == TRAITS[NodeKind.TREE].stock
    assert ground.regrowth == {50 + GROW: [2]}
