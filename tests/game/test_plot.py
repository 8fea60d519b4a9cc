import pytest

from game.ahead import Ahead
from game.generation import generate
from game.ground import Ground
from game.invariants import broken
from game.nodes import NID_MAX
from game.plot import made, planted
from game.rules import Mode, Rules
from game.world import World

RULES = Rules(map_tiles=64)


def test_a_plot_holds_what_its_layout_says_and_nothing_is_told_of_it():
    layout = generate(RULES, 4)
    plot = Ahead(made(RULES, 4)).result()
    assert [(n.kind, n.tx, n.ty) for n in plot.ground.nodes.values()] == list(layout.nodes)
    assert plot.lanterns == layout.lanterns
    assert plot.grown == plot.ground.contents()


@pytest.mark.parametrize("first", [1, 700, NID_MAX - 3])
def test_nodes_get_the_numbers_that_they_would_have_got_one_by_one(first):
    layout = generate(RULES, 4)
    plot = Ahead(planted(layout)).result()
    plot.ground.renumber(first)
    one_by_one = Ground(layout.terrain, next_nid=first)
    for node in layout.nodes:
        one_by_one.add(*node)
    assert list(plot.ground.nodes.items()) == list(one_by_one.nodes.items())
    assert plot.ground.next_nid == one_by_one.next_nid
    assert not plot.ground.changed


def test_piles_lie_where_they_may_on_a_plot_that_was_renumbered():
    world = World.create(Rules(map_tiles=64, mode=Mode.VILLAGE), 3)
    lamp = world.lanterns[0]
    nid = world.ground.lay(0, 5, lamp.tx, lamp.ty)
    world.spawn((5, 0, 0))
    assert world.nodes[nid].stock == 5
    assert broken(world) == []
