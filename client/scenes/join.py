"""The first scene: who are you, and where to."""

from typing import Final

import pygame

from client.draw import ground
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
from client.scenes.name_length import name_length
from client.scenes.scene import Scene, Stage
from client.scenes.show import Show
from client.scenes.typing_line import TypingLine, begin_typing, clipboard
from client.scenes.way_in import WayIn
from game import names
from protocol.invite import PREFIX, Invite, InviteError

_INTRODUCED_S: Final = 9.0
_FIELDS: Final[tuple[tuple[Focus, pygame.Rect], ...]] = (("name", NAME), ("link", LINK))
_LINK_MOST: Final = 2100
_NAME_FULL: Final = f"{names.LENGTH_MAX} characters: that is the most"
_NAME_CUT: Final = f"only {names.LENGTH_MAX} characters fit"


def after(show: Show, problem: str, *, renames: bool = False) -> "JoinScene":
    """The first scene again, with what the stay that ended began with."""
    scene = JoinScene(show.stage, link=show.link, name=show.name, problem=problem)
    if renames:
        scene.ask_name()
    return scene


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
        called = name or stage.settings.name or stage.memory.name
        self._name = TypingLine(called, names.LENGTH_MAX, name_length)
        self._focus: Focus = "link"
        self._problem = problem
        self._at_once = at_once
        self._way: WayIn | None = None
        self._warming = ground.warm_up()

    def enter(self, now: float) -> None:
        """Join straight away if that was asked for."""
        begin_typing()
        if self._at_once:
            self._at_once = False
            self.join(now)

    def ask_name(self) -> None:
        """The player came to change the name."""
        self._focus = "name"
        self._name.select()

    # ------------------------------------------------------------ input

    def handle(self, event: pygame.event.Event, now: float) -> None:
        """Typing, clicking, Enter."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            self._click(event.pos, now)
        elif self._way is not None:
            if event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE:
                self._stop()
        elif event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE:
            pygame.event.post(pygame.event.Event(pygame.QUIT))  # as the window's own cross does
        elif event.type == pygame.KEYDOWN and event.key in (pygame.K_RETURN, pygame.K_KP_ENTER):
            self.join(now)
        elif event.type == pygame.KEYDOWN and event.key in (
            pygame.K_TAB,
            pygame.K_UP,
            pygame.K_DOWN,
        ):
            self._go_to("name" if self._focus == "link" else "link")
        elif _is_paste(event):
            self._paste(clipboard())
        elif self._focused.handle(event):
            self._problem = ""

    def _go_to(self, field: Focus) -> None:
        """A field is typed in; what was selected elsewhere no longer is."""
        self._focused.is_selected = False
        self._focus = field

    @property
    def _focused(self) -> TypingLine:
        return self._link if self._focus == "link" else self._name

    def _paste(self, text: str) -> None:
        """A link goes where links go, in place of what was there."""
        if PREFIX in text:
            self._go_to("link")
            self._link.replace(text.strip())
        else:
            self._focused.insert(text.strip())
        self._problem = ""

    def _click(self, spot: tuple[int, int], now: float) -> None:
        if JOIN.collidepoint(spot):
            if self._way is None:
                self.join(now)
            else:
                self._stop()
        elif self._way is None:
            self._choose(spot, now)

    def _choose(self, spot: tuple[int, int], now: float) -> None:
        for field, place in _FIELDS:
            if place.collidepoint(spot):
                self._go_to(field)
                self._focused.select()
        servers = self._stage.memory.servers[: recents_shown(self._problem)]
        for index, server in enumerate(servers):
            if recent_place(index, self._problem).collidepoint(spot):
                self._link.replace(server.link)
                self.join(now)

    # ------------------------------------------------------------ the way in

    def join(self, now: float) -> None:
        """Begin a stay with what is typed, or say what is wrong with it."""
        self._problem = ""
        try:
            name = names.clean(self._name.text)
            invite = Invite.parse(self._link.text)
        except InviteError as error:
            self._problem, self._focus = str(error), "link"
        except ValueError as error:
            self._problem, self._focus = str(error), "name"
        else:
            self._name.replace(name)
            self._way = WayIn(self._stage.open_stay(invite, name, now), invite, name)

    def _stop(self) -> None:
        if self._way is not None:
            self._way.stay.close()
        self._way = None

    def update(self, now: float) -> Scene | None:
        """Follow the connection being made; prepare the ground meanwhile."""
        next(self._warming, None)
        way = self._way
        if way is None:
            return None
        way.follow(now)
        if way.problem:
            self._stop()
            self._problem = way.problem
        elif way.is_through:
            return self._go_in(way, now)
        return None

    def _go_in(self, way: WayIn, now: float) -> Scene:
        link, memory = way.invite.link(), self._stage.memory
        is_stranger = not memory.knows_name
        memory.joined(way.name, way.stay.server or way.invite.title, link)
        self._way = None
        show = Show(self._stage, way.stay, link, way.name)
        if is_stranger:
            show.tell(f"You play as {way.name}; Esc to change it", now, _INTRODUCED_S)
        return play.PlayScene(show)

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
            note=self._way.note if self._way else "",
            steps=tuple(self._way.steps) if self._way else (),
            problem=self._problem,
            mouse=pygame.mouse.get_pos(),
            selected=self._focused.is_selected,
            name_hint=_NAME_CUT if self._name.is_cut else _NAME_FULL if self._name.is_full else "",
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
