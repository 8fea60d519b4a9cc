"""The map in the corner: what is known of the land, lanterns, people in view, the star."""

import math
from functools import cache
from typing import Final

import pygame

from client.draw import icons
from client.draw.camera import SCREEN, Camera
from client.draw.ground import PX
from client.draw.palette import GLIMMER, PAPER, Colour, team_style
from client.draw.panel import panel
from client.draw.picture import Picture
from game.terrain import Terrain, Tile
from protocol.hot import KIND_MOTH

SIDE: Final = 132
_EVERY_S: Final = 0.5
_UNSEEN: Final[Colour] = (52, 50, 70)
_HATCHING: Final[Colour] = (90, 86, 110)
_HATCH: Final = 7
_TINTS: Final[tuple[Colour, ...]] = (
    _UNSEEN, (86, 112, 78), (58, 86, 66), (112, 108, 116), (156, 140, 108),
    (168, 144, 110), (54, 88, 124), (72, 66, 84), (150, 112, 78),
)  # fmt: skip
"""By game.terrain.Tile."""


def place(screen: tuple[int, int]) -> pygame.Rect:
    """Where the map lies."""
    return pygame.Rect(screen[0] - SIDE - 16, screen[1] - SIDE - 16, SIDE + 8, SIDE + 8)


class Minimap:
    """Redraws the land now and then, the marks in every frame."""

    def __init__(self) -> None:
        self._land = pygame.Surface((SIDE, SIDE))
        self._drawn = -math.inf

    def draw(
        self, target: pygame.Surface, scene: Picture, box: pygame.Rect, camera: Camera
    ) -> None:
        """Draw the map into `box`."""
        if not 0 <= scene.now - self._drawn < _EVERY_S:
            self._land, self._drawn = _land(scene.terrain), scene.now
        panel(target, box)
        inside = box.inflate(-8, -8)
        target.blit(self._land, inside)
        target.set_clip(inside)
        _marks(target, scene, inside)
        _view(target, scene, inside, camera)
        target.set_clip(None)


def _land(terrain: Terrain) -> pygame.Surface:
    """The tiles themselves are the pixels of a picture with a palette, over unseen ground."""
    plain = pygame.image.frombuffer(bytes(terrain.tiles), (terrain.size, terrain.size), "P")
    plain.set_palette([_TINTS[min(kind, len(_TINTS) - 1)] for kind in range(256)])
    plain.set_colorkey(int(Tile.UNKNOWN))
    true = pygame.Surface((terrain.size, terrain.size), pygame.SRCALPHA)
    true.fill((*_UNSEEN, 0))  # the colour of a soft border
    true.blit(plain, (0, 0))
    land = _unseen().copy()
    land.blit(pygame.transform.smoothscale(true, (SIDE, SIDE)), (0, 0))
    return land


@cache
def _unseen() -> pygame.Surface:
    """Ground that is there but not known yet: hatched, as on a chart."""
    board = pygame.Surface((SIDE, SIDE))
    board.fill(_UNSEEN)
    for x in range(-SIDE, SIDE, _HATCH):
        pygame.draw.aaline(board, _HATCHING, (x, SIDE), (x + SIDE, 0))
    return board


def _marks(target: pygame.Surface, scene: Picture, inside: pygame.Rect) -> None:
    scale = SIDE / scene.terrain.size

    def spot(x: float, y: float) -> tuple[int, int]:
        return round(inside.x + x * scale), round(inside.y + y * scale)

    for team, standing in enumerate(scene.standings):
        at, colour = spot(standing.x + 0.5, standing.y + 0.5), team_style(team).colour
        pygame.draw.circle(target, colour, at, max(3, round(standing.light / 16 * scale)), 1)
        mark = icons.team_mark(team, 15)
        target.blit(mark, mark.get_rect(center=at))
    for mover in scene.others:
        if mover.kind != KIND_MOTH:
            entry = scene.roster.get(mover.eid)
            style = team_style(entry.team if entry else -1)
            pygame.draw.circle(target, style.light, spot(mover.x, mover.y), 2)
    if scene.star and math.sin(scene.now * 8) > -0.4:
        sign = icons.star(16, GLIMMER)
        target.blit(sign, sign.get_rect(center=spot(scene.star.tx, scene.star.ty)))
    if scene.own:
        at = spot(scene.own.x, scene.own.y)
        pygame.draw.circle(target, (20, 18, 34), at, 4)
        pygame.draw.circle(target, PAPER, at, 3)


def _view(target: pygame.Surface, scene: Picture, inside: pygame.Rect, camera: Camera) -> None:
    scale = SIDE / scene.terrain.size / PX
    box = pygame.Rect(
        inside.x + camera.left * scale, inside.y + camera.top * scale,
        SCREEN[0] * scale, SCREEN[1] * scale,
    )  # fmt: skip
    pygame.draw.rect(target, (200, 190, 210), box, 1, border_radius=2)
