import pytest

from game.body import Body
from game.gathering import gather, is_near, may_gather
from game.nodes import PILE_MAX, PILES, TRAITS, Node, NodeKind
from game.rules import TICK_RATES, UNIT, Rules

HALF = UNIT // 2


def beside(node, rules=None, **more):
    return Body(node.tx * UNIT + HALF, node.ty * UNIT + HALF, **more)


@pytest.mark.parametrize("hz", TICK_RATES)
@pytest.mark.parametrize("kind", list(NodeKind))
def test_an_item_takes_its_time_and_comes_into_the_cargo(hz, kind):
    rules, node = Rules(tick_hz=hz), Node(kind, 2, 3, 3)
    body = beside(node)
    ticks = rules.ticks(TRAITS[kind].work_ms)
    assert [gather(body, node, rules) for _ in range(ticks)] == [False] * (ticks - 1) + [True]
    assert (node.stock, body.load, body.progress) == (1, 1, 0)
    assert body.cargo[TRAITS[kind].item] == 1


def test_kinds_are_what_they_say():
    assert set(TRAITS) == set(NodeKind)
    assert [TRAITS[pile].item for pile in PILES] == [0, 1, 2]
    for kind, traits in TRAITS.items():
        assert (traits.regrow_ms == 0) == (kind in PILES)
        assert 0 < traits.stock <= PILE_MAX
    fastest = min(TRAITS[kind].work_ms for kind in TRAITS if kind not in PILES)
    assert max(TRAITS[pile].work_ms for pile in PILES) * 3 < fastest


def test_what_hinders_work_also_ends_what_was_begun():
    rules, node = Rules(), Node(NodeKind.TREE, 1, 3, 3)
    for hindrance in (
        {"dash_left": 1},
        {"cargo": (rules.cargo, 0, 0)},
        {"cargo": (0, 0, rules.cargo)},
    ):
        body = beside(node, progress=5, **hindrance)
        assert not may_gather(body, node, rules)
        assert not gather(body, node, rules)
        assert body.progress == 0
    body = beside(node, progress=5)
    assert not gather(body, Node(NodeKind.TREE, 0, 3, 3), rules)
    assert not gather(body, Node(NodeKind.TREE, 1, 5, 3), rules)
    assert (body.progress, node.stock) == (0, 1)


def test_reach_is_a_circle_between_centres():
    body = Body(10 * UNIT + HALF, 10 * UNIT + HALF)
    near = [
        (tx - 10, ty - 10)
        for ty in range(7, 14)
        for tx in range(7, 14)
        if is_near(body, tx, ty, 2 * UNIT)
    ]
    assert sorted(near) == sorted(
        (dx, dy) for dx in range(-3, 4) for dy in range(-3, 4) if dx * dx + dy * dy <= 4
    )
    body.x += 1
    assert not is_near(body, 8, 10, 2 * UNIT)
