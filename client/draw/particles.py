"""Sparks, dust and numbers that rise: shown once, never state."""

import math
import random
from dataclasses import dataclass
from functools import cache
from typing import Final

import pygame

from client.draw import icons
from client.draw.camera import Camera
from client.draw.canvas import Canvas
from client.draw.palette import Colour
from client.draw.text import line

_MOST: Final = 260


@dataclass(slots=True)
class _Spark:
    x: float  # tiles
    y: float
    vx: float  # tiles a second
    vy: float
    fall: float  # tiles a second squared
    size: int
    colour: Colour
    glows: bool
    left: float
    life: float


@dataclass(slots=True)
class _Rising:
    x: float
    y: float
    picture: pygame.Surface
    left: float
    life: float


class Particles:
    """All that is in the air."""

    def __init__(self) -> None:
        self._sparks: list[_Spark] = []
        self._rising: list[_Rising] = []
        self._chance = random.Random(5)

    def burst(  # noqa: PLR0913 - the ways bursts differ
        self,
        at: tuple[float, float],
        colour: Colour,
        count: int,
        *,
        speed: float = 2.4,
        fall: float = 5.0,
        life: float = 0.6,
        size: int = 3,
        glows: bool = False,
    ) -> None:
        """Throw `count` sparks out of a point in tiles."""
        for _ in range(min(count, _MOST - len(self._sparks))):
            angle, power = self._chance.uniform(0, math.tau), speed * self._chance.uniform(0.3, 1)
            up = power * 0.5 if fall > 0 else 0.0
            lasts = life * self._chance.uniform(0.6, 1.2)
            self._sparks.append(
                _Spark(
                    *at,
                    math.cos(angle) * power,
                    math.sin(angle) * power * 0.7 - up,
                    fall,
                    size + self._chance.randrange(2),
                    colour,
                    glows,
                    lasts,
                    lasts,
                )
            )

    def rise(self, at: tuple[float, float], words: str, colour: Colour, item: int = -1) -> None:
        """Let words, with the icon of an item before them, rise from a point in tiles."""
        letters = line(words, 18, colour, shadow=True)
        if item >= 0:
            icon = icons.item(item, 20)
            board = pygame.Surface((letters.get_width() + 22, 22), pygame.SRCALPHA)
            board.blit(icon, (0, 0))
            board.blit(letters, letters.get_rect(midleft=(21, 11)))
            letters = board
        self._rising.append(_Rising(*at, letters.copy(), 1.2, 1.2))
        del self._rising[:-24]

    def pass_time(self, seconds: float) -> None:
        """Let everything fly on."""
        for spark in self._sparks:
            spark.left -= seconds
            spark.vy += spark.fall * seconds
            spark.x += spark.vx * seconds
            spark.y += spark.vy * seconds
        self._sparks = [spark for spark in self._sparks if spark.left > 0]
        for words in self._rising:
            words.left -= seconds
            words.y -= seconds * 0.9
        self._rising = [words for words in self._rising if words.left > 0]

    def draw(self, target: pygame.Surface, camera: Camera) -> None:
        """Draw what is in the air."""
        for spark in self._sparks:
            share = spark.left / spark.life
            size = max(1, round(spark.size * (0.4 + 0.6 * share)))
            flags = pygame.BLEND_RGB_ADD if spark.glows else 0
            picture = _dot(size, spark.colour, spark.glows)
            x, y = camera.spot(spark.x, spark.y)
            half = picture.get_width() // 2
            target.blit(picture, (x - half, y - half), special_flags=flags)
        for words in self._rising:
            words.picture.set_alpha(min(255, round(510 * words.left / words.life)))
            target.blit(words.picture, words.picture.get_rect(center=camera.spot(words.x, words.y)))


@cache
def _dot(size: int, colour: Colour, glows: bool) -> pygame.Surface:
    if not glows:
        art = Canvas(2 * size + 2, 2 * size + 2, colour)
        art.circle((size + 1, size + 1), size, colour)
        return art.sprite()
    reach = size * 3
    board = pygame.Surface((2 * reach, 2 * reach))
    for radius in range(reach, 0, -1):
        power = (1 - radius / reach) ** 2
        tint = [round(part * power) for part in colour]
        pygame.draw.circle(board, tint, (reach, reach), radius)
    pygame.draw.circle(board, (255, 255, 255), (reach, reach), max(1, size // 2))
    return board
