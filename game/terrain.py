"""The ground: a square of tiles. Water and cliffs stop a body, the unknown does not."""

from enum import IntEnum
from typing import Final, Self

import msgspec


class Tile(IntEnum):
    """A kind of ground; fits a nibble on the wire."""

    UNKNOWN = 0  # a client has not been told yet: it lets a prediction walk
    GRASS = 1
    WOODS = 2
    ROCK = 3
    SAND = 4
    PATH = 5
    WATER = 6
    CLIFF = 7
    BRIDGE = 8


SOLID: Final = frozenset((int(Tile.WATER), int(Tile.CLIFF)))
EASY: Final = frozenset((int(Tile.PATH), int(Tile.BRIDGE)))
"""Ground on which a load weighs less (`Rules.path_eases`)."""

_CLIFF: Final = int(Tile.CLIFF)


class Terrain(msgspec.Struct, array_like=True):
    """`size` x `size` tiles, row by row: tile (tx, ty) is `tiles[ty * size + tx]`."""

    size: int
    tiles: bytearray

    @classmethod
    def unknown(cls, size: int) -> Self:
        """Ground of which nothing is known yet."""
        return cls(size, bytearray(size * size))

    def at(self, tx: int, ty: int) -> int:
        """The kind of one tile; everything outside the map is cliff."""
        size = self.size
        if tx | ty >= 0 and tx < size and ty < size:  # the sign of both at once
            return self.tiles[ty * size + tx]
        return _CLIFF

    def is_solid(self, tx: int, ty: int) -> bool:
        """Whether a body cannot stand there."""
        size = self.size
        if tx | ty >= 0 and tx < size and ty < size:
            return self.tiles[ty * size + tx] in SOLID
        return True

    def cell(self, cx: int, cy: int, cell_tiles: int) -> bytes:
        """The `cell_tiles` squared tiles of one cell, row by row; cliff where the map ends."""
        x0, y0 = cx * cell_tiles, cy * cell_tiles
        return bytes(
            self.at(x0 + dx, y0 + dy) for dy in range(cell_tiles) for dx in range(cell_tiles)
        )

    def set_cell(self, cx: int, cy: int, cell_tiles: int, data: bytes) -> None:
        """Lay down what `cell` gave; what lies outside the map is left out."""
        x0, y0, size = cx * cell_tiles, cy * cell_tiles, self.size
        for i, kind in enumerate(data[: cell_tiles * cell_tiles]):
            tx, ty = x0 + i % cell_tiles, y0 + i // cell_tiles
            if 0 <= tx < size and 0 <= ty < size:
                self.tiles[ty * size + tx] = kind
