"""What grows where: rivers, cliffs, woods and shores, before people lay roads."""

from collections.abc import Sequence
from itertools import islice
from typing import Final, NamedTuple

from game import noise
from game.ahead import Sliced, pieces
from game.noise import Field
from game.rng import mixed
from game.symmetry import symmetric
from game.terrain import Terrain, Tile

Site = tuple[int, int]

_CLEAR: Final = 6  # tiles around a lantern that are meadow
_RIM: Final = 3  # tiles at the end of the map that may be cliff
_CALM: Final = 10  # tiles around a lantern without water and cliffs

# Thousandths of the map.
_RIVERS: Final = 62
_LAKES: Final = 18
_ROCKS: Final = 240
_PEAKS: Final = 22
_RIDGES: Final = 110
_WOODS: Final = 340

_SLICE: Final = 2_048  # tiles shaped before other work may go on

_PERIODS: Final = ((4, 24), (3, 36), (5, 18), (5, 20), (16, 8))
"""Of each layer: the part of the map's size that it varies over, and the least tiles."""


class Fields(NamedTuple):
    """The layers of chance that a landscape is cut from; all alike for all teams."""

    height: Field
    river: Field
    ridge: Field
    moisture: Field
    rim: Field


def fields(size: int, seed: int, turns: int) -> Sliced[Fields]:
    """All layers of a map of `size` tiles."""
    found: list[Field] = []
    for layer, (part, least) in enumerate(_PERIODS):
        raw = yield from noise.layered(size, max(least, size // part), mixed(seed + layer))
        found.append((yield from symmetric(raw, size, turns)))
    height, river, ridge, moisture, rim = found
    streams = yield from noise.ridges(river)
    crests = yield from noise.ridges(ridge)
    return Fields(height, streams, crests, moisture, rim)


def shape(size: int, layers: Fields, sites: Sequence[Site]) -> Sliced[Terrain]:
    """The land: wild everywhere, a meadow around each site, closed at the rim."""
    terrain = Terrain(size, (yield from _wild(layers)))
    yield from _shores(terrain)
    yield from _rim(terrain, layers.rim)
    for tx, ty in sites:
        _settle(terrain, tx, ty)
    return terrain


class _Levels(NamedTuple):
    """Where one kind of land ends and the next begins, in the values of the layers."""

    lake: int
    rock: int
    peak: int
    river: int
    ridge: int
    wood: int


def _levels(layers: Fields) -> Sliced[_Levels]:
    heights = (_LAKES, 1000 - _ROCKS, 1000 - _PEAKS)
    lake, rock, peak = yield from noise.quantiles(layers.height, *heights)
    (river,) = yield from noise.quantiles(layers.river, _RIVERS)
    (ridge,) = yield from noise.quantiles(layers.ridge, _RIDGES)
    (wood,) = yield from noise.quantiles(layers.moisture, 1000 - _WOODS)
    return _Levels(lake, rock, peak, river, ridge, wood)


def _wild(layers: Fields) -> Sliced[bytearray]:
    levels = yield from _levels(layers)
    cut = zip(layers.height, layers.river, layers.ridge, layers.moisture, strict=True)
    tiles = bytearray()
    while part := bytes(_kind(levels, *here) for here in islice(cut, _SLICE)):
        tiles += part
        yield
    return tiles


def _kind(levels: _Levels, height: int, stream: int, crest: int, moisture: int) -> Tile:
    if stream < levels.river or height < levels.lake:
        return Tile.WATER
    if height >= levels.rock:
        return Tile.CLIFF if height >= levels.peak or crest < levels.ridge else Tile.ROCK
    return Tile.WOODS if moisture >= levels.wood else Tile.GRASS


def _shores(terrain: Terrain) -> Sliced[None]:
    """Sand where meadow meets water."""
    size, tiles = terrain.size, terrain.tiles
    for piece in pieces(range(len(tiles))):
        for i in [i for i in piece if tiles[i] == Tile.WATER]:
            for j in (i - size, i + size, i - 1, i + 1):
                if 0 <= j < len(tiles) and tiles[j] == Tile.GRASS:
                    tiles[j] = Tile.SAND
        yield


def _rim(terrain: Terrain, ragged: Field) -> Sliced[None]:
    """Cliffs at the end of the world, one to three tiles deep."""
    size = terrain.size
    low, high = yield from noise.quantiles(ragged, 400, 750)
    for depth in range(_RIM):
        for along in range(depth, size - depth):
            for tx, ty in _edges(along, depth, size):
                i = ty * size + tx
                if depth < 1 + (ragged[i] > low) + (ragged[i] > high):
                    terrain.tiles[i] = Tile.CLIFF
        yield


def _edges(along: int, depth: int, size: int) -> tuple[Site, ...]:
    far = size - 1 - depth
    return (along, depth), (along, far), (depth, along), (far, along)


def _settle(terrain: Terrain, tx: int, ty: int) -> None:
    size, tiles = terrain.size, terrain.tiles
    for dy in range(-_CALM, _CALM + 1):
        for dx in range(-_CALM, _CALM + 1):
            far, i = dx * dx + dy * dy, (ty + dy) * size + tx + dx
            if far > _CALM * _CALM or not (0 <= tx + dx < size and 0 <= ty + dy < size):
                continue
            if far <= 2:
                tiles[i] = Tile.PATH
            elif far <= _CLEAR * _CLEAR or terrain.is_solid(tx + dx, ty + dy):
                tiles[i] = Tile.GRASS
