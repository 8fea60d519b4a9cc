"""Bodies that move: people with the hat of their team, and moths."""

import math
from functools import cache
from typing import Final

import pygame

from client.draw.canvas import Canvas
from client.draw.icons import item
from client.draw.palette import INK, Colour, TeamStyle, mixed, shade, team_style
from game.items import Cargo

SIZE: Final = 62
"""Pixels of a person's sprite; (31, FOOT) is where the body stands."""

FOOT: Final = 44
STEPS: Final = 4
"""Pictures of one walking cycle; step 0 is also standing."""

_MID: Final = SIZE / 2
_SKINS: Final[tuple[Colour, ...]] = (
    (240, 204, 170),
    (214, 164, 124),
    (160, 110, 80),
    (112, 76, 60),
)


@cache
def person(team: int, facing: int, step: int, looks: int, *, away: bool) -> pygame.Surface:
    """A person of `team` looking `facing` (eighths from up, clockwise), grey when away."""
    art = Canvas(SIZE, SIZE)
    style = team_style(team)
    angle = math.radians(facing * 45 - 90)
    dx, dy = math.cos(angle), math.sin(angle)
    art.ellipse((_MID + 2, FOOT + 2), (11, 5), INK, alpha=90)
    bounce = (0.0, 1.2, 0.0, 1.2)[step]
    _feet(art, step, dx)
    art.ellipse((_MID, FOOT - 8 - bounce), (9, 9.4), style.colour, 1.6)
    art.ellipse((_MID - 2, FOOT - 10 - bounce), (5, 5.4), style.light)
    art.ellipse((_MID, FOOT - 4.4 - bounce), (7.6, 4), style.dark)
    _hands(art, step, dx, dy, _SKINS[looks % 4], bounce)
    _head(art, style, (dx, dy), looks, bounce)
    picture = art.sprite()
    if away:
        picture.fill((150, 150, 165), special_flags=pygame.BLEND_RGB_MULT)
    return picture


def _feet(art: Canvas, step: int, dx: float) -> None:
    swing = (0.0, 2.6, 0.0, -2.6)[step]
    for side, move in ((-4, swing), (4, -swing)):
        art.ellipse((_MID + side + dx * 1.5, FOOT + 1 + move * 0.6), (3.4, 2.8), (74, 58, 62), 1.3)


def _hands(  # noqa: PLR0913, PLR0917 - one pose
    art: Canvas, step: int, dx: float, dy: float, skin: Colour, bounce: float
) -> None:
    swing = (0.0, 2.4, 0.0, -2.4)[step]
    for side in (-1, 1):
        x = _MID + side * (9.4 - abs(dx) * 3.4) + dx * (3 + swing * side)
        y = FOOT - 6 - bounce + dy * 1.6 + swing * side * 0.5
        art.circle((x, y), 2.6, skin, 1.3)


def _head(
    art: Canvas, style: TeamStyle, towards: tuple[float, float], looks: int, bounce: float
) -> None:
    dx, dy = towards
    x, y = _MID + dx * 1.8, FOOT - 19 - bounce + dy * 0.8
    art.circle((x, y), 7.4, _SKINS[looks % 4], 1.5)
    if dy > -0.5:
        for side in (-1, 1):
            eye = x + dx * 3.4 + side * 2.7 * (1 - abs(dx) * 0.55)
            art.ellipse((eye, y + 1.4 + dy * 1.2), (1.15, 1.7), INK)
            art.circle((eye - 0.3, y + 0.7 + dy * 1.2), 0.45, (255, 255, 255))
        art.ellipse((x + dx * 3.6, y + 4.4), (1.5, 0.7), (176, 104, 92))
    _hat(art, style, x - dx * 0.8, y - 4.6 - max(0.0, -dy) * -1.5)


