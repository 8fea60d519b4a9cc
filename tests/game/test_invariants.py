import pytest

from game.invariants import broken
from game.moth import Moth
from game.nodes import Node, NodeKind
from game.star import Star
from game.state import Phase


@pytest.fixture
def made(table):
    made = table()
    made.join(1)
    made.join(2)
    made.play()
    assert broken(made.world) == []
    return made


def player(world):
    return world.players[1]


def spoil_tree(world, **changes):
    nid = next(n for n, node in world.nodes.items() if node.kind == NodeKind.TREE)
    for name, value in changes.items():
        setattr(world.nodes[nid], name, value)


def wall(world):
    body = player(world).body
    world.terrain.tiles[(body.y >> 16) * world.terrain.size + (body.x >> 16)] = 6


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda w: w.terrain.tiles.pop(), "do not make a square"),
        (lambda w: w.terrain.tiles.__setitem__(0, 9), "unknown kind"),
        (lambda w: w.lanterns.clear(), "no lantern"),
        (lambda w: w.lanterns.reverse(), "says that it is team"),
        (lambda w: setattr(w.lanterns[0], "tx", 0), "solid tile"),
        (lambda w: setattr(w.lanterns[0], "level", 0), "has level 0"),
        (lambda w: setattr(w.lanterns[0], "level", 6), "has level 6"),
        (lambda w: setattr(w.lanterns[0], "stock", (-1, 0, 0)), "has stock"),
        (lambda w: setattr(w.lanterns[0], "burn_left", 10_000), "burning 10000"),
        (lambda w: w.nodes.__setitem__(0, Node(1, 1, 5, 5)), "Node 0 has kind 1"),
        (lambda w: spoil_tree(w, kind=7), "has kind 7"),
        (lambda w: setattr(player(w), "eid", 9), "has eid 9"),
        (lambda w: w.players.__setitem__(60_000, player(w)), "60000 has eid 1"),
        (lambda w: setattr(player(w), "team", 2), "is in team 2"),
        (lambda w: setattr(w, "spawned", (0, 0, 0)), "items came"),
        (lambda w: setattr(player(w), "score", 1), "their lanterns only 0"),
        (lambda w: spoil_tree(w, stock=5), "has 5 items"),
        (lambda w: w.nodes.__setitem__(9_999, Node(4, 0, 5, 5)), "has 0 items"),
        (lambda w: spoil_tree(w, tx=0), "on a solid tile"),
        (lambda w: w.nodes.__setitem__(9_999, next(iter(w.nodes.values()))), "not alone"),
        (lambda w: spoil_tree(w, stock=1), "planned to grow wrongly"),
        (lambda w: w.ground.regrowth.__setitem__(w.tick, [1]), "should have grown"),
        (lambda w: w.ground.regrowth.__setitem__(w.tick + 5, [65_000]), "do not exist"),
        (lambda w: setattr(player(w), "name", ""), "name of 0 characters"),
        (wall, "inside a solid tile"),
        (lambda w: setattr(player(w).body, "cargo", (9, 0, 0)), "carries (9, 0, 0)"),
        (lambda w: setattr(player(w).body, "cargo", (1, -1, 0)), "carries (1, -1, 0)"),
        (lambda w: setattr(player(w).body, "dash_wait", 61), "out of its range"),
        (lambda w: setattr(player(w).body, "facing", 8), "out of its range"),
        (lambda w: setattr(w.moths[60_000], "x", -1), "off the map"),
        (lambda w: setattr(w.moths[60_000], "rest_until", w.tick + 999), "rests until"),
        (lambda w: w.moths.__setitem__(60_006, Moth(60_006, 0, 0)), "Moth 60006"),
        (lambda w: setattr(w, "number", 0), "of round 0"),
        (lambda w: setattr(w, "phase_ends", w.tick - 1), "ended in tick"),
        (lambda w: setattr(w, "star", Star(30, 30, w.tick)), "should have fallen"),
        (lambda w: setattr(w, "star", Star(30, 30, w.next_star + 1)), "should have fallen"),
        (lambda w: setattr(w, "star", Star(0, 0, w.next_star)), "star falls on a solid"),
    ],
)
def test_each_fault_is_told_in_a_sentence(made, spoil, sentence):
    spoil(made.world)
    told = broken(made.world)
    assert any(sentence in line for line in told), told
    assert all(line[0].isupper() and line.endswith(".") for line in told)


def test_nobody_carries_before_a_round(made):
    made.put(1, made.world.lanterns[0].tx, made.world.lanterns[0].ty, (1, 0, 0))
    assert broken(made.world) == []
    made.world.phase = Phase.COUNTDOWN
    assert any("before the round" in line for line in broken(made.world))
