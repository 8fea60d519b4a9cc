"""Playing: lobby, countdown and the round itself, for as long as the stay lasts."""

from typing import Final, Literal

import pygame

from client.draw import waiting
from client.scenes import join, results
from client.scenes.asking import ACTS, ask
from client.scenes.esc_menu import EscMenu
from client.scenes.keyboard import Keyboard
from client.scenes.scene import Scene
from client.scenes.show import Show
from client.scenes.typing_line import TypingLine, begin_typing, end_typing
from client.scenes.vain_work import VainWork, why
from client.state import Failed, Left, Waiting
from game.body import Keys

_SAY_MOST: Final = 200
_ENTER: Final = (pygame.K_RETURN, pygame.K_KP_ENTER)


class PlayScene:
    """The keys go to the body, or to the chat line, or to the menu."""

    def __init__(self, show: Show, menu: EscMenu | None = None) -> None:
        self.show = show
        self._keyboard = Keyboard()
        self._typing: TypingLine | None = None
        self._channel: Literal["all", "team"] = "all"
        self._menu = menu or EscMenu()
        self._vain = VainWork()
        self._wants_out = False

    def enter(self, now: float) -> None:  # noqa: ARG002 - see Scene
        """Begin with no key held."""
        self._keyboard.let_go()
        end_typing()

    # ------------------------------------------------------------ input

    def handle(self, event: pygame.event.Event, now: float) -> None:
        """Sort an event to whom it is for."""
        if isinstance(self.show.stay.state, Waiting):
            self._handle_waiting(event, now)
        elif self._typing is not None:
            self._handle_typing(event, self._typing)
        elif self._menu.is_open:
            self._menu.handle(event)
        else:
            self._keyboard.handle(event)
            if event.type == pygame.KEYDOWN:
                self._pressed(event.key, now)

    def _pressed(self, key: int, now: float) -> None:
        if key in _ENTER:
            self._open_chat()
        elif key == pygame.K_ESCAPE:
            self._menu.is_open = True
            self._keyboard.let_go()
        elif key == pygame.K_F3:
            self.show.shows_graph = not self.show.shows_graph
        elif key == pygame.K_m:
            self.show.stage.sounds.toggle()
        elif key in ACTS:
            ask(self.show, ACTS[key], now)

    def _open_chat(self) -> None:
        self._typing = TypingLine(at_most=_SAY_MOST)
        self._keyboard.let_go()
        begin_typing()

    def _handle_typing(self, event: pygame.event.Event, typing: TypingLine) -> None:
        if event.type != pygame.KEYDOWN or event.key not in (
            *_ENTER,
            pygame.K_ESCAPE,
            pygame.K_TAB,
        ):
            typing.handle(event)
        elif event.key == pygame.K_TAB:
            self._channel = "team" if self._channel == "all" else "all"
        elif event.key == pygame.K_ESCAPE or self._say(typing.text.strip()):
            self._typing = None
            end_typing()

    def _say(self, text: str) -> bool:
        """Whether the line may be closed: what could not be sent stays."""
        return not text or self.show.stay.say(text, self._channel)

    def _handle_waiting(self, event: pygame.event.Event, now: float) -> None:
        self._keyboard.let_go()
        if event.type == pygame.KEYDOWN:
            retry, leave = event.key in _ENTER, event.key == pygame.K_ESCAPE
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            retry = waiting.RETRY.collidepoint(event.pos)
            leave = waiting.LEAVE.collidepoint(event.pos)
        else:
            return
        if retry:
            self.show.stay.retry_now(now)
        self._wants_out = self._wants_out or leave

    # ------------------------------------------------------------ once a frame

    def update(self, now: float) -> Scene | None:
        """Hand the keys over, take the world in, see what comes next."""
        stay = self.show.stay
        keys = self._keyboard.keys if not self._menu.is_open else Keys(0)
        near, works = stay.target_near(), self._keyboard.is_working
        stay.set_keys(keys, near if works else 0)
        self.show.update(now)
        holds = works and self.show.phase == "play" and stay.own is not None
        if self._vain.is_news(now, holds=holds, finds=bool(near)):
            self.show.tell(why(stay), now, 2.5)
        return self._next()

    def _next(self) -> Scene | None:
        show, state = self.show, self.show.stay.state
        if isinstance(state, Failed):
            return self._out(state.sentence)
        if isinstance(state, Left) or self._wants_out or self._menu.chosen:
            return self._out("")
        if show.phase == "results":
            if self._typing is not None:
                end_typing()
            return results.ResultsScene(show, self._menu)
        return None

    def _out(self, problem: str) -> Scene:
        self.leave()
        return join.after(self.show, problem, renames=self._menu.chosen == "rename")

    def draw(self, target: pygame.Surface, now: float) -> None:
        """Draw one frame."""
        picture = self.show.picture(
            now,
            typing=self._typing,
            typing_private=self._channel == "team",
            shows_scores=self._keyboard.is_held(pygame.K_TAB),
        )
        if picture is None:
            return
        camera = self.show.view.draw(target, picture)
        self.show.hud.draw(target, picture, camera)
        if not picture.trouble:
            self._menu.draw(target)

    def leave(self) -> None:
        """The window closes, or the player goes."""
        self.show.stay.close()
