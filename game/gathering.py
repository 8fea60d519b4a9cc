"""Working on a node, one command at a time."""

from typing import Final

from game.body import Body
from game.items import plus
from game.nodes import TRAITS, NodeLike
from game.rules import UNIT, Rules

_HALF: Final = UNIT // 2


def is_near(body: Body, tx: int, ty: int, reach: int) -> bool:
    """Whether the centre of tile (tx, ty) is within `reach` units of the body's."""
    dx = tx * UNIT + _HALF - body.x
    dy = ty * UNIT + _HALF - body.y
    return dx * dx + dy * dy <= reach * reach


def may_gather(body: Body, node: NodeLike, rules: Rules) -> bool:
    """Whether the body can work on the node now: stock, room and reach, and no dash."""
    return (
        node.stock > 0
        and not body.dash_left
        and sum(body.cargo) < rules.cargo
        and is_near(body, node.tx, node.ty, rules.reach)
    )


def gather(body: Body, node: NodeLike, rules: Rules) -> bool:
    """One command's work; True when it brought an item from the node into the cargo."""
    if not may_gather(body, node, rules):
        body.progress = 0
        return False
    traits = TRAITS[node.kind]
    body.progress += 1
    if body.progress < rules.ticks(traits.work_ms):
        return False
    body.progress = 0
    node.stock -= 1
    body.cargo = plus(body.cargo, traits.item)
    return True
