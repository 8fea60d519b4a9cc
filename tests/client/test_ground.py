from collections import Counter

from client.ground import Ground
from game.body import Body
from game.nodes import NodeKind
from game.rules import UNIT, Rules
from game.terrain import Tile
from protocol.hot import Cell, NodeView

GRASS = bytes([Tile.GRASS] * 256)


def tree(nid, stock=4, tx=3, ty=3):
    return NodeView(nid, NodeKind.TREE, stock, tx, ty)


def whole(*nodes, cx=0, cy=0, tiles=GRASS):
    return Cell(cx, cy, 1, tiles, nodes)


def delta(*nodes, cx=0, cy=0):
    return Cell(cx, cy, 2, None, nodes)


def ground(*cells):
    made = Ground(Rules(map_tiles=64))
    made.learn(cells)
    return made


def test_a_whole_cell_brings_tiles_and_nodes_and_replaces_what_was_there():
    known = ground(whole(tree(1), tree(2, tx=4)))
    assert known.terrain.at(15, 15) == Tile.GRASS
    assert known.terrain.at(16, 0) == Tile.UNKNOWN
    version = known.version
    known.learn([whole(tree(2, stock=1, tx=4))])
    assert {nid: node.stock for nid, node in known.nodes.items()} == {2: 1}
    assert known.version > version


def test_a_delta_changes_what_it_names_only():
    known = ground(whole(tree(1), tree(2, tx=4)))
    version = known.version
    known.learn([delta(tree(2, stock=0, tx=4))])
    assert {nid: node.stock for nid, node in known.nodes.items()} == {1: 4, 2: 0}
    assert known.version == version, "no tile became known"


def test_an_empty_pile_is_gone_but_an_empty_tree_stands():
    pile = NodeView(9, NodeKind.PILE_WOOD, 2, 5, 5)
    known = ground(whole(tree(1, stock=0), pile))
    known.learn([delta(NodeView(9, NodeKind.PILE_WOOD, 0, 5, 5))])
    assert known.nodes.keys() == {1}


def test_a_delta_to_a_cell_that_never_came_is_ignored():
    assert ground(delta(tree(1))).nodes == {}


def test_a_number_that_comes_again_elsewhere_is_one_node():
    known = ground(whole(tree(1)), whole(tree(1, tx=20), cx=1))
    assert known.nodes[1].tx == 20
    known.learn([whole()])
    assert known.nodes.keys() == {1}, "the first cell does not own it any more"


def test_own_takes_are_foreseen_until_the_server_tells():
    known = ground(whole(tree(1), tree(2, tx=4)))
    known.foresee(Counter({1: 3}))
    assert (known.nodes[1].stock, known.nodes[2].stock) == (1, 4)
    known.learn([delta(tree(1, stock=2))])
    known.foresee(Counter({1: 1}))
    assert known.nodes[1].stock == 1
    known.foresee(Counter())
    assert known.nodes[1].stock == 2
    known.foresee(Counter({1: 9, 77: 1}))
    assert known.nodes[1].stock == 0, "never below nothing, and an unknown node harms nobody"


def test_the_nearest_node_that_can_be_worked_on():
    known = ground(whole(tree(1, tx=2), tree(2, tx=4), tree(3, stock=0, tx=3)))
    rules = Rules(map_tiles=64)
    body = Body(int(3.9 * UNIT), int(3.5 * UNIT))
    assert known.nearest_target(body, rules) == 2
    assert known.nearest_target(Body(13 * UNIT, 13 * UNIT), rules) == 0
    body.cargo = (rules.cargo, 0, 0)
    assert known.nearest_target(body, rules) == 0


def test_nodes_across_the_edge_of_a_cell_are_found():
    known = ground(whole(), whole(tree(5, tx=16), cx=1))
    assert known.nearest_target(Body(int(15.5 * UNIT), int(3.5 * UNIT)), Rules(map_tiles=64)) == 5


def test_a_new_map_forgets_everything():
    known = ground(whole(tree(1)))
    before = known.terrain
    known.forget()
    assert known.nodes == {}
    assert known.terrain is not before
    assert known.terrain.at(3, 3) == Tile.UNKNOWN
    known.learn([whole(tree(4))])
    assert known.nodes.keys() == {4}
