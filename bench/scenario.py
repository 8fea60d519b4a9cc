"""Where players stand: a square field whose size follows from how many shall see each other."""

import random
from dataclasses import dataclass
from math import sqrt
from typing import Final

from game.rules import UNIT
from protocol.movers import GRID, MOVER_REACH

VIEW_TILES: Final = 2 * MOVER_REACH * GRID // UNIT
"""The side of what a player sees."""
DENSITIES: Final = {"spread": 12, "dense": 25, "all-in-view": None}
"""Others in view, where the field has no edge; None: everybody sees everybody."""
MAPS: Final = (64, 128, 256, 512)
"""The sides that a map can have, in tiles."""
RIM: Final = 1
"""Tiles of cliff around the field, at least."""
NODES_PER_TILE: Final = 610 / 128**2
"""As many trees, boulders and glimmer as the game grows."""

Place = tuple[int, int]


@dataclass(frozen=True)
class Scenario:
    """`players` spread evenly over the field of a scenario, always the same for a seed."""

    name: str
    players: int
    seed: int = 1

    @property
    def side(self) -> int:
        """The side of the field, in tiles; where no map is large enough it is denser."""
        density = DENSITIES[self.name]
        if density is None:
            return VIEW_TILES // 2  # whoever stands at one edge sees the other
        wanted = round(sqrt(self.players * VIEW_TILES**2 / density))
        return min(max(wanted, VIEW_TILES // 2), MAPS[-1] - 2 * RIM)

    @property
    def map_tiles(self) -> int:
        """The smallest map that holds the field."""
        return next(tiles for tiles in MAPS if tiles >= self.side + 2 * RIM)

    @property
    def corner(self) -> int:
        """The first tile of the field, across and down."""
        return (self.map_tiles - self.side) // 2

    def nodes(self) -> list[Place]:
        """The tiles of what grows there."""
        chance = random.Random(f"{self.seed} nodes")
        count = round(self.side**2 * NODES_PER_TILE)
        tiles = chance.sample(range(self.side**2), count)
        return [(self.corner + t % self.side, self.corner + t // self.side) for t in tiles]

    def bodies(self) -> list[Place]:
        """Where the players begin, in position units, a tile away from the edge."""
        chance = random.Random(f"{self.seed} bodies")
        low, high = (self.corner + 1) * UNIT, (self.corner + self.side - 1) * UNIT
        return [
            (chance.randrange(low, high), chance.randrange(low, high)) for _ in range(self.players)
        ]
