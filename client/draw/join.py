"""The first window: a lantern in the night, the link, the name, and what happens on the way in."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pygame

from client.draw import backdrop, icons
from client.draw.chatbox import draw_typed
from client.draw.palette import AMBER, BAD, FADED, GOOD, PANEL_EDGE, PAPER, WARN
from client.draw.panel import button, panel, paragraph
from client.draw.text import line_height, wrapped, write

Focus = Literal["name", "link"]

BOARD: Final = pygame.Rect(390, 116, 530, 396)
NAME: Final = pygame.Rect(BOARD.x + 20, BOARD.y + 40, 230, 36)
LINK: Final = pygame.Rect(BOARD.x + 20, BOARD.y + 108, BOARD.width - 40, 36)
JOIN: Final = pygame.Rect(BOARD.right - 170, BOARD.y + 160, 150, 40)
_LOWER: Final = pygame.Rect(BOARD.x + 20, BOARD.y + 214, BOARD.width - 40, 170)
_RECENT_ROW: Final = 38
RECENTS_MAX: Final = 3
PROBLEM_TEXT: Final = pygame.Rect(BOARD.x + 60, BOARD.y + 218, BOARD.width - 92, 72)
"""The most room that there is for what went wrong."""
PROBLEM_SIZE: Final = 15


@dataclass(frozen=True, slots=True)
class Recent:
    """A server that was joined before."""

    title: str
    place: str  # where it is, for the eye


@dataclass(frozen=True, slots=True)
class JoinPicture:
    """All that the join window shows."""

    now: float
    name: str
    link: str
    focus: Focus = "link"
    recents: Sequence[Recent] = ()
    steps: Sequence[str] = ()  # of the connection being made, the last is under way
    note: str = ""  # why it takes longer
    problem: str = ""
    mouse: tuple[int, int] = (0, 0)
    selected: bool = False  # all of the field in focus: typing replaces it
    name_hint: str = ""  # why no more letters fit

    @property
    def busy(self) -> bool:
        """A connection is being made."""
        return bool(self.steps)


def problem_place(problem: str) -> pygame.Rect:
    """The box of what went wrong, as tall as its sentence."""
    lines = len(wrapped(problem, PROBLEM_SIZE, PROBLEM_TEXT.width))
    tall = min(PROBLEM_TEXT.height, lines * line_height(PROBLEM_SIZE))
    return pygame.Rect(_LOWER.x, PROBLEM_TEXT.y - 12, _LOWER.width, tall + 22)


def recent_place(index: int, problem: str = "") -> pygame.Rect:
    """Where the row of a recent server is; below the problem while there is one."""
    top = (problem_place(problem).bottom + 10 if problem else _LOWER.y) + 24
    return pygame.Rect(_LOWER.x, top + index * _RECENT_ROW, _LOWER.width, _RECENT_ROW - 5)


def recents_shown(problem: str = "") -> int:
    """How many recent servers there is room for."""
    return min(RECENTS_MAX, (BOARD.bottom - recent_place(0, problem).y) // _RECENT_ROW)


def draw_join(target: pygame.Surface, scene: JoinPicture) -> None:
    """Draw the whole window."""
    backdrop.draw(target, scene.now)
    _title(target)
    panel(target, BOARD)
    _field(target, NAME, "Your name", scene.name, scene, "name")
    if scene.name_hint and scene.focus == "name" and not scene.busy:
        spot = (NAME.right + 12, NAME.centery)
        write(target, scene.name_hint, spot, 14, FADED, anchor="midleft", width=240)
    _field(target, LINK, "The invite you were sent", scene.link, scene, "link")
    if not scene.link and not scene.busy:
        hint = "lanternhold://join/...   Ctrl+V pastes it"
        spot = (LINK.x + 16, LINK.centery)
        write(target, hint, spot, 15, FADED, anchor="midleft", width=LINK.width - 30)
    label = "Stop" if scene.busy else "Join"
    button(target, JOIN, label, hot=JOIN.collidepoint(scene.mouse) or not scene.busy)
    keys = "Esc: stop" if scene.busy else "Enter: join    Tab: next field    Esc: quit"
    write(target, keys, (NAME.x, JOIN.centery), 14, FADED, anchor="midleft")
    if scene.busy:
        _steps(target, scene)
        return
    if scene.problem:
        _problem(target, scene.problem)
    _recents(target, scene)


def _title(target: pygame.Surface) -> None:
    middle = BOARD.centerx
    write(target, "Lanternhold", (middle, 26), 58, AMBER, anchor="midtop", shadow=True)
    words = "carry light into the dusk, together"
    write(target, words, (middle, 84), 17, PAPER, anchor="midtop", shadow=True)


def _field(  # noqa: PLR0913, PLR0917 - one field
    target: pygame.Surface,
    place: pygame.Rect,
    label: str,
    typed: str,
    scene: JoinPicture,
    name: Focus,
) -> None:
    active = scene.focus == name and not scene.busy
    write(target, label, (place.x + 2, place.y - 22), 15, PAPER)
    pygame.draw.rect(target, (15, 14, 26), place, border_radius=8)
    edge = AMBER if active else PANEL_EDGE
    pygame.draw.rect(target, edge, place, 2, border_radius=8)
    inside = place.inflate(-20, -6)
    selected = active and scene.selected
    draw_typed(target, typed, inside, scene.now if active else None, 17, selected=selected)


def _steps(target: pygame.Surface, scene: JoinPicture) -> None:
    y = _LOWER.y + 6
    write(target, "On the way in", (_LOWER.x, y), 16, AMBER)
    y += 26
    shown = scene.steps[-4 if scene.note else -5 :]
    for index, step in enumerate(shown):
        is_last = index == len(shown) - 1
        middle = (_LOWER.x + 11, y + 9)
        if is_last:
            for dot in range(6):
                angle = scene.now * 6 + dot * math.tau / 6
                spot = (middle[0] + math.cos(angle) * 6, middle[1] + math.sin(angle) * 6)
                tint = 70 + 30 * dot
                pygame.draw.circle(target, (tint, round(tint * 0.8), round(tint * 0.45)), spot, 1.8)
        else:
            mark = icons.tick(17, GOOD)
            target.blit(mark, mark.get_rect(center=middle))
        colour = PAPER if is_last else FADED
        write(target, step, (_LOWER.x + 28, y), 16, colour, width=_LOWER.width - 30)
        y += 25
    if scene.note:
        room = pygame.Rect(_LOWER.x + 28, y, _LOWER.width - 30, max(20, _LOWER.bottom - y))
        paragraph(target, scene.note, room, 14, WARN)


def _problem(target: pygame.Surface, problem: str) -> None:
    box = problem_place(problem)
    panel(target, box, edge=BAD)
    spot = (box.x + 22, box.centery)
    pygame.draw.circle(target, BAD, spot, 10)
    write(target, "!", (spot[0], spot[1] + 1), 18, (30, 18, 24), anchor="center")
    paragraph(target, problem, PROBLEM_TEXT, PROBLEM_SIZE, PAPER)


def _recents(target: pygame.Surface, scene: JoinPicture) -> None:
    if not scene.recents:
        return
    heading = recent_place(0, scene.problem).move(0, -24)
    write(target, "Joined before", heading.topleft, 15, FADED)
    for index, recent in enumerate(scene.recents[: recents_shown(scene.problem)]):
        place = recent_place(index, scene.problem)
        hot = place.collidepoint(scene.mouse)
        fill = (66, 58, 92) if hot else (42, 39, 62)
        pygame.draw.rect(target, fill, place, border_radius=7)
        target.blit(icons.lantern(24), (place.x + 8, place.y + 4))
        title = write(
            target,
            recent.title,
            (place.x + 40, place.centery),
            16,
            AMBER if hot else PAPER,
            anchor="midleft",
            width=240,
        )
        room = place.right - title.right - 30
        write(
            target,
            recent.place,
            (place.right - 12, place.centery),
            14,
            FADED,
            anchor="midright",
            width=room,
        )
