"""Where things grow: wood near home, stone between, glimmer far out in the dark."""

from collections.abc import Callable, Sequence
from math import isqrt
from typing import Final, NamedTuple

from game.ahead import Sliced
from game.landscape import Site
from game.nodes import NodeKind
from game.noise import quantile
from game.rng import mixed
from game.symmetry import is_first, orbit
from game.terrain import SOLID, Terrain, Tile

Plant = tuple[NodeKind, int, int]
"""(kind, tx, ty)."""

Plants = tuple[Plant, ...]

_AREA: Final = 128 * 128  # the map that the counts below are made for
_SCALE: Final = 1 << 20
_RINGS: Final = (150, 450, 640)
"""Thousandths of the land that are nearer to a lantern than the rings near, middle and far."""

_BARRED: Final = SOLID | {Tile.PATH, Tile.BRIDGE}

_PARTS: Final = 16  # a distance is counted in sixteenths of a tile
_HOME_TREES: Final = 16  # per lantern, on any map
_HOME: Final = (5 * _PARTS, 13 * _PARTS)

_TREE: Final = {Tile.WOODS: 12, Tile.GRASS: 2, Tile.SAND: 1, Tile.ROCK: 0}
_BOULDER: Final = {Tile.WOODS: 1, Tile.GRASS: 2, Tile.SAND: 4, Tile.ROCK: 14}
_GLIMMER: Final = {Tile.WOODS: 3, Tile.GRASS: 2, Tile.SAND: 5, Tile.ROCK: 5}


class _Spot(NamedTuple):
    """A tile where something can grow: ground, distance to the nearest lantern, chance."""

    tx: int
    ty: int
    ground: Tile
    away: int
    patience: tuple[int, ...]


def plant(terrain: Terrain, sites: Sequence[Site], turns: int, seed: int) -> Sliced[Plants]:
    """All nodes of a new map, the same for every team."""
    size, area = terrain.size, terrain.size**2
    spots = yield from _spots(terrain, sites, turns, seed)
    near, middle, far = (quantile([spot.away for spot in spots], part) for part in _RINGS)
    yield

    def tree(spot: _Spot) -> int:
        return _TREE[spot.ground] * (3 if spot.away < middle else 1)

    def boulder(spot: _Spot) -> int:
        return 0 if spot.away < near else _BOULDER[spot.ground] * (2 if spot.away < far else 1)

    def glimmer(spot: _Spot) -> int:
        return 0 if spot.away < far else _GLIMMER[spot.ground] * (spot.away - near)

    planted = _Planted(size, turns, spots)
    for kind, count, weight in (
        (NodeKind.TREE, _HOME_TREES * turns, _at_home),
        (NodeKind.GLIMMER, area * 90 // _AREA, glimmer),
        (NodeKind.BOULDER, area * 180 // _AREA, boulder),
        (NodeKind.TREE, area * 340 // _AREA, tree),
    ):
        yield from planted.add(kind, count, weight)
        yield
    return tuple(planted.plants)


def _at_home(spot: _Spot) -> int:
    return _HOME[0] <= spot.away <= _HOME[1]


class _Planted:
    """What stands already, and the tiles beside it that stay free."""

    def __init__(self, size: int, turns: int, spots: Sequence[_Spot]) -> None:
        self.plants: list[Plant] = []
        self._size = size
        self._turns = turns
        self._spots = spots
        self._taken: set[tuple[int, int]] = set()

    def add(self, kind: NodeKind, count: int, weight: Callable[[_Spot], int]) -> Sliced[None]:
        """Plant up to `count` of a kind, each spot as likely as its weight says."""
        rated = [
            (_SCALE * spot.patience[kind] // heavy, spot.ty, spot.tx)
            for spot in self._spots
            if (heavy := weight(spot)) > 0
        ]
        yield
        rated.sort()
        yield
        for _, ty, tx in rated:
            if count < self._turns:
                break
            if (tx, ty) not in self._taken:
                count -= self._put(kind, tx, ty)

    def _put(self, kind: NodeKind, tx: int, ty: int) -> int:
        images = list(orbit(tx, ty, self._size, self._turns))
        for x, y in images:
            self.plants.append((kind, x, y))
            self._taken.update((x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        return len(images)


def _spots(terrain: Terrain, sites: Sequence[Site], turns: int, seed: int) -> Sliced[list[_Spot]]:
    """The tiles that stand for their orbits, off the roads and away from the lanterns."""
    size, found = terrain.size, list[_Spot]()
    for i, kind in enumerate(terrain.tiles):
        tx, ty = i % size, i // size
        if tx == 0 and ty % 8 == 0:
            yield
        if kind in _BARRED or not is_first(tx, ty, size, turns):
            continue
        away = min(isqrt(((tx - x) ** 2 + (ty - y) ** 2) * _PARTS * _PARTS) for x, y in sites)
        if away >= _HOME[0]:
            found.append(_Spot(tx, ty, Tile(kind), away, _patience(mixed(seed + i))))
    return found


def _patience(chance: int) -> tuple[int, ...]:
    """For each kind a number that is -log2 of 16 fair bits, in 1/256: exponentially spread.

    Who divides such numbers by weights and takes the least has drawn by weight.
    """
    return tuple(_logarithm((chance >> 16 * kind) & 0xFFFF) for kind in range(4))


def _logarithm(fair: int) -> int:
    """-log2((fair + 1) / 65536) in 1/256, straight lines between the powers of two."""
    bits = (fair + 1).bit_length()
    return (17 - bits) * 256 - ((fair + 1) * 256 >> bits - 1) + 256
