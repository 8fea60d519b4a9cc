"""Small signs: items, team marks, bars of the line, keys. Each is told by its shape alone."""

import math
from functools import cache

import pygame

from client.draw.canvas import Canvas, Point
from client.draw.palette import (
    GLIMMER,
    INK,
    PAPER,
    STONE,
    WOOD,
    Colour,
    Shape,
    mixed,
    shade,
    team_style,
)
from client.draw.text import line
from game.items import Item


@cache
def item(kind: int, size: int) -> pygame.Surface:
    """Wood is a lying log, stone a lump, glimmer an upright crystal."""
    art, unit = Canvas(size, size), size / 20
    if kind == Item.WOOD:
        art.line((5 * unit, 13 * unit), (14 * unit, 8 * unit), 8.6 * unit, INK)
        art.line((5 * unit, 13 * unit), (14 * unit, 8 * unit), 6.2 * unit, WOOD)
        art.line((5 * unit, 11.6 * unit), (12 * unit, 7.7 * unit), 1.1 * unit, shade(WOOD, 1.25))
        art.circle((14.4 * unit, 7.9 * unit), 2.9 * unit, (228, 192, 140))
        art.circle((14.4 * unit, 7.9 * unit), 1.3 * unit, shade(WOOD, 0.9))
    elif kind == Item.STONE:
        corners = [(4, 12), (6, 6), (11, 4), (16, 8), (16.5, 13), (12, 16.4), (6.5, 16)]
        art.polygon([(x * unit, y * unit) for x, y in corners], STONE, 1.2 * unit)
        face = [(6, 6), (11, 4), (12, 9), (7, 11)]
        art.polygon([(x * unit, y * unit) for x, y in face], shade(STONE, 1.26))
        low = [(4, 12), (7, 11), (12, 16.4), (6.5, 16)]
        art.polygon([(x * unit, y * unit) for x, y in low], shade(STONE, 0.76))
    else:
        corners = [(10, 1.8), (14.6, 8), (12.6, 17.6), (7.4, 17.6), (5.4, 8)]
        art.polygon([(x * unit, y * unit) for x, y in corners], GLIMMER, 1.2 * unit)
        art.polygon(
            [(x * unit, y * unit) for x, y in ((10, 1.8), (14.6, 8), (12.6, 17.6), (10, 17.6))],
            shade(GLIMMER, 0.72),
        )
        art.polygon(
            [(x * unit, y * unit) for x, y in ((10, 1.8), (5.4, 8), (9, 11))],
            mixed(GLIMMER, (255, 255, 255), 0.6),
        )
    return art.sprite()


def _corners(shape: Shape, centre: float, radius: float) -> list[Point]:
    count, turn, grow = {"triangle": (3, -90, 1.18), "square": (4, -45, 1.18)}.get(
        shape, (4, -90, 1.1)
    )
    angles = [math.radians(turn + 360 * index / count) for index in range(count)]
    low = radius * 0.16 if shape == "triangle" else 0
    return [
        (centre + math.cos(a) * radius * grow, centre + low + math.sin(a) * radius * grow)
        for a in angles
    ]


def shape_on(art: Canvas, shape: Shape, size: float, colour: Colour, outline: float) -> None:
    """Draw a team's shape filling a square board of `size`."""
    centre, radius = size / 2, size / 2 - outline - 1
    if shape == "circle":
        art.circle((centre, centre), radius, colour, outline)
    else:
        art.polygon(_corners(shape, centre, radius), colour, outline)


@cache
def team_mark(team: int, size: int) -> pygame.Surface:
    """A team's shape in its colour with its letter: three ways to know it."""
    style = team_style(team)
    art = Canvas(size, size)
    shape_on(art, style.shape, size, style.colour, 1.3)
    mark = art.sprite()
    if size >= 14:
        letter = line(style.letter, round(size * 0.62), INK)
        low = size * 0.09 if style.shape == "triangle" else 0
        mark.blit(letter, letter.get_rect(center=(size / 2 + 0.5, size / 2 + low + 0.5)))
    return mark


@cache
def signal(bars: int, colour: Colour) -> pygame.Surface:
    """Four bars, `bars` of them lit."""
    art = Canvas(22, 16)
    for index in range(4):
        high = 4 + index * 3.4
        lit = colour if index < bars else (82, 78, 102)
        art.rect(1.5 + index * 5, 15 - high, (3.6, high), lit, 1)
    return art.sprite()


@cache
def key(label: str) -> pygame.Surface:
    """A key of the keyboard."""
    letters = line(label, 13, INK)
    wide = max(20, letters.get_width() + 12)
    art = Canvas(wide, 21)
    art.rect(1, 2, (wide - 2, 18), shade(PAPER, 0.6), 4)
    art.rect(1, 1, (wide - 2, 16), PAPER, 4)
    cap = art.sprite()
    cap.blit(letters, letters.get_rect(center=(wide / 2, 9.5)))
    return cap


@cache
def tick(size: int, colour: Colour) -> pygame.Surface:
    """A check mark: done, ready, saved."""
    art, unit = Canvas(size, size), size / 16
    for width, tint in ((4.6, INK), (2.6, colour)):
        art.line((3 * unit, 8.6 * unit), (6.6 * unit, 12 * unit), width * unit, tint)
        art.line((6.6 * unit, 12 * unit), (13 * unit, 4 * unit), width * unit, tint)
    return art.sprite()


@cache
def lantern(size: int) -> pygame.Surface:
    """A little lantern."""
    art, unit = Canvas(size, size), size / 20
    art.rect(8.6 * unit, 1 * unit, (2.8 * unit, 3 * unit), (130, 110, 90), unit)
    art.rect(5 * unit, 4 * unit, (10 * unit, 13 * unit), (96, 80, 78), 2 * unit, 1.1 * unit)
    art.rect(6.6 * unit, 6 * unit, (6.8 * unit, 9 * unit), (255, 208, 112), 1.5 * unit)
    art.ellipse((10 * unit, 11 * unit), (1.7 * unit, 2.8 * unit), (255, 246, 214))
    art.rect(4 * unit, 16.4 * unit, (12 * unit, 2.4 * unit), (96, 80, 78), unit, unit)
    return art.sprite()


@cache
def arrow(colour: Colour, size: int) -> pygame.Surface:
    """An arrow head pointing to the right."""
    art = Canvas(size, size)
    points = [(size * 0.2, size * 0.16), (size * 0.86, size * 0.5), (size * 0.2, size * 0.84)]
    art.polygon([*points, (size * 0.38, size * 0.5)], colour, 1.6)
    return art.sprite()


@cache
def star(size: int, colour: Colour) -> pygame.Surface:
    """A star with five points."""
    art, centre = Canvas(size, size), size / 2
    points = []
    for index in range(10):
        reach = size * (0.44 if index % 2 == 0 else 0.2)
        angle = math.radians(index * 36 - 90)
        points.append((centre + math.cos(angle) * reach, centre + math.sin(angle) * reach))
    art.polygon(points, colour, 1.3)
    return art.sprite()
