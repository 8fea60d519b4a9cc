"""The own lantern at the top left: level, fuel, what it needs; and hand-ins on their way."""

import math
from typing import Final

import pygame

from client.draw import icons
from client.draw.palette import AMBER, BAD, FADED, GOOD, PAPER, WARN, team_style
from client.draw.panel import bar, clock, panel
from client.draw.picture import Pending, Picture
from client.draw.text import write
from game.items import Item
from protocol.messages import Standing

PLACE: Final = pygame.Rect(8, 8, 212, 94)
_FULL_WOOD: Final = 40
"""Wood that fills the bar; there may be more."""

_LOW_WOOD: Final = 4


def draw(target: pygame.Surface, scene: Picture) -> None:
    """The panel, and below it the hand-ins that are not yet saved."""
    standing = scene.home
    if standing:
        _panel(target, scene, standing)
    y = PLACE.bottom + 6
    for pending in scene.pending:
        _pending(target, pending, scene.now, y)
        y += 22


def _panel(target: pygame.Surface, scene: Picture, standing: Standing) -> None:
    inside = panel(target, PLACE)
    target.blit(icons.lantern(26), (inside.x - 3, inside.y - 4))
    style = team_style(scene.me.team)
    write(target, f"{style.name} lantern", (inside.x + 28, inside.y - 1), 16, style.light)
    score = f"you {scene.me.score}"
    write(target, score, (inside.right, inside.y - 1), 16, AMBER, anchor="topright", width=60)
    for pip in range(scene.rules.level_max):
        lit = pip < standing.level
        star = icons.star(15, AMBER if lit else (70, 66, 92))
        target.blit(star, (inside.x + 28 + pip * 16, inside.y + 17))
    _fuel(target, scene, standing, inside)
    _stone(target, scene, standing, inside)


def _fuel(target: pygame.Surface, scene: Picture, standing: Standing, inside: pygame.Rect) -> None:
    wood = standing.stock[Item.WOOD]
    y = inside.y + 38
    target.blit(icons.item(Item.WOOD, 18), (inside.x, y - 2))
    low = wood < _LOW_WOOD
    blink = low and math.sin(scene.now * 7) > 0
    colour = BAD if blink else WARN if low else (240, 170, 84)
    bar(target, pygame.Rect(inside.x + 24, y + 1, 100, 13), wood / _FULL_WOOD, colour)
    lasts = clock(wood * scene.rules.burn_ms / 1000)
    words = f"burns {lasts}" if wood else "bring wood"
    write(target, words, (inside.right, y + 7), 13, BAD if low else PAPER, anchor="midright")


def _stone(target: pygame.Surface, scene: Picture, standing: Standing, inside: pygame.Rect) -> None:
    y = inside.y + 58
    need = scene.rules.stone_per_level
    have = standing.stock[Item.STONE]
    target.blit(icons.item(Item.STONE, 18), (inside.x, y - 2))
    place = pygame.Rect(inside.x + 24, y + 1, 100, 13)
    is_top = standing.level >= scene.rules.level_max
    bar(target, place, 1.0 if is_top else have / need, (170, 174, 190), notches=0)
    words = "top level" if is_top else f"{need - have} to grow"
    write(target, words, (inside.right, y + 7), 13, FADED, anchor="midright")


def _pending(target: pygame.Surface, pending: Pending, now: float, y: int) -> None:
    """A hand-in counts at once, but it is only promised when the server has it on disk."""
    place = pygame.Rect(PLACE.x, y, 150, 20)
    panel(target, place)
    middle = (place.x + 13, place.centery)
    if pending.saved:
        mark = icons.tick(16, GOOD)
        target.blit(mark, mark.get_rect(center=middle))
    else:
        turn = now * 7
        for index in range(6):
            angle = turn + index * math.tau / 6
            spot = (middle[0] + math.cos(angle) * 5, middle[1] + math.sin(angle) * 5)
            pygame.draw.circle(
                target, (40 + 36 * index, 36 + 32 * index, 40 + 20 * index), spot, 1.6
            )
    words = f"+{pending.points} saved" if pending.saved else f"+{pending.points} being saved"
    colour = GOOD if pending.saved else FADED
    write(target, words, (place.x + 26, place.centery), 14, colour, anchor="midleft", width=118)
