"""Dusk: everything is darkened by one mask, and every light is added to that mask first."""

from collections import OrderedDict
from functools import cache
from typing import Final

import pygame

from client.draw.palette import DUSK, Colour

_MASTER: Final = 384
_STEP: Final = 8  # radii are rounded to this many pixels so that few sizes are ever made
_KEPT: Final = 48

WARM: Final[Colour] = (176, 138, 44)
PERSONAL: Final[Colour] = (104, 92, 62)
COOL: Final[Colour] = (44, 108, 124)
BLAZE: Final[Colour] = (150, 170, 180)


@cache
def _master(*, hard: bool) -> pygame.Surface:
    """A white light on black, radius 1: `hard` is flat inside and ends at a clear border."""
    board = pygame.Surface((_MASTER, _MASTER))
    middle = _MASTER // 2
    for radius in range(middle, 0, -1):
        away = radius / middle
        if hard:
            power = 1.0 if away < 0.55 else 1 - ((away - 0.55) / 0.45) ** 1.6
            power = 0.16 + 0.84 * power if away < 0.985 else 0.0
        else:
            power = (1 - away) ** 1.7
        value = round(255 * power)
        pygame.draw.circle(board, (value, value, value), (middle, middle), radius)
    return pygame.transform.smoothscale(board, (_MASTER, _MASTER))


class Lights:
    """Ready-made lights by size and colour; the least used are forgotten."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[int, Colour, bool], pygame.Surface] = OrderedDict()

    def light(self, radius: float, colour: Colour, *, hard: bool = False) -> pygame.Surface:
        """A light of `radius` pixels on black, to be added."""
        size = max(_STEP, round(radius / _STEP) * _STEP)
        key = (size, colour, hard)
        if key not in self._made:
            board = pygame.transform.smoothscale(_master(hard=hard), (2 * size, 2 * size))
            board.fill(colour, special_flags=pygame.BLEND_RGB_MULT)
            self._made[key] = board
            if len(self._made) > _KEPT:
                self._made.popitem(last=False)
        self._made.move_to_end(key)
        return self._made[key]


class Dusk:
    """The mask of one frame: begin, shine, fall."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._mask = pygame.Surface(size)
        self._lights = Lights()
        self._glows = Lights()

    def begin(self, ambient: Colour = DUSK) -> None:
        """A new frame, dark everywhere."""
        self._mask.fill(ambient)

    def shine(
        self, at: tuple[float, float], radius: float, colour: Colour, *, hard: bool = False
    ) -> None:
        """Take darkness away around `at` (screen pixels)."""
        light = self._lights.light(radius, colour, hard=hard)
        half = light.get_width() // 2
        place = (round(at[0]) - half, round(at[1]) - half)
        self._mask.blit(light, place, special_flags=pygame.BLEND_RGB_ADD)

    def fall(self, target: pygame.Surface) -> None:
        """Darken the picture."""
        target.blit(self._mask, (0, 0), special_flags=pygame.BLEND_RGB_MULT)

    def glow(
        self, target: pygame.Surface, at: tuple[float, float], radius: float, colour: Colour
    ) -> None:
        """A shimmer in the air, brighter than anything that is only lit."""
        light = self._glows.light(radius, colour)
        half = light.get_width() // 2
        place = (round(at[0]) - half, round(at[1]) - half)
        target.blit(light, place, special_flags=pygame.BLEND_RGB_ADD)
