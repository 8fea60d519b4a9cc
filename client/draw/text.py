"""Words on the screen. Names and chat come from strangers: cleaned, clipped, never wider."""

import unicodedata
from functools import lru_cache
from typing import Final

import pygame

from client.draw import typeface
from client.draw.palette import INK, PAPER, Colour

_FINE: Final = 2  # letters are drawn twice as large and shrunk: the kerning is far better
_LONGEST: Final = 400  # characters looked at; longer text is cut before any work is done on it
ELLIPSIS: Final = "…"


def showable(text: str, at_most: int = _LONGEST) -> str:
    """`text` as one line that is safe to draw: no control characters, one mark a letter."""
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text[:at_most]):
        kind = unicodedata.category(character)
        marks = marks + 1 if kind[0] == "M" else 0
        if kind[0] == "C" or kind in ("Zl", "Zp") or marks > 1:
            continue
        kept.append(character)
    return "".join(kept)


def _face(size: int, path: str = "") -> pygame.font.Font:
    """A font for letters of `size`; the one that pygame brings along unless another is named."""
    return typeface.face(path, round(size * _FINE * 1.08))


def line_height(size: int) -> int:
    """Pixels from one line of `size` to the next."""
    return _face(size).get_linesize() // _FINE + 2


@lru_cache(maxsize=1024)
def width_of(text: str, size: int) -> int:
    """Pixels that `text` needs."""
    wide = sum(_face(size, path).size(run)[0] for path, run in typeface.runs(showable(text)))
    return -(-wide // _FINE)


@lru_cache(maxsize=1024)
def clipped(text: str, size: int, width: int) -> str:
    """The start of `text` that fits `width`, with an ellipsis where something is missing."""
    text = showable(text)
    if width_of(text, size) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(text[:middle] + ELLIPSIS, size) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS


@lru_cache(maxsize=256)
def wrapped(text: str, size: int, width: int) -> tuple[str, ...]:
    """`text` in lines no wider than `width`; words that are too long for one are clipped."""
    lines: list[str] = []
    for word in showable(text).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(clipped(word, size, width))
    return tuple(lines)


@lru_cache(maxsize=768)
def line(
    text: str, size: int, colour: Colour = PAPER, *, width: int = 2000, shadow: bool = False
) -> pygame.Surface:
    """One line of text as a sprite, never wider than `width` pixels."""
    shown = clipped(text, size, width)
    drawn = _render(shown, size, colour)
    if min(drawn.get_size()) < _FINE:  # nothing visible: shrinking that crashes inside pygame
        return pygame.Surface((1, line_height(size)), pygame.SRCALPHA)
    wide, high = (-(-part // _FINE) for part in drawn.get_size())
    small = pygame.transform.smoothscale(drawn, (wide, high))
    tallest = line_height(size) + 1  # a mark below a letter would reach into the next line
    small = small.subsurface((0, 0, min(wide, width), min(high, tallest)))
    return _shadowed(small, shown, size) if shadow else small


def _render(shown: str, size: int, colour: Colour) -> pygame.Surface:
    """Letters twice as large; those of other fonts stand on the bundled one's line."""
    base = _face(size)
    runs = typeface.runs(shown)
    if all(not path for path, _ in runs):
        return base.render("".join(run for _, run in runs), True, colour)
    parts = [
        (_face(size, path).render(run, True, colour), _face(size, path).get_ascent())
        for path, run in runs
    ]
    wide = sum(part.get_width() for part, _ in parts)
    board = pygame.Surface((wide, base.get_height() + _FINE), pygame.SRCALPHA)
    x = 0
    for part, ascent in parts:
        board.blit(part, (x, base.get_ascent() - ascent))
        x += part.get_width()
    return board


def _shadowed(letters: pygame.Surface, shown: str, size: int) -> pygame.Surface:
    """`letters` on a dark rim, readable on any ground."""
    dark = line(shown, size, INK, width=letters.get_width())
    board = pygame.Surface((letters.get_width() + 2, letters.get_height() + 2), pygame.SRCALPHA)
    for offset in ((0, 0), (2, 0), (0, 2), (2, 2), (1, 2), (0, 1), (2, 1), (1, 0)):
        board.blit(dark, offset)
    board.blit(letters, (1, 1))
    return board


def write(  # noqa: PLR0913 - a line of text has this many properties
    target: pygame.Surface,
    text: str,
    at: tuple[float, float],
    size: int = 16,
    colour: Colour = PAPER,
    *,
    anchor: str = "topleft",
    width: int = 2000,
    shadow: bool = False,
) -> pygame.Rect:
    """Draw one line with its `anchor` (a Rect attribute such as "midtop") at `at`."""
    sprite = line(text, size, colour, width=width, shadow=shadow)
    place = sprite.get_rect()
    setattr(place, anchor, (round(at[0]), round(at[1])))
    target.blit(sprite, place)
    return place
