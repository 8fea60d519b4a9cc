"""The ground under everything: layers with organic coasts, rendered chunk by chunk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import pygame

from client.draw import litter
from client.draw.palette import FOG, INK, Colour, mixed
from client.draw.texture import SIDE, WOBBLE, ground, wobble
from game.terrain import Terrain, Tile

PX: Final = 32
"""Pixels of a tile."""

CHUNK: Final = SIDE // PX
"""Tiles along one side of a chunk."""

_RIM: Final = 1  # tiles around a chunk that shape its borders
_SIDE: Final = CHUNK + 2 * _RIM
_RIM_PX: Final = PX // 2
_WIDE: Final = (_SIDE - 1) * PX
"""From the middle of the first rim tile to the middle of the last: see texture._upscaled."""

_TILING: Final = [
    (x, y)
    for x in (_RIM_PX - SIDE, _RIM_PX, _RIM_PX + SIDE)
    for y in (_RIM_PX - SIDE, _RIM_PX, _RIM_PX + SIDE)
]


@dataclass(frozen=True, slots=True)
class _Layer:
    """One kind of ground: it lies on all layers before it."""

    tile: Tile
    colour: Colour
    edge: Colour
    rough: int
    lift: int  # pixels that its southern edge stands above the layer below


_SHORE: Final = 125
"""Land a little narrower than its tiles: water that meets at corners is drawn as one river,
for nobody can walk through there either.
"""

_WATER: Final[Colour] = (66, 110, 150)
_WATER_GRAIN: Final = (11, 22)
_COAST: Final = 40  # seed of the coasts' wobble
_FOAM: Final[Colour] = (120, 172, 190)

_LAYERS: Final = (
    _Layer(Tile.SAND, (196, 174, 128), (112, 104, 104), 26, 3),
    _Layer(Tile.GRASS, (112, 148, 88), (66, 88, 70), 34, 3),
    _Layer(Tile.WOODS, (84, 120, 82), (70, 98, 74), 36, 0),
    _Layer(Tile.PATH, (164, 146, 120), (104, 94, 80), 26, 0),
    _Layer(Tile.ROCK, (140, 136, 140), (88, 84, 98), 34, 2),
    _Layer(Tile.CLIFF, (118, 112, 126), (54, 48, 70), 40, 11),
)
_RANK: Final = {int(layer.tile): place for place, layer in enumerate(_LAYERS, 1)}
_RANKS: Final = bytes(
    _RANK.get(Tile.GRASS if kind == Tile.UNKNOWN else kind, 0) for kind in range(256)
)
"""The place of a tile's layer, 0 for water and what spans it, as a translation table."""
_PLAIN: Final = [
    FOG if kind == Tile.UNKNOWN else _LAYERS[rank - 1].colour if rank else _WATER
    for kind, rank in enumerate(_RANKS)
]


def warm_up() -> Iterator[None]:
    """Make the textures one by one, before the first chunk needs them all in one frame."""
    ground(_WATER, *_WATER_GRAIN)
    yield
    for place, layer in enumerate(_LAYERS, 1):
        _texture(layer)
        yield
        wobble(_COAST + place)
        yield


def patch(terrain: Terrain, cx: int, cy: int) -> bytes:
    """The tiles that decide how chunk (cx, cy) looks: its own and a rim of one, row by row."""
    size, tiles = terrain.size, terrain.tiles
    left, right = cx * CHUNK - _RIM, (cx + 1) * CHUNK + _RIM
    before, after = max(0, -left), max(0, right - size)
    rows: list[bytes] = []
    for ty in range(cy * CHUNK - _RIM, (cy + 1) * CHUNK + _RIM):
        row = min(max(ty, 0), size - 1) * size
        known = bytes(tiles[row + left + before : row + right - after])
        rows.append(known[:1] * before + known + known[-1:] * after)
    return b"".join(rows)


def render(tiles: bytes, cx: int, cy: int) -> pygame.Surface:
    """The picture of one chunk from its `patch`."""
    board = pygame.Surface((SIDE, SIDE))
    board.blit(ground(_WATER, *_WATER_GRAIN), (0, 0))
    ranks = tiles.translate(_RANKS)
    for place, layer in enumerate(_LAYERS, 1):
        if max(ranks) >= place and (place == 1 or layer.tile in tiles or place == 2):
            _lay(board, _area(ranks, place), layer, over_water=place == 1)
    litter.scatter(board, tiles, cx, cy)
    if Tile.UNKNOWN in tiles:
        _cover(board, tiles)
    return board


