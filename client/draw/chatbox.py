"""What was said, bottom left; and what is being typed."""

from typing import Final

import pygame

from client.draw import icons
from client.draw.camera import SCREEN
from client.draw.palette import AMBER, FADED, PAPER, team_style
from client.draw.panel import panel
from client.draw.picture import ChatLine, Picture
from client.draw.text import line, width_of, wrapped, write

_LEFT: Final = 10
_WIDE: Final = 300
_STEP: Final = 18
_SIZE: Final = 15
_INPUT: Final = pygame.Rect(_LEFT, SCREEN[1] - 38, _WIDE, 28)
_FADES_S: Final = 12.0
_SELECTED: Final = (92, 72, 40)
_LINES: Final = 6
_LINES_TYPING: Final = 10


def draw(target: pygame.Surface, scene: Picture) -> None:
    """The newest lines; all of them while something is typed."""
    typing = scene.typing is not None
    bottom = _INPUT.y - 8 if typing else SCREEN[1] - 12
    lines = [line for line in scene.chat if typing or line.age_s < _FADES_S]
    rows = [row for said in lines for row in _rows(said)]
    rows = rows[-(_LINES_TYPING if typing else _LINES) :]
    if typing and rows:
        box = pygame.Rect(
            _LEFT - 2, bottom - len(rows) * _STEP - 6, _WIDE + 4, len(rows) * _STEP + 10
        )
        panel(target, box)
    y = bottom - len(rows) * _STEP
    for said, words, is_first in rows:
        _row(target, said, words, y, is_first=is_first, fades=not typing)
        y += _STEP
    if scene.typing is not None:
        _input(target, scene, scene.typing)


def _prefix(said: ChatLine) -> str:
    return f"{said.name}{' (team)' if said.private else ''}:" if said.name else ""


def _rows(said: ChatLine) -> list[tuple[ChatLine, str, bool]]:
    """A saying in rows of (saying, words, whether it is its first)."""
    head = min(150, width_of(_prefix(said), _SIZE)) + 24 if said.name else 24
    filler = "x" * (head // 8)
    rows = list(wrapped(f"{filler} {said.text}", _SIZE, _WIDE - 8))
    rows[0] = rows[0][len(filler) :].strip()
    if len(rows) > 1 and not rows[0]:
        rows = rows[1:]
    return [(said, words, index == 0) for index, words in enumerate(rows[:3])]


def _row(  # noqa: PLR0913 - one row of one saying
    target: pygame.Surface, said: ChatLine, words: str, y: int, *, is_first: bool, fades: bool
) -> None:
    sprites: list[tuple[pygame.Surface, int]] = []
    x = _LEFT + 4
    if is_first and said.team >= 0:
        sprites.append((icons.team_mark(said.team, 16), x))
        x += 20
    if is_first and said.name:
        name = line(_prefix(said), _SIZE, team_style(said.team).light, width=150, shadow=True)
        sprites.append((name, x))
        x += name.get_width() + 5
    colour = FADED if said.team < 0 else PAPER
    sprites.append((line(words, _SIZE, colour, width=_LEFT + _WIDE - x, shadow=True), x))
    share = 1.0 if not fades else min(1.0, (_FADES_S - said.age_s) / 2)
    for sprite, left in sprites:
        shown = sprite
        if share < 1:
            shown = sprite.copy()
            shown.set_alpha(round(255 * max(0.0, share)))
        target.blit(shown, (left, y))


def _input(target: pygame.Surface, scene: Picture, typed: str) -> None:
    panel(target, _INPUT, edge=AMBER)
    label = write(
        target,
        "team" if scene.typing_private else "all",
        (_INPUT.x + 10, _INPUT.centery),
        14,
        AMBER,
        anchor="midleft",
    )
    place = pygame.Rect(label.right + 8, _INPUT.y, _INPUT.right - label.right - 18, _INPUT.height)
    if scene.typing_limit:
        spot = (_INPUT.right - 10, _INPUT.centery)
        limit = write(target, scene.typing_limit, spot, 13, FADED, anchor="midright")
        place.width = limit.left - 8 - place.x
    draw_typed(target, typed, place.inflate(0, -4), scene.now, selected=scene.typing_selected)
    if not typed:
        hint = "Tab: all or team   Enter: say   Esc: never mind"
        write(
            target,
            hint,
            (label.right + 14, _INPUT.centery),
            13,
            FADED,
            anchor="midleft",
            width=_INPUT.right - label.right - 20,
        )


def draw_typed(  # noqa: PLR0913 - a field has this many properties
    target: pygame.Surface,
    typed: str,
    place: pygame.Rect,
    now: float | None,
    size: int = 16,
    *,
    selected: bool = False,
) -> None:
    """Text being typed, inside `place`: its end is what must be seen. `now` None: no cursor."""
    shown = typed[-200:]
    while shown and width_of(shown, size) > place.width - 6:
        shown = shown[max(1, len(shown) // 16) :]
    letters = line(shown, size, width=place.width)
    spot = letters.get_rect(midleft=place.midleft)
    outer = target.get_clip()
    target.set_clip(place.inflate(6, 0).clip(outer))
    if selected:
        pygame.draw.rect(target, _SELECTED, spot.inflate(6, 2), border_radius=4)
    target.blit(letters, spot)
    target.set_clip(outer)
    if now is not None and now % 1.0 < 0.6:
        x = spot.right + 2 if shown else place.x
        pygame.draw.line(target, AMBER, (x, place.centery - 8), (x, place.centery + 7), 2)
