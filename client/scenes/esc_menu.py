"""Esc in every scene of a stay: the keys, another name, the way out."""

from typing import Literal

import pygame

from client.draw import menu

Choice = Literal["", "leave", "rename"]


class EscMenu:
    """Open or not, and what was chosen in it."""

    def __init__(self) -> None:
        self.is_open = False
        self.chosen: Choice = ""

    def handle(self, event: pygame.event.Event) -> None:
        """An event while it is open."""
        if event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE:
            self.is_open = False
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            self._click(event.pos)

    def _click(self, spot: tuple[int, int]) -> None:
        if menu.STAY.collidepoint(spot):
            self.is_open = False
        elif menu.LEAVE.collidepoint(spot):
            self.chosen = "leave"
        elif menu.RENAME.collidepoint(spot):
            self.chosen = "rename"

    def draw(self, target: pygame.Surface) -> None:
        """Draw it if it is open."""
        if self.is_open:
            menu.draw_menu(target)
