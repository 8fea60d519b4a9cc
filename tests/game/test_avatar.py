import pytest

from game.avatar import deposit, drop, step
from game.body import Body, Command
from game.nodes import Node, NodeKind
from game.rules import UNIT, Rules
from game.terrain import Terrain, Tile

RULES = Rules()
GROUND = Terrain(16, bytearray([Tile.GRASS]) * 256)
WORK = RULES.ticks(1_200)


def at(tx, ty, **more):
    return Body(tx * UNIT + UNIT // 2, ty * UNIT + UNIT // 2, **more)


def do(body, command, nodes, gathers=True):
    return step(body, command, GROUND, nodes, RULES, gathers)


def test_one_command_moves_and_gathers():
    nodes = {7: Node(NodeKind.TREE, 3, 5, 5)}
    body = at(5, 5)
    took = [do(body, Command(0, 7), nodes) for _ in range(WORK)]
    assert took == [0] * (WORK - 1) + [7]
    assert (nodes[7].stock, body.cargo) == (2, (1, 0, 0))
    do(body, Command(8, 7), nodes)
    assert body.x > at(5, 5).x
    assert body.progress == 1


def test_another_target_begins_anew_and_none_forgets():
    nodes = {7: Node(NodeKind.TREE, 3, 5, 5), 8: Node(NodeKind.TREE, 3, 6, 5)}
    body = at(5, 5)
    for _ in range(4):
        do(body, Command(0, 7), nodes)
    assert (body.target, body.progress) == (7, 4)
    do(body, Command(0, 8), nodes)
    assert (body.target, body.progress) == (8, 1)
    do(body, Command(), nodes)
    assert (body.target, body.progress) == (0, 0)


@pytest.mark.parametrize("target", [9, -1, 65_536, 1 << 70])
def test_a_target_that_is_not_there_is_no_work(target):
    body = at(5, 5, target=9, progress=3)
    assert do(body, Command(0, target), {}) == 0
    assert body.progress == 0
    assert 0 <= body.target <= 65_535


def test_nothing_is_gathered_outside_play():
    nodes = {7: Node(NodeKind.TREE, 3, 5, 5)}
    body = at(5, 5)
    for _ in range(3 * WORK):
        assert do(body, Command(0, 7), nodes, gathers=False) == 0
    assert (body.target, body.progress, nodes[7].stock) == (0, 0, 3)


def test_cargo_is_handed_in_within_reach_of_the_lantern_only():
    body = at(5, 5, cargo=(1, 2, 3))
    assert deposit(body, (8, 5), RULES) is None
    assert body.cargo == (1, 2, 3)
    assert deposit(body, (7, 5), RULES) == (1, 2, 3)
    assert deposit(body, (7, 5), RULES) is None


def test_dropping_empties_the_hands():
    body = at(5, 5, cargo=(1, 2, 3))
    assert drop(body) == (1, 2, 3)
    assert drop(body) == (0, 0, 0)
