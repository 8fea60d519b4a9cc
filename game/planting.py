"""Where things grow: wood near home, stone between, glimmer far out in the dark."""

from array import array
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from math import isqrt
from typing import Final, NamedTuple

from game.ahead import SLICE, Sliced, pieces
from game.landscape import Site
from game.nodes import NodeKind
from game.noise import quantiles
from game.rng import mixed
from game.symmetry import is_first, orbit
from game.terrain import SOLID, Terrain, Tile

Plant = tuple[NodeKind, int, int]
"""(kind, tx, ty)."""

Plants = tuple[Plant, ...]

_AREA: Final = 128 * 128  # the map that the counts below are made for
_SCALE: Final = 1 << 20
_SLICE: Final = 1_024  # tiles judged before other work may go on
_PICKS: Final = 512  # tiles planted on before other work may go on
_THREE: Final = b"\1\1\1"
_RINGS: Final = (150, 450, 640)
"""Thousandths of the land that are nearer to a lantern than the rings near, middle and far."""

_BARRED: Final = SOLID | {Tile.PATH, Tile.BRIDGE}

_PARTS: Final = 16  # a distance is counted in sixteenths of a tile
_HOME_TREES: Final = 16  # per lantern, on any map
_HOME: Final = (5 * _PARTS, 13 * _PARTS)

_TREE: Final[dict[int, int]] = {Tile.WOODS: 12, Tile.GRASS: 2, Tile.SAND: 1, Tile.ROCK: 0}
_BOULDER: Final[dict[int, int]] = {Tile.WOODS: 1, Tile.GRASS: 2, Tile.SAND: 4, Tile.ROCK: 14}
_GLIMMER: Final[dict[int, int]] = {Tile.WOODS: 3, Tile.GRASS: 2, Tile.SAND: 5, Tile.ROCK: 5}


class _Spots(NamedTuple):
    """The tiles where something can grow: index, ground, distance to the nearest lantern.

    Three rows of numbers: a tuple for each tile would keep the garbage collector busy.
    """

    where: "array[int]"
    ground: bytearray
    away: "array[int]"


_Weight = Callable[[int, int], int]
"""How much a kind likes a tile, by its ground and its distance; 0: it never grows there."""


def plant(terrain: Terrain, sites: Sequence[Site], turns: int, seed: int) -> Sliced[Plants]:
    """All nodes of a new map, the same for every team."""
    size, area = terrain.size, terrain.size**2
    spots = yield from _spots(terrain, sites, turns)
    near, middle, far = yield from quantiles(spots.away, *_RINGS)

    def tree(ground: int, away: int) -> int:
        return _TREE[ground] * (3 if away < middle else 1)

    def boulder(ground: int, away: int) -> int:
        return 0 if away < near else _BOULDER[ground] * (2 if away < far else 1)

    def glimmer(ground: int, away: int) -> int:
        return 0 if away < far else _GLIMMER[ground] * (away - near)

    planted = _Planted(size, turns, spots, seed)
    for kind, count, weight in (
        (NodeKind.TREE, _HOME_TREES * turns, _at_home),
        (NodeKind.GLIMMER, area * 90 // _AREA, glimmer),
        (NodeKind.BOULDER, area * 180 // _AREA, boulder),
        (NodeKind.TREE, area * 340 // _AREA, tree),
    ):
        yield from planted.add(kind, count, weight)
    return tuple(planted.plants)


def _at_home(_ground: int, away: int) -> int:
    return _HOME[0] <= away <= _HOME[1]


class _Planted:
    """What stands already, and the tiles beside it that stay free."""

    def __init__(self, size: int, turns: int, spots: _Spots, seed: int) -> None:
        self.plants: list[Plant] = []
        self._size = size
        self._turns = turns
        self._spots = spots
        self._seed = seed
        self._taken = bytearray(size * size)

    def add(self, kind: NodeKind, count: int, weight: _Weight) -> Sliced[None]:
        """Plant up to `count` of a kind, each spot as likely as its weight says.

        A heap, since few of many are taken, and no sort of all of them is a short slice.
        """
        area = self._size**2
        rated: list[int] = []
        for where, ground, away in zip(*(pieces(row, _SLICE) for row in self._spots), strict=True):
            for i, *spot in zip(where, ground, away, strict=True):
                if (heavy := weight(*spot)) > 0:
                    patience = _patience(mixed(self._seed + i), kind)
                    heappush(rated, _SCALE * patience // heavy * area + i)
            yield
        looked = 0
        while rated and count >= self._turns:
            i = heappop(rated) % area
            if not self._taken[i]:
                count -= self._put(kind, i % self._size, i // self._size)
            looked += 1
            if looked % _PICKS == 0:
                yield
        while rated:  # even to forget them all at once would be a long slice
            del rated[-SLICE:]
            yield

    def _put(self, kind: NodeKind, tx: int, ty: int) -> int:
        size, images = self._size, list(orbit(tx, ty, self._size, self._turns))
        for x, y in images:
            self.plants.append((kind, x, y))
            for i in range((y - 1) * size + x, (y + 2) * size, size):  # never at the rim
                self._taken[i - 1 : i + 2] = _THREE
        return len(images)


def _spots(terrain: Terrain, sites: Sequence[Site], turns: int) -> Sliced[_Spots]:
    """The tiles that stand for their orbits, off the roads and away from the lanterns."""
    size, found = terrain.size, _Spots(array("i"), bytearray(), array("i"))
    for i, kind in enumerate(terrain.tiles):
        if i % _SLICE == 0:
            yield
        tx, ty = i % size, i // size
        if kind in _BARRED or not is_first(tx, ty, size, turns):
            continue
        away = isqrt(min((tx - x) ** 2 + (ty - y) ** 2 for x, y in sites) * _PARTS * _PARTS)
        if away >= _HOME[0]:
            found.where.append(i)
            found.ground.append(kind)
            found.away.append(away)
    return found


def _patience(chance: int, kind: NodeKind) -> int:
    """A number that is -log2 of 16 fair bits, in 1/256: exponentially spread.

    Who divides such numbers by weights and takes the least has drawn by weight.
    """
    return _logarithm((chance >> 16 * kind) & 0xFFFF)


def _logarithm(fair: int) -> int:
    """-log2((fair + 1) / 65536) in 1/256, straight lines between the powers of two."""
    bits = (fair + 1).bit_length()
    return (17 - bits) * 256 - ((fair + 1) * 256 >> bits - 1) + 256
