"""What stands or lies on the ground and can be worked on: trees, boulders, glimmer, piles."""

from enum import IntEnum
from typing import Final, NamedTuple, Protocol

import msgspec

from game.items import Item

NID_MAX: Final = 65_535
PILE_MAX: Final = 250
"""Items in one pile; the wire counts a stock in one byte."""


class NodeKind(IntEnum):
    """A kind of node. A pile is what somebody dropped or a star left; it is gone when empty."""

    TREE = 1
    BOULDER = 2
    GLIMMER = 3
    PILE_WOOD = 4
    PILE_STONE = 5
    PILE_GLIMMER = 6


class Traits(NamedTuple):
    """What all nodes of a kind have in common. `regrow_ms` brings back one item; 0: never."""

    item: Item
    work_ms: int
    stock: int
    regrow_ms: int


TRAITS: Final[dict[int, Traits]] = {
    NodeKind.TREE: Traits(Item.WOOD, 1_200, 4, 25_000),
    NodeKind.BOULDER: Traits(Item.STONE, 1_300, 4, 40_000),
    NodeKind.GLIMMER: Traits(Item.GLIMMER, 1_500, 3, 60_000),
    NodeKind.PILE_WOOD: Traits(Item.WOOD, 250, PILE_MAX, 0),
    NodeKind.PILE_STONE: Traits(Item.STONE, 250, PILE_MAX, 0),
    NodeKind.PILE_GLIMMER: Traits(Item.GLIMMER, 250, PILE_MAX, 0),
}

KINDS: Final = 8
"""More than there are kinds: makes one number of a tile's and a kind's."""

PILES: Final = (NodeKind.PILE_WOOD, NodeKind.PILE_STONE, NodeKind.PILE_GLIMMER)
"""The pile that holds an item, by Item."""


class NodeLike(Protocol):
    """What gathering needs to know; the server's nodes and a client's views of them both fit."""

    @property
    def kind(self) -> int:
        """A NodeKind."""

    @property
    def tx(self) -> int:
        """The tile's column."""

    @property
    def ty(self) -> int:
        """The tile's row."""

    stock: int


class Node(msgspec.Struct, array_like=True):
    """A node on tile (tx, ty) with `stock` items left to take."""

    kind: int
    stock: int
    tx: int
    ty: int
