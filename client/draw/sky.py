"""The falling star: a mark on the ground while it is awaited, a streak, a flash."""

import math
from typing import Final

import pygame

from client.draw import icons
from client.draw.camera import Camera
from client.draw.ground import PX
from client.draw.light import Dusk
from client.draw.palette import GLIMMER, PAPER
from client.draw.picture import StarView
from client.draw.text import write

_FALL_S: Final = 1.4


def mark(target: pygame.Surface, star: StarView, camera: Camera, now: float) -> None:
    """Rings on the ground where it will fall, closing in."""
    x, y = camera.spot(star.tx + 0.5, star.ty + 0.5)
    if not camera.sees(star.tx, star.ty, 6):
        return
    for index in range(3):
        share = (1 - (now * 0.45 + index / 3) % 1.0) ** 0.8
        wide, high = round(PX * 3 * share), round(PX * 1.9 * share)
        if wide > 4:
            box = pygame.Rect(x - wide, y - high, 2 * wide, 2 * high)
            pygame.draw.ellipse(target, GLIMMER, box, 2)
    cross = 7
    pygame.draw.line(target, PAPER, (x - cross, y), (x + cross, y), 2)
    pygame.draw.line(target, PAPER, (x, y - cross), (x, y + cross), 2)


def shine(dusk: Dusk, star: StarView, camera: Camera, now: float) -> None:
    """Its light on the ground, brighter the nearer it comes."""
    if camera.sees(star.tx, star.ty, 10):
        near = max(0.0, 1 - star.seconds / 20)
        spot = camera.spot(star.tx + 0.5, star.ty + 0.5)
        dusk.shine(spot, PX * (2 + 5 * near + 0.3 * math.sin(now * 5)), (60, 120, 130))


def streak(target: pygame.Surface, dusk: Dusk, star: StarView, camera: Camera) -> None:
    """The star itself in its last moments, and the time until then over the mark."""
    x, y = camera.spot(star.tx + 0.5, star.ty + 0.5)
    if not camera.sees(star.tx, star.ty, 14):
        return
    if star.seconds > _FALL_S:
        write(
            target, f"{star.seconds:.0f} s", (x, y - 46), 20, GLIMMER, anchor="center", shadow=True
        )
        return
    way = star.seconds / _FALL_S
    head = (x + 380 * way, y - 520 * way)
    for index in range(14, 0, -1):
        back = index * 0.022
        tail = (x + 380 * (way + back), y - 520 * (way + back))
        dusk.glow(target, tail, 34 - 2 * index, (60, 130, 150))
    dusk.glow(target, head, 64, (170, 220, 240))
    bright = icons.star(34, (255, 250, 226))
    target.blit(bright, bright.get_rect(center=head))


def flash(target: pygame.Surface, dusk: Dusk, at: tuple[int, int], age_s: float) -> None:
    """It has struck."""
    if 0 <= age_s < 0.8:
        power = 1 - age_s / 0.8
        level = round(200 * power)
        dusk.glow(target, at, 40 + 260 * age_s, (level // 2, level, level))
