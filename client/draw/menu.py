"""Esc: the keys, and the way out."""

from typing import Final

import pygame

from client.draw.camera import SCREEN
from client.draw.palette import AMBER
from client.draw.panel import button, key_row, panel
from client.draw.text import write

_BOARD: Final = pygame.Rect(SCREEN[0] // 2 - 230, 92, 460, 330)
STAY: Final = pygame.Rect(_BOARD.x + 24, _BOARD.bottom - 50, 132, 34)
RENAME: Final = STAY.move(140, 0)
LEAVE: Final = STAY.move(280, 0)

_KEYS: Final = (
    (("W", "A", "S", "D"), "walk (or the arrows)"),
    (("Space",), "dash"),
    (("E",), "take what is near (hold; or the mouse)"),
    (("F",), "hand in at your lantern"),
    (("Q",), "drop everything"),
    (("G",), "point at where you stand, for your team"),
    (("R", "T"), "lobby: ready, other team"),
    (("Enter",), "say something"),
)
_SMALL: Final = (
    (("Tab",), "scores"), (("F3",), "line"), (("M",), "sound"), (("F11",), "full screen"),
)  # fmt: skip


def draw_menu(target: pygame.Surface) -> None:
    """The board with its three buttons (STAY, RENAME, LEAVE)."""
    inside = panel(target, _BOARD)
    write(target, "Keys", (inside.x + 6, inside.y), 22, AMBER)
    y = inside.y + 32
    for keys, meaning in _KEYS:
        key_row(target, keys, meaning, (inside.x + 6, y), 15)
        y += 25
    x = inside.x + 6
    for keys, meaning in _SMALL:
        x = key_row(target, keys, meaning, (x, y + 2), 15) + 14
    mouse = pygame.mouse.get_pos() if pygame.display.get_init() else (0, 0)
    button(target, STAY, "Go on  (Esc)", hot=STAY.collidepoint(mouse))
    button(target, RENAME, "Another name", hot=RENAME.collidepoint(mouse))
    button(target, LEAVE, "Leave", hot=LEAVE.collidepoint(mouse))
