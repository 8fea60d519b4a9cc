"""What stands on the ground and can be gathered: trees, boulders, glimmer, piles; by stock."""

import math
import random
from functools import cache
from typing import Final

import pygame

from client.draw.canvas import Canvas
from client.draw.palette import GLIMMER, INK, STONE, WOOD, Colour, mixed, shade
from game.nodes import NodeKind

STAGES: Final = 3
"""Pictures of a thing between full (3) and empty (0)."""

FOOT: Final = 56
"""The y in a sprite of the middle of the tile that the thing stands on."""

_WIDE: Final = 64
_HIGH: Final = 72
_MID: Final = _WIDE / 2


def stage(stock: int, full: int) -> int:
    """Which picture shows `stock` of at most `full`."""
    return min(STAGES, -(-stock * STAGES // max(1, full)))


@cache
def sprite(kind: int, fullness: int, variant: int) -> pygame.Surface:
    """The picture of a thing; blit it so that (32, FOOT) is the middle of its tile."""
    art = Canvas(_WIDE, _HIGH)
    chance = random.Random(kind * 100 + variant)
    if kind == NodeKind.TREE:
        _tree(art, fullness, chance)
    elif kind == NodeKind.BOULDER:
        _boulder(art, fullness, chance)
    elif kind == NodeKind.GLIMMER:
        _glimmer(art, fullness, chance)
    else:
        _pile(art, kind)
    return art.sprite()


@cache
def faded(kind: int, fullness: int, variant: int) -> pygame.Surface:
    """The same, see-through: somebody stands behind it."""
    picture = sprite(kind, fullness, variant).copy()
    picture.set_alpha(130)
    return picture


def _shadow(art: Canvas, width: float) -> None:
    art.ellipse((_MID + 3, FOOT + 6), (width, width * 0.42), INK, alpha=90)


def _tree(art: Canvas, fullness: int, chance: random.Random) -> None:
    _shadow(art, 9 + 4 * fullness)
    bark: Colour = (118, 82, 62)
    if fullness == 0:
        art.ellipse((_MID, FOOT + 5), (7, 4), shade(bark, 0.8), 1.3)
        art.rect(_MID - 7, FOOT - 2, (14, 7), shade(bark, 0.8))
        art.ellipse((_MID, FOOT - 2), (7, 4), (206, 166, 116), 1.3)
        art.ellipse((_MID, FOOT - 2), (4, 2.2), (176, 132, 88))
        art.ellipse((_MID, FOOT - 2), (1.6, 0.9), (206, 166, 116))
        return
    art.polygon(
        [(_MID - 4, FOOT - 12), (_MID + 4, FOOT - 12), (_MID + 6, FOOT + 7), (_MID - 6, FOOT + 7)],
        bark,
        1.3,
    )
    art.line((_MID - 2, FOOT - 6), (_MID - 2.6, FOOT + 4), 1.4, shade(bark, 1.3))
    leaf: Colour = chance.choice(((70, 122, 88), (84, 128, 80), (62, 112, 96), (98, 130, 74)))
    size = (0, 8.5, 11, 13.5)[fullness]
    top = FOOT - 12 - size
    puffs = [(0.0, 0.0, 1.0)]
    for index in range(5):
        angle = math.tau * index / 5 + chance.uniform(-0.3, 0.3) - 0.6
        puffs.append((math.cos(angle) * 0.75, math.sin(angle) * 0.6, chance.uniform(0.55, 0.7)))
    for px, py, share in puffs:
        art.circle((_MID + px * size, top + py * size), share * size + 1.5, INK)
    for px, py, share in puffs:
        art.circle((_MID + px * size, top + py * size), share * size, shade(leaf, 0.8))
    for px, py, share in puffs:
        spot = (_MID + px * size * 0.85 - 1.5, top + py * size * 0.85 - 2)
        art.circle(spot, share * size * 0.78, leaf)
    for px, py, share in puffs:
        if py < 0.3:
            spot = (_MID + px * size * 0.7 - 2.5, top + py * size * 0.8 - 3.5)
            art.circle(spot, share * size * 0.4, shade(leaf, 1.24))


def _boulder(art: Canvas, fullness: int, chance: random.Random) -> None:
    _shadow(art, 7 + 3.4 * fullness)
    grey: Colour = chance.choice(((146, 146, 160), (152, 144, 148), (136, 142, 156)))
    if fullness == 0:
        for x, y, size in ((-6, 5, 3.0), (1, 7, 2.4), (6, 4, 2.8), (-1, 2, 2.0)):
            art.ellipse((_MID + x, FOOT + y), (size, size * 0.8), shade(grey, 0.8), 1)
        return
    size = (0, 9.0, 12.0, 15.5)[fullness]
    corners = []
    for index in range(8):
        angle = math.tau * index / 8 + chance.uniform(-0.2, 0.2)
        reach = size * chance.uniform(0.88, 1.06)
        corners.append((_MID + math.cos(angle) * reach, FOOT - 4 + math.sin(angle) * reach * 0.8))
    art.polygon(corners, shade(grey, 0.72), 1.5)
    crown = [(_MID + (x - _MID) * 0.86 - 1, FOOT - 5.5 + (y - FOOT + 4) * 0.72) for x, y in corners]
    art.polygon(crown, grey)
    face = [crown[5], crown[6], (_MID - 1, FOOT - 8), crown[4]]
    art.polygon(face, shade(grey, 1.18))
    art.line((_MID + size * 0.2, FOOT - 10), (_MID + size * 0.45, FOOT - 2), 1.2, shade(grey, 0.66))
    for _ in range(3):
        spot = (
            _MID + chance.uniform(-0.5, 0.6) * size,
            FOOT - 6 + chance.uniform(-0.4, 0.4) * size,
        )
        art.circle(spot, 1.1, shade(grey, 0.8))


def _crystal(  # noqa: PLR0913, PLR0917 - one crystal
    art: Canvas, x: float, foot: float, high: float, lean: float, tint: Colour
) -> None:
    wide = max(2.6, high * 0.22)
    tip = (x + lean, foot - high)
    left, right = (
        (x - wide + lean * 0.5, foot - high * 0.62),
        (x + wide + lean * 0.5, foot - high * 0.6),
    )
    low_left, low_right = (x - wide * 0.8, foot), (x + wide * 0.8, foot)
    art.polygon([tip, right, low_right, low_left, left], tint, 1.4)
    art.polygon([tip, right, low_right, (x + lean * 0.3, foot)], shade(tint, 0.74))
    art.polygon(
        [tip, left, (x + lean * 0.4 - wide * 0.1, foot - high * 0.5)],
        mixed(tint, (255, 255, 255), 0.5),
    )


def _glimmer(art: Canvas, fullness: int, chance: random.Random) -> None:
    _shadow(art, 8 + 2 * fullness)
    art.ellipse((_MID, FOOT + 4), (10, 5), (84, 82, 112), 1.3)
    if fullness == 0:
        for stub in (-4, 1, 5):
            _crystal(art, _MID + stub, FOOT + 4, 4, 0.5, (104, 140, 158))
        return
    shards = [(-8.5, 13, -4), (8, 15, 4), (-3.5, 21, -1.5), (3.5, 26, 1.5), (0.0, 14, 0.0)]
    picked = {1: (0, 4, 1), 2: (0, 1, 2, 4), 3: (3, 2, 0, 1, 4)}[fullness]
    for index in picked:
        x, high, lean = shards[index]
        tint = mixed(GLIMMER, (150, 150, 250), chance.uniform(0, 0.5))
        _crystal(
            art, _MID + x, FOOT + 5 + (index == 4) * 2, high + chance.uniform(-1, 1), lean, tint
        )


def _pile(art: Canvas, kind: int) -> None:
    _shadow(art, 11)
    if kind == NodeKind.PILE_WOOD:
        for x, y in ((-5, 5), (5, 5), (0, -1)):
            _log(art, _MID + x, FOOT + y)
    elif kind == NodeKind.PILE_STONE:
        for x, y, size in ((-5, 5, 5.0), (5, 5, 5.4), (0, 0, 5.0)):
            art.ellipse((_MID + x, FOOT + y), (size, size * 0.8), STONE, 1.3)
            art.ellipse(
                (_MID + x - 1.2, FOOT + y - 1.2), (size * 0.5, size * 0.35), shade(STONE, 1.25)
            )
    else:
        for place, high, lean in ((-5, 10, -2.5), (5, 11, 2.5), (0, 14, 0.0)):
            _crystal(art, _MID + place, FOOT + 7, high, lean, GLIMMER)


def _log(art: Canvas, x: float, y: float) -> None:
    art.rect(x - 7, y - 3, (14, 6.4), WOOD, 3, 1.3)
    art.circle((x + 4.6, y + 0.2), 2.8, (222, 184, 132))
    art.circle((x + 4.6, y + 0.2), 1.4, (186, 138, 92))
