"""What can be gathered and carried."""

from enum import IntEnum
from typing import Final


class Item(IntEnum):
    """A thing of the world; its value is its place in every (wood, stone, glimmer) triple."""

    WOOD = 0
    STONE = 1
    GLIMMER = 2


POINTS: Final = (1, 2, 5)
"""What a handed-in item is worth, by Item."""

Cargo = tuple[int, int, int]
"""Items by kind: (wood, stone, glimmer)."""

EMPTY: Final[Cargo] = (0, 0, 0)


def plus(cargo: Cargo, item: int, count: int = 1) -> Cargo:
    """The cargo with `count` more of one item."""
    wood, stone, glimmer = cargo
    if item == Item.WOOD:
        return (wood + count, stone, glimmer)
    if item == Item.STONE:
        return (wood, stone + count, glimmer)
    return (wood, stone, glimmer + count)


def total(one: Cargo, other: Cargo) -> Cargo:
    """Both together."""
    return (one[0] + other[0], one[1] + other[1], one[2] + other[2])


def worth(cargo: Cargo) -> int:
    """The points it brings when handed in."""
    return cargo[0] * POINTS[0] + cargo[1] * POINTS[1] + cargo[2] * POINTS[2]


def split(cargo: Cargo, count: int) -> tuple[Cargo, Cargo]:
    """(what falls, what stays) when `count` items are lost, the most valuable ones first."""
    glimmer = min(cargo[2], count)
    stone = min(cargo[1], count - glimmer)
    wood = min(cargo[0], count - glimmer - stone)
    return (wood, stone, glimmer), (cargo[0] - wood, cargo[1] - stone, cargo[2] - glimmer)
