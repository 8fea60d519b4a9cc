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