def _hat(art: Canvas, style: TeamStyle, x: float, y: float) -> None:
    """The hat has the shape of the team."""
    colour, dark, light = style.colour, style.dark, style.light
    if style.shape == "triangle":
        art.polygon([(x - 8.4, y + 1), (x + 8.4, y + 1), (x + 1.5, y - 13)], colour, 1.5)
        art.polygon([(x + 1, y + 1), (x + 8.4, y + 1), (x + 1.5, y - 13)], dark)
        art.rect(x - 9, y - 0.6, (18, 3.4), light, 1.6, 1.2)
    elif style.shape == "square":
        art.rect(x - 6.4, y - 10, (12.8, 11), colour, 1, 1.5)
        art.rect(x + 1, y - 10, (5.4, 11), dark, 1)
        art.rect(x - 6.4, y - 3.4, (12.8, 2.6), light)
        art.rect(x - 9.4, y - 0.4, (18.8, 3.2), colour, 1.6, 1.3)
    elif style.shape == "circle":
        art.ellipse((x, y - 1.6), (8.2, 7.4), colour, 1.5)
        art.ellipse((x + 3, y - 0.8), (4.6, 5.8), dark)
        art.ellipse((x - 3, y - 4), (2.6, 2), light)
        art.ellipse((x, y + 1.8), (8.8, 2), light, 1.1)
        art.circle((x, y - 9.6), 2.2, light, 1.2)
    else:
        art.polygon([(x, y - 14), (x + 6.6, y - 5), (x, y + 3), (x - 6.6, y - 5)], colour, 1.5)
        art.polygon([(x, y - 14), (x + 6.6, y - 5), (x, y + 3)], dark)
        art.rect(x - 8, y - 0.4, (16, 3), light, 1.5, 1.2)


@cache
def burden(cargo: Cargo) -> pygame.Surface:
    """What is carried on the back: the very items, stacked in rows of three."""
    board = pygame.Surface((SIZE, SIZE), pygame.SRCALPHA)
    carried = [kind for kind in (1, 0, 2) for _ in range(cargo[kind])]
    for place, kind in enumerate(carried):
        row, column = divmod(place, 3)
        in_row = min(3, len(carried) - row * 3)
        x = _MID + (column - (in_row - 1) / 2) * 9 - 7
        board.blit(item(kind, 14), (x, FOOT - 20 - row * 7))
    return board


@cache
def sack() -> pygame.Surface:
    """Somebody carries something; what it is, only they know."""
    art = Canvas(SIZE, SIZE)
    art.ellipse((_MID, FOOT - 15), (10.5, 9), (150, 118, 86), 1.5)
    art.ellipse((_MID - 3, FOOT - 18), (4, 3), (188, 154, 116))
    art.polygon(
        [(_MID - 4, FOOT - 27), (_MID + 4, FOOT - 27), (_MID, FOOT - 22)], (150, 118, 86), 1.4
    )
    art.rect(_MID - 3.4, FOOT - 24, (6.8, 2.4), (206, 90, 76), 1)
    return art.sprite()


@cache
def moth(facing: int, beat: int) -> pygame.Surface:
    """A moth as long as a person; `beat` 0..3 of its wings."""
    art = Canvas(SIZE, SIZE)
    spread = (1.0, 0.72, 0.42, 0.72)[beat]
    wing: Colour = (150, 136, 176)
    for side in (-1, 1):
        tip = (_MID + side * 22 * spread, _MID - 13)
        art.polygon(
            [(_MID, _MID - 4), tip, (_MID + side * 17 * spread, _MID + 4), (_MID, _MID + 3)],
            wing,
            1.5,
        )
        low = (_MID + side * 13 * spread, _MID + 14)
        art.polygon(
            [(_MID, _MID), (_MID + side * 14 * spread, _MID + 5), low, (_MID, _MID + 7)],
            shade(wing, 0.8),
            1.5,
        )
        eye = (_MID + side * 14 * spread, _MID - 5)
        art.ellipse(eye, (3.2 * spread + 0.8, 3.2), (240, 196, 130))
        art.ellipse(eye, (1.4 * spread + 0.4, 1.5), INK)
    art.ellipse((_MID, _MID + 2), (3.6, 10), mixed(wing, INK, 0.45), 1.4)
    art.circle((_MID, _MID - 9), 4, (206, 190, 214), 1.4)
    for side in (-1, 1):
        art.line((_MID + side, _MID - 12), (_MID + side * 7, _MID - 19), 1.2, (206, 190, 214))
        art.circle((_MID + side * 2, _MID - 10), 1.3, (255, 96, 84))
    return pygame.transform.rotate(art.sprite(), -45 * facing)
