"""Boxes, bars and rows that every part of the window is made of."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import pygame

from client.draw import icons
from client.draw.palette import AMBER, FADED, PANEL, PANEL_EDGE, PAPER, Colour, shade
from client.draw.text import line, line_height, wrapped, write

_ROUND: Final = 9
_ALPHA: Final = 251
"""Light and dark are felt below a box; the letters of a name are not seen."""


@lru_cache(maxsize=64)
def _box(width: int, height: int, edge: Colour) -> pygame.Surface:
    board = pygame.Surface((width, height), pygame.SRCALPHA)
    whole = board.get_rect()
    pygame.draw.rect(board, (*PANEL, _ALPHA), whole, border_radius=_ROUND)
    pygame.draw.rect(board, edge, whole, 2, border_radius=_ROUND)
    return board


def panel(target: pygame.Surface, place: pygame.Rect, edge: Colour = PANEL_EDGE) -> pygame.Rect:
    """A dark box, through which no word can be read; returns its inside."""
    target.blit(_box(place.width, place.height, edge), place)
    return place.inflate(-20, -16)


def bar(
    target: pygame.Surface, place: pygame.Rect, share: float, colour: Colour, *, notches: int = 0
) -> None:
    """A bar filled to `share` (0..1)."""
    pygame.draw.rect(target, (14, 13, 24), place, border_radius=place.height // 2)
    inside = place.inflate(-4, -4)
    inside.width = round(inside.width * min(1.0, max(0.0, share)))
    if inside.width > 1:
        pygame.draw.rect(target, colour, inside, border_radius=inside.height // 2)
        glossy = pygame.Rect(inside.x + 2, inside.y, max(1, inside.width - 4), 1)
        pygame.draw.rect(target, shade(colour, 1.3), glossy)
    for index in range(1, notches):
        x = place.x + place.width * index // notches
        pygame.draw.line(target, (14, 13, 24), (x, place.y + 2), (x, place.bottom - 3))


def paragraph(  # noqa: PLR0913 - a paragraph has this many properties
    target: pygame.Surface,
    text: str,
    place: pygame.Rect,
    size: int = 16,
    colour: Colour = PAPER,
    *,
    centred: bool = False,
) -> int:
    """Write `text` wrapped into `place`; returns the y below its last line."""
    step, y = line_height(size), place.y
    lines = wrapped(text, size, place.width)
    room = max(1, place.height // step)
    if len(lines) > room:
        lines = (*lines[: room - 1], lines[room - 1] + "…")
    for words in lines:
        spot = (place.centerx, y) if centred else (place.x, y)
        anchor = "midtop" if centred else "topleft"
        write(target, words, spot, size, colour, anchor=anchor, width=place.width)
        y += step
    return y


def key_row(
    target: pygame.Surface, keys: Sequence[str], meaning: str, at: tuple[int, int], size: int = 14
) -> int:
    """Keys and what they do; returns the x after it."""
    x, y = at
    for label in keys:
        cap = icons.key(label)
        target.blit(cap, (x, y))
        x += cap.get_width() + 3
    place = write(target, meaning, (x + 3, y + 10), size, PAPER, anchor="midleft", shadow=True)
    return place.right


def key_row_width(keys: Sequence[str], meaning: str, size: int = 14) -> int:
    """Pixels that `key_row` needs."""
    caps = sum(icons.key(label).get_width() + 3 for label in keys)
    return caps + 3 + line(meaning, size, PAPER, shadow=True).get_width()


def button(
    target: pygame.Surface, place: pygame.Rect, label: str, *, hot: bool, enabled: bool = True
) -> None:
    """A button; `hot` while it is chosen or the mouse is over it."""
    fill = AMBER if hot and enabled else (64, 58, 90) if enabled else (44, 42, 60)
    pygame.draw.rect(target, shade(fill, 0.6), place.move(0, 2), border_radius=8)
    pygame.draw.rect(target, fill, place, border_radius=8)
    words = (30, 24, 40) if hot and enabled else PAPER if enabled else FADED
    write(target, label, place.center, 17, words, anchor="center", width=place.width - 12)


def clock(seconds: float) -> str:
    """Seconds as m:ss."""
    whole = max(0, int(seconds + 0.999))
    return f"{whole // 60}:{whole % 60:02}"
