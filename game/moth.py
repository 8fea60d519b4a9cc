"""A moth: it follows whoever carries something through the dark, and shuns light."""

from typing import Final

import msgspec

EID_MOTH: Final = 60_000
"""The eid of the first moth."""


class Moth(msgspec.Struct, array_like=True):
    """A moth at (x, y), flying to `prey` (an eid) or, with prey 0, to (goal_x, goal_y)."""

    eid: int
    x: int
    y: int
    facing: int = 4
    prey: int = 0
    goal_x: int = 0
    goal_y: int = 0
    rest_until: int = 0
