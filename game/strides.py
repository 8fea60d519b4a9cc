"""How far one step goes, worked out once for each way in which a body can walk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from game.rules import Rules

_DIAGONAL: Final = 46_341  # of 65536: 1 / square root of 2
_SHIFT: Final = 16

HEADINGS: Final = ((0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1))
"""The step (dx, dy) of each facing, clockwise from up."""

DASHES: Final = 8
LOAD_SHIFT: Final = 3 + 1
"""A way to walk as one number: the facing, DASHES in a dash, and above them the load."""

Stride = tuple[int, int, int, int]
"""(units to go in x, from the centre to the leading edge in x, and both in y)."""


class Strides(dict[int, Stride]):
    """The strides of one set of rules, each found when it is first asked for."""

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self._rules = rules

    def __missing__(self, way: int) -> Stride:
        """The stride of a way to walk."""
        rules, steps = self._rules, self._rules.load_steps
        dx, dy = HEADINGS[way & 7]
        distance = rules.step(rules.speed) * max(1, steps - (way >> LOAD_SHIFT)) // steps
        if way & DASHES:
            distance *= rules.dash_factor
        if dx and dy:
            distance = distance * _DIAGONAL >> _SHIFT
        half = rules.half_width
        self[way] = stride = (dx * distance, dx * half, dy * distance, dy * half)
        return stride
