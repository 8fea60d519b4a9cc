"""Small things on the ground that make two tiles of a kind differ: tufts, pebbles, planks."""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Final

import pygame

from client.draw.canvas import Canvas
from client.draw.palette import Colour, shade
from game.terrain import Tile

_PX: Final = 32


def chance(x: int, y: int, salt: int) -> int:
    """A number 0..65535 that is always the same for one place."""
    value = (x * 374_761_393 + y * 668_265_263 + salt * 2_147_483_647) & 0xFFFF_FFFF
    value = ((value ^ (value >> 13)) * 1_274_126_177) & 0xFFFF_FFFF
    return (value ^ (value >> 16)) & 0xFFFF


def scatter(board: pygame.Surface, tiles: bytes, cx: int, cy: int) -> None:
    """Put litter on a chunk; `tiles` has a rim of one tile around the chunk."""
    inside = board.get_width() // _PX
    side = inside + 2
    for ty in range(inside):
        for tx in range(inside):
            place = (ty + 1) * side + tx + 1
            kind = tiles[place]
            wx, wy = cx * inside + tx, cy * inside + ty
            if kind == Tile.BRIDGE:
                across = tiles[place - 1] != Tile.WATER and tiles[place + 1] != Tile.WATER
                board.blit(_planks(across=across), (tx * _PX, ty * _PX))
                continue
            if kind not in _LITTER or chance(wx, wy, 1) % 100 >= _LITTER[kind][0]:
                continue
            choices = _LITTER[kind][1]
            make = choices[chance(wx, wy, 2) % len(choices)]
            spot = (chance(wx, wy, 3) % 17 - 2, chance(wx, wy, 4) % 17 - 2)
            board.blit(make(chance(wx, wy, 5) % 3), (tx * _PX + spot[0], ty * _PX + spot[1]))


@cache
def _tuft(variant: int) -> pygame.Surface:
    art = Canvas(16, 16, (70, 100, 66))
    for index in range(4 + variant):
        x = 4 + index * 2.2
        lean = (index - 2) * 1.3
        colour: Colour = (92, 130, 74) if index % 2 else (140, 172, 100)
        art.line((x, 13), (x + lean, 6 + (index * 5 + variant) % 4), 1.4, colour)
    return art.sprite()


@cache
def _flower(variant: int) -> pygame.Surface:
    petals: tuple[Colour, ...] = ((236, 214, 236), (246, 226, 150), (226, 150, 160))
    art = Canvas(16, 16, (90, 130, 80))
    for x, y in ((5, 6), (11, 9), (7, 12))[: 2 + variant % 2]:
        art.line((x, y), (x, y + 3), 1, (84, 122, 72))
        for dx, dy in ((-1.3, 0), (1.3, 0), (0, -1.3), (0, 1.3)):
            art.circle((x + dx, y + dy), 1.1, petals[variant])
        art.circle((x, y), 0.9, (250, 220, 120))
    return art.sprite()


@cache
def _fern(variant: int) -> pygame.Surface:
    art = Canvas(20, 18, (52, 84, 60))
    for index in range(5):
        lean = (index - 2) * 3.4
        colour: Colour = (66, 104, 74) if (index + variant) % 2 else (96, 138, 88)
        art.line((10, 15), (10 + lean, 8 + abs(lean) * 0.5), 1.8, colour)
        art.circle((10 + lean, 8 + abs(lean) * 0.5), 1.5, colour)
    return art.sprite()


@cache
def _mushroom(variant: int) -> pygame.Surface:
    cap: Colour = ((208, 110, 92), (214, 178, 128), (176, 128, 178))[variant]
    art = Canvas(14, 14, (60, 80, 60))
    art.rect(5.6, 7, (2.8, 5), (230, 220, 204), 1)
    art.ellipse((7, 6.5), (4.2, 2.8), cap)
    art.circle((5.6, 6), 0.8, (244, 232, 220))
    art.circle((8.6, 5.8), 0.6, (244, 232, 220))
    return art.sprite()


@cache
def _pebbles(variant: int) -> pygame.Surface:
    art = Canvas(18, 16, (110, 104, 104))
    for index, (x, y) in enumerate(((5, 6), (11, 10), (13, 5))[: 2 + variant % 2]):
        size = 1.6 + (index + variant) % 3 * 0.6
        art.ellipse((x, y + 0.8), (size + 0.5, size), (96, 90, 96))
        art.ellipse((x, y), (size, size * 0.8), (176, 170, 168))
    return art.sprite()


@cache
def _crack(variant: int) -> pygame.Surface:
    art = Canvas(20, 18, (96, 92, 100))
    points = [(2, 4), (7, 7 + variant), (11, 6), (17, 12)]
    for start, end in pairwise(points):
        art.line((start[0], start[1] + 0.8), (end[0], end[1] + 0.8), 0.9, (176, 170, 176))
        art.line(start, end, 1, (98, 92, 104))
    return art.sprite()


@cache
def _ripple(variant: int) -> pygame.Surface:
    art = Canvas(20, 14, (180, 160, 120))
    for row in range(2):
        y = 5 + row * 4
        art.line((3 + variant, y), (9, y - 1.2), 1, (214, 194, 150))
        art.line((9, y - 1.2), (16 - variant, y), 1, (172, 150, 110))
    return art.sprite()


@cache
def _planks(*, across: bool) -> pygame.Surface:
    """One tile of bridge; `across` leads from west to east."""
    art = Canvas(_PX, _PX, (70, 52, 44))
    art.rect(0, 2, (_PX, 29), (62, 48, 44))
    for index in range(4):
        colour = shade((156, 116, 80), 0.9 + 0.12 * (index * 7 % 3))
        art.rect(index * 8 + 0.5, 2, (7, 26), colour, 1)
        art.line(
            (index * 8 + 2, 8 + index * 3), (index * 8 + 2, 14 + index * 3), 0.7, (118, 86, 62)
        )
    for y in (2, 26):
        art.rect(0, y, (_PX, 3.4), (112, 82, 60))
        art.line((0, y + 0.6), (_PX, y + 0.6), 0.8, (184, 144, 104))
    flat = art.sprite()
    return flat if across else pygame.transform.rotate(flat, 90)


_LITTER: Final[dict[int, tuple[int, tuple[Callable[[int], pygame.Surface], ...]]]] = {
    Tile.GRASS: (34, (_tuft, _tuft, _tuft, _flower)),
    Tile.WOODS: (52, (_fern, _fern, _tuft, _mushroom)),
    Tile.ROCK: (36, (_pebbles, _crack)),
    Tile.SAND: (30, (_ripple, _ripple, _pebbles)),
    Tile.PATH: (30, (_pebbles,)),
    Tile.CLIFF: (34, (_crack,)),
}
"""Per kind of ground: on how many of a hundred tiles something lies, and what."""
