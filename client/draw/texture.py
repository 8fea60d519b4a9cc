"""Seamless noise and ground textures, made once at the start from fixed seeds."""

import random
from functools import cache
from typing import Final

import pygame

from client.draw.palette import Colour

SIDE: Final = 256
"""Pixels of a texture, and of the chunk of ground that it covers exactly once."""


def _upscaled(small: pygame.Surface, grains: int) -> pygame.Surface:
    """A repeating pattern from a board with a rim of two grains around `grains` of them.

    pygame puts source pixel i at i * width / (source - 1): the width asked for makes that a
    whole number of pixels, or the edges would not meet.
    """
    scale = SIDE // grains
    wide = (small.get_width() - 1) * scale
    return pygame.transform.smoothscale(small, (wide, wide)).subsurface(
        (2 * scale, 2 * scale, SIDE, SIDE)
    )


def _grains(seed: int, grains: int, top: int, *, alpha: bool) -> pygame.Surface:
    """Value noise of 0..`top` whose edges meet, in grey or in the alpha channel alone."""
    chance = random.Random(seed)
    rows = [[chance.randrange(top + 1) for _ in range(grains)] for _ in range(grains)]
    rim = grains + 4
    small = pygame.Surface((rim, rim), pygame.SRCALPHA if alpha else 0)
    for y in range(rim):
        for x in range(rim):
            value = rows[(y - 2) % grains][(x - 2) % grains]
            small.set_at((x, y), (0, 0, 0, value) if alpha else (value, value, value))
    return _upscaled(small, grains)


def _add(target: pygame.Surface, seed: int, grains: int, strength: int) -> None:
    """Brighten and darken `target` by up to half of `strength`."""
    grain = _grains(seed, grains, strength, alpha=False)
    target.blit(grain, (0, 0), special_flags=pygame.BLEND_RGB_ADD)
    target.fill((strength // 2,) * 3, special_flags=pygame.BLEND_RGB_SUB)


@cache
def ground(colour: Colour, seed: int, rough: int) -> pygame.Surface:
    """A ground of `colour` with soft large patches and a fine grain of strength `rough`."""
    out = pygame.Surface((SIDE, SIDE))
    out.fill(colour)
    _add(out, seed, 8, rough)
    _add(out, seed + 1, 32, rough)
    _add(out, seed + 2, 128, rough * 2 // 3)
    return out


@cache
def wobble(seed: int) -> pygame.Surface:
    """Noise in the alpha channel alone: added to a ramp it makes a border run like a coast."""
    out = _grains(seed, 16, WOBBLE * 4 // 5, alpha=True).copy()
    fine = _grains(seed + 7, 64, WOBBLE // 5, alpha=True)
    out.blit(fine, (0, 0), special_flags=pygame.BLEND_RGBA_ADD)
    return out


WOBBLE: Final = 90
"""The most that `wobble` adds to an alpha; half of it is the mean."""
