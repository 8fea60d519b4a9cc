"""A team's lantern: it grows with its level, and its flame shrinks with its fuel."""

import math
from functools import cache
from typing import Final

import pygame

from client.draw.canvas import Canvas
from client.draw.icons import shape_on, team_mark
from client.draw.palette import AMBER, INK, Colour, shade, team_style

WIDE: Final = 96
HIGH: Final = 128
FOOT: Final = 104
"""The y in the sprite of the middle of the lantern's tile; x is the sprite's middle."""

_FLAMES: Final = 6


def lamp_height(level: int) -> int:
    """Pixels from the foot up to the flame."""
    return 34 + 5 * min(level, 5)


@cache
def body(team: int, level: int) -> pygame.Surface:
    """Stone foot, post, glass and roof, with the team's mark on the foot."""
    art = Canvas(WIDE, HIGH)
    mid, style = WIDE / 2, team_style(team)
    art.ellipse((mid + 4, FOOT + 10), (30, 11), INK, alpha=90)
    for grow, up, tone in ((26.0, 8.0, 0.7), (21.0, 3.0, 0.84), (16.0, -2.0, 1.0)):
        art.ellipse((mid, FOOT + up), (grow, grow * 0.44), shade((140, 136, 152), tone), 1.5)
    top = FOOT - lamp_height(level)
    art.rect(mid - 4, top + 8, (8, FOOT - top - 12), (92, 72, 68), 2, 1.5)
    art.rect(mid - 3, top + 8, (2.4, FOOT - top - 12), (130, 104, 90), 1)
    half = 10 + level * 0.8
    art.rect(mid - half, top - 14, (2 * half, 24), (70, 60, 70), 4, 1.6)
    art.rect(mid - half + 3, top - 11, (2 * half - 6, 18), (255, 214, 128), 3)
    roof = [(mid - half - 5, top - 13), (mid + half + 5, top - 13), (mid, top - 25)]
    art.polygon(roof, style.colour, 1.6)
    art.polygon([roof[1], roof[2], (mid, top - 13)], style.dark)
    art.rect(mid - half - 2, top + 8, (2 * half + 4, 4), style.dark, 2, 1.4)
    for pip in range(level):
        art.circle((mid + (pip - (level - 1) / 2) * 6.4, FOOT + 12), 2.2, AMBER, 1.1)
    picture = art.sprite()
    mark = team_mark(team, 20)
    picture.blit(mark, mark.get_rect(center=(mid, FOOT - 4)))
    return picture


@cache
def faded(team: int, level: int) -> pygame.Surface:
    """The same, see-through: somebody stands behind it."""
    picture = body(team, level).copy()
    picture.set_alpha(120)
    return picture


@cache
def flame(step: int, strength: int) -> pygame.Surface:
    """One of six moments of the fire; `strength` 0 (embers) to 3."""
    art = Canvas(28, 32, (255, 190, 80))
    sway = math.sin(math.tau * step / _FLAMES) * 1.6
    tall = (3.0, 8.0, 12.0, 15.0)[strength]
    wide = (2.2, 3.6, 5.0, 6.0)[strength]
    layers: tuple[tuple[float, Colour], ...] = (
        (1.0, (240, 120, 40)),
        (0.72, (255, 190, 72)),
        (0.42, (255, 248, 214)),
    )
    for share, colour in layers:
        low = 26 - wide * share
        tip = (14 + sway * share, low - tall * share)
        side = wide * share
        art.circle((14, low), side, colour)
        art.polygon([tip, (14 + side, low), (14 - side, low)], colour)
    return art.sprite()


def flame_step(now: float) -> int:
    """Which moment of the fire to show."""
    return int(now * 9) % _FLAMES


@cache
def ring_dot(team: int) -> pygame.Surface:
    """One mark on the border of a team's light."""
    style = team_style(team)
    art = Canvas(9, 9)
    shape_on(art, style.shape, 9, style.light, 0)
    picture = art.sprite()
    picture.set_alpha(120)
    return picture


def ring(radius: float) -> list[tuple[float, float]]:
    """Where the marks of the border stand, around (0, 0), in the unit of `radius` (pixels)."""
    count = max(8, int(math.tau * radius / 46))
    turns = (math.tau * index / count for index in range(count))
    return [(math.cos(turn) * radius, math.sin(turn) * radius) for turn in turns]
