"""Which font draws which letters: the bundled one, else one of the system's, else a placeholder.

Bundled is only Latin, Greek and Cyrillic. For the rest a few families are looked for on this
computer, once and only when such a letter is met; no system font is ever needed.
"""

import unicodedata
import warnings
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

import pygame

PLACEHOLDER: Final = "\u25ca"
"""Drawn for a letter that no font here knows."""

_BUNDLED: Final = ""
_SCALE: Final = 0.6875
"""pygame draws its own font so much smaller than the size it is asked for."""
_PROBE: Final = 24
_NOBODYS: Final = "\uffff"
"""No font has this letter: what it looks like is what every missing letter looks like."""
_BASIC_PLANE: Final = 0xFFFF
_FAMILIES: Final = (
    "dejavusans", "notosans", "segoeuisymbol", "arialunicodems", "arial",
    "notosanscjksc", "notosanscjkjp", "sourcehansanssc", "wenquanyimicrohei", "wenquanyizenhei",
    "droidsansfallback", "microsoftyahei", "simhei", "simsun", "msgothic", "malgungothic",
    "hiraginosansgb", "pingfangsc", "applesdgothicneo",
)  # fmt: skip

Run = tuple[str, str]
"""The path of a font ("" the bundled one) and letters that it draws."""


@lru_cache(maxsize=96)
def face(path: str, size: int) -> pygame.font.Font:
    """A font at the size that looks like `size` of the bundled one."""
    if not pygame.font.get_init():
        pygame.font.init()
    if path == _BUNDLED:
        return pygame.font.Font(None, size)
    return pygame.font.Font(path, round(size * _SCALE))


def runs(text: str) -> tuple[Run, ...]:
    """`text` cut where the font changes; letters nobody knows are replaced."""
    if text.isascii():
        return ((_BUNDLED, text),) if text else ()
    found: list[Run] = []
    for cluster in _clusters(text):
        path, letters = _BUNDLED, cluster
        if not cluster.isascii():
            path, letters = _choice(cluster)
        if found and found[-1][0] == path:
            letters = found.pop()[1] + letters
        found.append((path, letters))
    return tuple(found)


def _clusters(text: str) -> Iterator[str]:
    """Letters, each with the marks on it."""
    cluster = ""
    for character in text:
        if cluster and unicodedata.category(character)[0] != "M":
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


@lru_cache(maxsize=4096)
def _choice(cluster: str) -> Run:
    for path in _paths_for(cluster):
        if _draws(path, cluster):
            return path, cluster
    if unicodedata.category(cluster[0])[0] == "M":
        return _BUNDLED, ""
    if len(cluster) > 1:  # better without its marks than not at all, or out of its line
        return _choice(cluster[0])
    return _BUNDLED, PLACEHOLDER


def _paths_for(cluster: str) -> Iterator[str]:
    yield _BUNDLED
    if max(map(ord, cluster)) <= _BASIC_PLANE or getattr(pygame, "IS_CE", False):
        yield from _system_paths()  # upstream pygame draws nothing beyond the basic plane


@cache
def _system_paths() -> tuple[str, ...]:
    """The fonts of `_FAMILIES` that this computer has."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "the system font ... could not be found"
        found = (pygame.font.match_font(family) for family in _FAMILIES)
        return tuple(dict.fromkeys(path for path in found if path))


def _draws(path: str, cluster: str) -> bool:
    """Whether a font knows all of it, and stacks no mark so high that it moves the letters."""
    try:
        font = face(path, _PROBE)
        knows = all(_look(path, letter) != _look(path, _NOBODYS) for letter in cluster)
        return knows and (len(cluster) == 1 or font.size(cluster)[1] <= font.size("A")[1])
    except (pygame.error, OSError, UnicodeError):
        return False  # a damaged font, or one in a format that cannot be drawn


@lru_cache(maxsize=4096)
def _look(path: str, letter: str) -> bytes:
    drawn = face(path, _PROBE).render(letter, True, (255, 255, 255))
    return pygame.image.tobytes(drawn, "RGBA")
