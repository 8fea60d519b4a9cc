"""After a round: the board, until the next lobby."""

import pygame

from client.draw import waiting
from client.draw.results import draw_results
from client.draw.waiting import draw_waiting
from client.scenes import join, play
from client.scenes.esc_menu import EscMenu
from client.scenes.scene import Scene
from client.scenes.show import Show
from client.state import Failed, Left, Waiting
from game.body import Keys


class ResultsScene:
    """Nothing to do but to look; the next lobby brings the player back to PlayScene."""

    def __init__(self, show: Show, menu: EscMenu | None = None) -> None:
        self.show = show
        self._menu = menu or EscMenu()
        self._wants_out = False

    def enter(self, now: float) -> None:  # noqa: ARG002 - see Scene
        """A round was played."""
        self.show.stage.memory.played()

    def handle(self, event: pygame.event.Event, now: float) -> None:
        """While the line is down, the two buttons; else the menu, sound and the netgraph."""
        if isinstance(self.show.stay.state, Waiting):
            self._handle_waiting(event, now)
        elif self._menu.is_open:
            self._menu.handle(event)
        elif event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE:
            self._menu.is_open = True
        elif event.type == pygame.KEYDOWN and event.key == pygame.K_m:
            self.show.stage.sounds.toggle()
        elif event.type == pygame.KEYDOWN and event.key == pygame.K_F3:
            self.show.shows_graph = not self.show.shows_graph

    def _handle_waiting(self, event: pygame.event.Event, now: float) -> None:
        if event.type == pygame.KEYDOWN:
            if event.key == pygame.K_RETURN:
                self.show.stay.retry_now(now)
            self._wants_out = self._wants_out or event.key == pygame.K_ESCAPE
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            if waiting.RETRY.collidepoint(event.pos):
                self.show.stay.retry_now(now)
            self._wants_out = self._wants_out or waiting.LEAVE.collidepoint(event.pos)

    def update(self, now: float) -> Scene | None:
        """Back to playing with the next lobby."""
        self.show.stay.set_keys(Keys(0))
        self.show.update(now)
        state = self.show.stay.state
        if isinstance(state, Failed | Left) or self._wants_out or self._menu.chosen:
            self.leave()
            problem = state.sentence if isinstance(state, Failed) else ""
            return join.after(self.show, problem, renames=self._menu.chosen == "rename")
        if self.show.phase != "results":
            return play.PlayScene(self.show, self._menu)
        return None

    def draw(self, target: pygame.Surface, now: float) -> None:
        """Draw one frame."""
        picture = self.show.picture(now)
        if picture is None:
            return
        self.show.view.draw(target, picture)
        draw_results(target, picture)
        if picture.trouble:
            draw_waiting(target, picture.trouble, now)
        else:
            self._menu.draw(target)

    def leave(self) -> None:
        """The window closes, or the player goes."""
        self.show.stay.close()
