"""The first scene: who are you, and where to."""

import math
from typing import Final

import pygame

from client.draw.join import (
    JOIN,
    LINK,
    NAME,
    Focus,
    JoinPicture,
    Recent,
    draw_join,
    recent_place,
    recents_shown,
)
from client.scenes import play
from client.scenes.scene import Scene, Stage
from client.scenes.show import Show
from client.scenes.stay import Stay
from client.scenes.typing_line import TypingLine, clipboard
from client.state import Connecting, Failed, Left, Playing, Waiting
from game import names
from protocol.invite import PREFIX, Invite, InviteError

_LINK_MOST: Final = 2100
_NAME_MOST: Final = 40


class JoinScene:
    """Name and link, the way in step by step, and what went wrong. What was typed stays."""

    def __init__(
        self,
        stage: Stage,
        *,
        link: str = "",
        name: str = "",
        problem: str = "",
        at_once: bool = False,
    ) -> None:
        self._stage = stage
        self._link = TypingLine(link, _LINK_MOST)
        self._name = TypingLine(name or stage.settings.name or stage.memory.name, _NAME_MOST)
        self._focus: Focus = "link"
        self._problem = problem
        self._at_once = at_once
        self._stay: Stay | None = None
        self._invite: Invite | None = None
        self._steps: list[str] = []
        self._note = ""

    def enter(self, now: float) -> None:
        """Join straight away if that was asked for."""
        pygame.key.start_text_input()
        if self._at_once:
            self._at_once = False
            self.join(now)

    # ------------------------------------------------------------ input

    def handle(self, event: pygame.event.Event, now: float) -> None:
        """Typing, clicking, Enter."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            self._click(event.pos, now)
        elif self._stay is not None:
            if event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE:
                self._stop()
        elif event.type == pygame.KEYDOWN and event.key in (pygame.K_RETURN, pygame.K_KP_ENTER):
            self.join(now)
        elif event.type == pygame.KEYDOWN and event.key in (
            pygame.K_TAB,
            pygame.K_UP,
            pygame.K_DOWN,
        ):
            self._focus = "name" if self._focus == "link" else "link"
        elif _is_paste(event):
            self._paste(clipboard())
        elif self._focused.handle(event):
            self._problem = ""

    @property
    def _focused(self) -> TypingLine:
        return self._link if self._focus == "link" else self._name

    def _paste(self, text: str) -> None:
        """A link goes where links go, in place of what was there."""
        if PREFIX in text:
            self._focus = "link"
            self._link.replace(text.strip())
        else:
            self._focused.insert(text.strip())
        self._problem = ""

    def _click(self, spot: tuple[int, int], now: float) -> None:
        if JOIN.collidepoint(spot):
            if self._stay is None:
                self.join(now)
            else:
                self._stop()
        elif self._stay is None:
            self._choose(spot, now)

    def _choose(self, spot: tuple[int, int], now: float) -> None:
        if NAME.collidepoint(spot):
            self._focus = "name"
        elif LINK.collidepoint(spot):
            self._focus = "link"
        has_problem = bool(self._problem)
        servers = self._stage.memory.servers[: recents_shown(problem=has_problem)]
        for index, server in enumerate(servers):
            if recent_place(index, problem=has_problem).collidepoint(spot):
                self._link.replace(server.link)
                self.join(now)

    # ------------------------------------------------------------ the way in

    def join(self, now: float) -> None:
        """Begin a stay with what is typed, or say what is wrong with it."""
        self._problem = self._note = ""
        try:
            name = names.clean(self._name.text)
            self._invite = Invite.parse(self._link.text)
        except InviteError as error:
            self._problem, self._focus = str(error), "link"
        except ValueError as error:
            self._problem, self._focus = str(error), "name"
        else:
            self._name.replace(name)
            self._steps = ["Reading the invite"]
            self._stay = self._stage.open_stay(self._invite, name, now)

    def _stop(self) -> None:
        if self._stay is not None:
            self._stay.close()
        self._stay = None
        self._steps = []

    def update(self, now: float) -> Scene | None:
        """Follow the connection being made."""
        if self._stay is None:
            return None
        self._stay.poll(now)
        match self._stay.state:
            case Connecting(step=step):
                self._step(step)
            case Waiting() as state:
                self._wait(state, now)
            case Failed(problem=problem):
                self._fail(problem.sentence)
            case Left():
                self._fail("The connection was closed before you were in; join again.")
            case Playing():
                return self._go_in()
        return None

    def _step(self, step: str) -> None:
        if step and step not in self._steps:
            self._steps.append(step)

    def _wait(self, state: Waiting, now: float) -> None:
        """Not let in yet, but worth another try."""
        self._note = state.reason
        left = math.ceil(state.seconds_left(now))
        self._steps = [state.trying or f"Attempt {state.attempt + 1} in {left} s"]

    def _fail(self, sentence: str) -> None:
        self._stop()
        self._problem = sentence

    def _go_in(self) -> Scene | None:
        stay, invite = self._stay, self._invite
        self._step("In: waiting for the first look at the world")
        if stay is None or invite is None or stay.own is None or stay.round is None:
            return None
        link, name = invite.link(), self._name.text
        self._stage.memory.joined(name, stay.server or invite.title, link)
        self._stay = None
        return play.PlayScene(Show(self._stage, stay, link, name))

    # ------------------------------------------------------------ out

    def picture(self, now: float) -> JoinPicture:
        """This frame as data."""
        servers = self._stage.memory.servers
        return JoinPicture(
            now=now,
            name=self._name.text,
            link=self._link.text,
            focus=self._focus,
            recents=[Recent(server.title, server.place) for server in servers],
            note=self._note,
            steps=tuple(self._steps) if self._stay is not None else (),
            problem=self._problem,
            mouse=pygame.mouse.get_pos(),
        )

    def draw(self, target: pygame.Surface, now: float) -> None:
        """Draw one frame."""
        draw_join(target, self.picture(now))

    def leave(self) -> None:
        """The window closes."""
        self._stop()


def _is_paste(event: pygame.event.Event) -> bool:
    return bool(
        event.type == pygame.KEYDOWN
        and event.key == pygame.K_v
        and event.mod & (pygame.KMOD_CTRL | pygame.KMOD_META)
    )
