"""Soft arrows at the window's rim: the way home, the way to the star."""

import math
from typing import Final

import pygame

from client.draw import icons
from client.draw.camera import SCREEN, Camera
from client.draw.palette import AMBER, GLIMMER, Colour
from client.draw.picture import Picture
from client.draw.text import write

_RIM: Final = (330, 150)
"""Half axes of the ellipse that the arrows stand on, in pixels."""


def is_in_view(camera: Camera, tx: float, ty: float) -> bool:
    """Whether a tile needs no arrow."""
    return camera.sees(tx, ty, -1)


def draw(target: pygame.Surface, scene: Picture, camera: Camera) -> None:
    """Arrows to what is wanted and out of view."""
    if scene.home and not is_in_view(camera, scene.home.x, scene.home.y):
        _point(target, scene, camera, (scene.home.x + 0.5, scene.home.y + 0.5), "home", AMBER)
    if scene.star and not is_in_view(camera, scene.star.tx, scene.star.ty):
        _point(target, scene, camera, (scene.star.tx + 0.5, scene.star.ty + 0.5), "star", GLIMMER)


def _point(  # noqa: PLR0913, PLR0917 - where from, where to, and how it looks
    target: pygame.Surface,
    scene: Picture,
    camera: Camera,
    goal: tuple[float, float],
    what: str,
    colour: Colour,
) -> None:
    x, y = camera.spot(*goal)
    dx, dy = x - SCREEN[0] / 2, y - SCREEN[1] / 2
    if not dx and not dy:
        return
    turn = math.atan2(dy, dx)
    sway = 4 * math.sin(scene.now * 4)
    spot = (
        SCREEN[0] / 2 + math.cos(turn) * (_RIM[0] + sway),
        SCREEN[1] / 2 + math.sin(turn) * (_RIM[1] + sway),
    )
    head = pygame.transform.rotate(icons.arrow(colour, 30), -math.degrees(turn))
    head.set_alpha(220)
    target.blit(head, head.get_rect(center=spot))
    inner = (spot[0] - math.cos(turn) * 30, spot[1] - math.sin(turn) * 30)
    sign = icons.team_mark(scene.me.team, 22) if what == "home" else icons.star(24, colour)
    target.blit(sign, sign.get_rect(center=inner))
    if scene.own:
        away = math.hypot(goal[0] - scene.own.x, goal[1] - scene.own.y)
        words = f"{away:.0f}"
        write(target, words, (inner[0], inner[1] + 19), 13, colour, anchor="center", shadow=True)
