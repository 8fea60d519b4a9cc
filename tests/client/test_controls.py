from client.controls import Controls
from game.body import Body, Command, Keys
from game.nodes import Node, NodeKind
from game.rules import UNIT, Rules

RULES = Rules()
BODY = Body(5 * UNIT, 5 * UNIT)


def tick(controls, nodes=None, body=BODY):
    return controls.command(body, nodes or {}, RULES)


def test_a_press_counts_at_once():
    controls = Controls()
    controls.set(Keys.UP, 0)
    assert controls.keys == Keys.UP
    assert tick(controls) == Command(Keys.UP)


def test_a_release_counts_at_the_ticks_end():
    controls = Controls()
    controls.set(Keys.UP, 0)
    tick(controls)
    controls.set(0, 0)
    assert controls.keys == Keys.UP
    assert tick(controls) == Command(Keys.UP)
    assert controls.keys == 0
    assert tick(controls) == Command()


def test_a_tap_shorter_than_a_tick_is_not_lost():
    controls = Controls()
    controls.set(Keys.DASH, 0)
    controls.set(0, 0)
    assert tick(controls) == Command(Keys.DASH)
    assert tick(controls) == Command()


def test_turning_round_within_a_tick_does_not_press_both_ways():
    controls = Controls()
    controls.set(Keys.LEFT, 0)
    tick(controls)
    controls.set(Keys.RIGHT, 0)
    assert controls.keys == Keys.RIGHT


def test_only_a_node_that_can_be_worked_on_is_named():
    near, empty, far = (
        Node(NodeKind.TREE, stock, tx, 5) for stock, tx in ((1, 5), (0, 5), (3, 40))
    )
    controls = Controls()
    for nid, expected in ((1, 1), (2, 0), (3, 0), (99, 0)):
        controls.set(0, nid)
        assert tick(controls, {1: near, 2: empty, 3: far}).target == expected


def test_a_full_body_names_none():
    controls = Controls()
    controls.set(0, 1)
    full = Body(5 * UNIT, 5 * UNIT, cargo=(RULES.cargo, 0, 0))
    assert tick(controls, {1: Node(NodeKind.TREE, 1, 5, 5)}, full).target == 0
