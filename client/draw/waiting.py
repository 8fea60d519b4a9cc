"""The line is down: the world grey and still, why, and when the next attempt comes."""

import math
from typing import Final

import pygame

from client.draw.camera import SCREEN
from client.draw.palette import AMBER, FADED, GLIMMER, NIGHT, PAPER, WARN
from client.draw.panel import button, panel, paragraph
from client.draw.picture import Trouble
from client.draw.text import line, write

_BOARD: Final = pygame.Rect(SCREEN[0] // 2 - 210, 150, 420, 210)
RETRY: Final = pygame.Rect(_BOARD.x + 24, _BOARD.bottom - 50, 176, 34)
LEAVE: Final = pygame.Rect(_BOARD.right - 200, _BOARD.bottom - 50, 176, 34)


def grey(target: pygame.Surface, light: int = 84) -> None:
    """Take colour and light (to `light` of 255) out of what is already drawn."""
    veil = pygame.Surface(target.get_size())
    veil.fill((light, light, light + 12))
    target.blit(veil, (0, 0), special_flags=pygame.BLEND_RGB_MULT)
    veil.fill(NIGHT)
    target.blit(veil, (0, 0), special_flags=pygame.BLEND_RGB_ADD)


def draw_waiting(target: pygame.Surface, trouble: Trouble, now: float) -> None:
    """The overlay with its two buttons (RETRY, LEAVE); of a silent line only a strip."""
    if trouble.is_stalled:
        _strip(target, trouble, now)
        return
    grey(target)
    inside = panel(target, _BOARD, edge=WARN)
    write(
        target, "Waiting for the server", (inside.centerx, inside.y + 2), 24, AMBER, anchor="midtop"
    )
    reason = pygame.Rect(inside.x + 8, inside.y + 38, inside.width - 16, 58)
    paragraph(target, trouble.reason, reason, 15, PAPER, centred=True)
    attempt = f"attempt {trouble.attempt}"
    doing = trouble.trying or f"next try in {max(0, math.ceil(trouble.seconds))} s"
    write(
        target,
        f"{attempt}: {doing}",
        (inside.centerx, inside.y + 100),
        15,
        GLIMMER,
        anchor="midtop",
        width=inside.width,
    )
    words = "Your place in the world is kept for a while."
    write(target, words, (inside.centerx, inside.y + 122), 13, FADED, anchor="midtop")
    _spinner(target, (inside.x + 26, inside.y + 14), now)
    mouse = pygame.mouse.get_pos() if pygame.display.get_init() else (0, 0)
    button(target, RETRY, "Try now  (Enter)", hot=RETRY.collidepoint(mouse))
    button(target, LEAVE, "Leave  (Esc)", hot=LEAVE.collidepoint(mouse))


def _strip(target: pygame.Surface, trouble: Trouble, now: float) -> None:
    """It may pass: the world stays visible behind a light veil."""
    grey(target, 170)
    letters = line(trouble.reason, 17, AMBER, width=560)
    place = letters.get_rect(center=(SCREEN[0] // 2 + 16, 196))
    panel(target, place.inflate(84, 24).move(-16, 0), edge=WARN)
    target.blit(letters, place)
    _spinner(target, (place.x - 24, place.centery), now)


def _spinner(target: pygame.Surface, middle: tuple[int, int], now: float) -> None:
    for index in range(8):
        angle = now * 5 + index * math.tau / 8
        spot = (middle[0] + math.cos(angle) * 10, middle[1] + math.sin(angle) * 10)
        tint = 50 + index * 24
        pygame.draw.circle(target, (tint, round(tint * 0.8), round(tint * 0.45)), spot, 2.4)
