"""How a player walks: straight on for a while, another way, now and then a halt to gather."""

import random
from typing import Final

from bench.scenario import Place
from game.body import Keys
from game.rules import UNIT

HEADINGS: Final = (
    Keys.UP,
    Keys.UP | Keys.RIGHT,
    Keys.RIGHT,
    Keys.DOWN | Keys.RIGHT,
    Keys.DOWN,
    Keys.DOWN | Keys.LEFT,
    Keys.LEFT,
    Keys.UP | Keys.LEFT,
)
EDGE: Final = 4
"""Tiles from the edge of the field at which a player turns back."""
LEG_S: Final = (0.5, 2.0)
GATHER_S: Final = 2.5
GATHERS: Final = 0.25
"""How often somebody gathers who could: a tenth of the time, so that nearly all are on the move."""


class Land:
    """What a walker knows of the field: its bounds and what grows on it."""

    def __init__(self, low: int, high: int, nodes: list[Place], hz: int) -> None:
        self.hz = hz
        self._low, self._high = low + EDGE, high - EDGE
        self._nids = {tile: nid for nid, tile in enumerate(map(tuple, nodes), 1)}

    def halt(self, chance: random.Random, x: int, y: int) -> int:
        """A node within reach of a body where it stops to gather, 0 for none."""
        if chance.random() >= GATHERS:
            return 0
        tx, ty = x // UNIT, y // UNIT
        for dx, dy in ((0, 0), (0, -1), (1, 0), (0, 1), (-1, 0)):
            if nid := self._nids.get((tx + dx, ty + dy)):
                return nid
        return 0

    def leg(self, chance: random.Random, x: int, y: int) -> tuple[int, int]:
        """The keys of the next leg and its length in ticks; away from an edge that is near."""
        keys = int(HEADINGS[chance.randrange(8)])
        for at, back, forth in ((x, Keys.LEFT, Keys.RIGHT), (y, Keys.UP, Keys.DOWN)):
            leaves = keys & back if at // UNIT < self._low else 0
            leaves |= keys & forth if at // UNIT >= self._high else 0
            if leaves:
                keys ^= back | forth
        return int(keys), int(chance.uniform(*LEG_S) * self.hz)