@lru_cache(maxsize=24)
def sketch(tiles: bytes) -> pygame.Surface:
    """A chunk in blurred colours: made at once, for as long as its picture is not ready."""
    plain = pygame.image.frombuffer(tiles, (_SIDE, _SIDE), "P")
    plain.set_palette(_PLAIN)
    true = pygame.Surface((_SIDE, _SIDE))
    true.blit(plain, (0, 0))
    return pygame.transform.smoothscale(true, (_WIDE, _WIDE)).subsurface(
        (_RIM_PX, _RIM_PX, SIDE, SIDE)
    )


def _area(ranks: bytes, place: int) -> pygame.Surface:
    """White where the ground is of layer `place` or above, with smooth wobbling borders."""
    ramp = pygame.Surface((_SIDE, _SIDE), pygame.SRCALPHA)
    full = _SHORE if place == 1 else 255 - WOBBLE
    for index, rank in enumerate(ranks):
        if rank >= place:
            ramp.set_at((index % _SIDE, index // _SIDE), (0, 0, 0, full))
    area = pygame.transform.smoothscale(ramp, (_WIDE, _WIDE))
    for spot in _TILING:
        area.blit(wobble(_COAST + place), spot, special_flags=pygame.BLEND_RGBA_ADD)
    # A steep ramp around the middle instead of a threshold: the border is anti-aliased.
    area.fill((0, 0, 0, 127 - 4), special_flags=pygame.BLEND_RGBA_SUB)
    for _ in range(5):
        area.blit(area.copy(), (0, 0), special_flags=pygame.BLEND_RGBA_ADD)
    area.fill((255, 255, 255, 0), special_flags=pygame.BLEND_RGBA_ADD)
    return area


def _lay(board: pygame.Surface, area: pygame.Surface, layer: _Layer, *, over_water: bool) -> None:
    if over_water:
        _stamp(board, area, (*_FOAM, 40), ((7, 0), (-7, 0), (0, 8), (0, -6), (5, 5), (-5, 5)))
        _stamp(board, area, (*_FOAM, 90), ((3, 0), (-3, 0), (0, 5), (0, -3)))
    if layer.lift > 4:
        _stamp(board, area, (*INK, 60), ((4, layer.lift + 3), (0, layer.lift + 6)))
    edge = (*layer.edge, 255)
    _stamp(board, area, edge, [(0, down) for down in range(1, layer.lift + 1)] or [(0, 1)])
    if layer.lift > 4:
        lit = mixed(layer.edge, layer.colour, 0.5)
        _stamp(board, area, (*lit, 255), [(0, down) for down in range(1, layer.lift // 2)])
    if layer.lift:
        _stamp(board, area, (*mixed(layer.colour, (255, 255, 240), 0.35), 255), ((0, 0),))
    top = _spread(layer)
    top.blit(area, (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
    if layer.lift:
        top.blit(area, (0, 2), special_flags=pygame.BLEND_RGBA_MULT)
    board.blit(top, (-_RIM_PX, -_RIM_PX))


def _spread(layer: _Layer) -> pygame.Surface:
    """The texture of a layer over the chunk and its rim."""
    top = pygame.Surface((_WIDE, _WIDE), pygame.SRCALPHA)
    texture = _texture(layer)
    for spot in _TILING:
        top.blit(texture, spot)
    return top


def _texture(layer: _Layer) -> pygame.Surface:
    return ground(layer.colour, int(layer.tile) * 31, layer.rough)


def _stamp(
    board: pygame.Surface,
    area: pygame.Surface,
    colour: tuple[int, int, int, int],
    offsets: Iterable[tuple[int, int]],
) -> None:
    """Lay the area in one colour at each of `offsets`."""
    flat = area.copy()
    flat.fill(colour, special_flags=pygame.BLEND_RGBA_MULT)
    for x, y in offsets:
        board.blit(flat, (x - _RIM_PX, y - _RIM_PX))


def _cover(board: pygame.Surface, tiles: bytes) -> None:
    """Mist over what was never seen."""
    mist = pygame.Surface((_SIDE, _SIDE), pygame.SRCALPHA)
    mist.fill((*FOG, 0))
    for index, tile in enumerate(tiles):
        if tile == Tile.UNKNOWN:
            mist.set_at((index % _SIDE, index // _SIDE), (*FOG, 255))
    board.blit(pygame.transform.smoothscale(mist, (_WIDE, _WIDE)), (-_RIM_PX, -_RIM_PX))
