"""The top of the window: time, team scores, and what everybody should know now."""

import math
from typing import Final

import pygame

from client.draw import icons
from client.draw.camera import SCREEN
from client.draw.palette import AMBER, FADED, GLIMMER, PAPER, WARN
from client.draw.panel import clock, panel
from client.draw.picture import Picture
from client.draw.text import line, write
from game.rules import Mode

_CLOCK: Final = pygame.Rect(SCREEN[0] // 2 - 62, 8, 124, 46)
_TEAM: Final = (86, 34)
_HURRY_S: Final = 30
_WORDS: Final = {"lobby": "lobby", "countdown": "get ready", "play": "round", "results": "over"}


def draw_scores(target: pygame.Surface, scene: Picture) -> None:
    """The clock with the phase, and each team's points beside it."""
    panel(target, _CLOCK)
    left = scene.seconds_left
    hurry = scene.phase == "play" and left is not None and left < _HURRY_S
    blink = hurry and math.sin(scene.now * 6) > 0
    is_village = scene.rules.mode is Mode.VILLAGE
    shown = "village" if is_village else clock(left) if left is not None else "-"
    write(
        target, shown, (_CLOCK.centerx, _CLOCK.y + 5), 26, WARN if blink else PAPER, anchor="midtop"
    )
    words = f"round {scene.number}" if scene.phase == "play" else _WORDS[scene.phase]
    words = "no end" if is_village else words
    write(target, words, (_CLOCK.centerx, _CLOCK.bottom - 4), 13, FADED, anchor="midbottom")
    half = (len(scene.standings) + 1) // 2
    for team in range(len(scene.standings)):
        if team < half:
            x = _CLOCK.left - (half - team) * (_TEAM[0] + 6)
        else:
            x = _CLOCK.right + 6 + (team - half) * (_TEAM[0] + 6)
        _team(target, scene, team, pygame.Rect(x, 12, *_TEAM))


def _team(target: pygame.Surface, scene: Picture, team: int, place: pygame.Rect) -> None:
    mine = team == scene.me.team
    panel(target, place, edge=AMBER if mine else (84, 76, 116))
    mark = icons.team_mark(team, 24)
    target.blit(mark, mark.get_rect(midleft=(place.x + 8, place.centery)))
    score = str(scene.standings[team].score)
    write(target, score, (place.right - 10, place.centery + 1), 22, anchor="midright", width=50)


def draw_countdown(target: pygame.Surface, scene: Picture) -> None:
    """The last seconds before a round, large."""
    left = scene.seconds_left or 0.0
    number = str(max(1, math.ceil(left)))
    grow = 1 + 0.35 * (left - math.floor(left))
    digit = line(number, 90, AMBER, shadow=True)
    size = (round(digit.get_width() * grow), round(digit.get_height() * grow))
    shown = pygame.transform.smoothscale(digit, size)
    target.blit(shown, shown.get_rect(center=(SCREEN[0] // 2, 170)))
    words = "The lanterns are being lit"
    write(target, words, (SCREEN[0] // 2, 236), 20, anchor="center", shadow=True)


def draw_notice(target: pygame.Surface, scene: Picture) -> None:
    """One sentence under the clock: from the server, or about the star."""
    words, colour = scene.notice, PAPER
    if not words and scene.star:
        words, colour = (
            f"A star falls in {math.ceil(scene.star.seconds)} s: run for its glimmer",
            GLIMMER,
        )
    if not words:
        return
    letters = line(words, 17, colour, width=560)
    place = letters.get_rect(midtop=(SCREEN[0] // 2, 66))
    panel(target, place.inflate(28, 12))
    target.blit(letters, place)
