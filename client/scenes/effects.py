"""What happened becomes sparks, sounds and rising numbers."""

import math
from typing import Final

from client.draw.palette import AMBER, BAD, GLIMMER, GOOD, PAPER, STONE, WOOD, team_style
from client.draw.world import WorldView
from client.scenes.stay import Stay
from client.sound import Sounds
from game.events import EventKind
from game.items import Item
from protocol.hot import Happening

_ITEM_COLOURS: Final = {Item.WOOD: WOOD, Item.STONE: STONE, Item.GLIMMER: GLIMMER}
_ITEM_SOUNDS: Final = {Item.WOOD: "wood", Item.STONE: "stone", Item.GLIMMER: "glimmer"}
_PHASE_SOUNDS: Final = {2: "go", 3: "end"}
_HEARD_TILES: Final = 16.0

Place = tuple[float, float]


class Effects:
    """Shows each happening once."""

    def __init__(self, stay: Stay, view: WorldView, sounds: Sounds) -> None:
        self._stay = stay
        self._view = view
        self._sounds = sounds
        self._places: dict[int, Place] = {}
        self._star_at: Place | None = None

    def show(self, now: float) -> None:
        """Take all happenings that are due."""
        self._places = {mover.eid: (mover.x, mover.y) for mover in self._stay.others(now)}
        own, current = self._stay.own, self._stay.round
        if own:
            self._places[self._stay.eid] = (own.x, own.y)
        if current and current.star:
            self._star_at = (current.star[0] + 0.5, current.star[1] + 0.5)
        while self._stay.happenings:
            self._one(self._stay.happenings.popleft(), now)

    def _one(self, what: Happening, now: float) -> None:
        match what.kind:
            case EventKind.TOOK:
                self._took(what, now)
            case EventKind.DEPOSITED:
                self._deposited(what, now)
            case EventKind.DROPPED:
                self._sound("drop", what.eid, now)
            case EventKind.BUMPED | EventKind.BITTEN:
                self._hurt(what, now)
            case EventKind.DASHED:
                self._sound("dash", what.eid, now)
                self._burst(what.eid, (196, 186, 170), 8, speed=1.6, life=0.4)
            case _:
                self._of_the_world(what, now)

    def _of_the_world(self, what: Happening, now: float) -> None:
        match what.kind:
            case EventKind.LEVEL_UP:
                self._level_up(what, now)
            case EventKind.STAR_WARNING:
                self._sounds.play("warning", now)
            case EventKind.STAR_FELL:
                self._star(now)
            case EventKind.PHASE:
                self._sounds.play(_PHASE_SOUNDS.get(what.other, "ready"), now)
            case EventKind.POINTED:
                self._sound("point", what.eid, now)
                self._burst(what.eid, AMBER, 16, speed=3, glows=True, fall=0)
                self._words(what.eid, "here!", AMBER)
            case EventKind.FUEL_LOW:
                self._fuel_low(what, now)
            case _:
                pass

    def _took(self, what: Happening, now: float) -> None:
        kind = what.amount if what.amount in _ITEM_COLOURS else 0
        item = Item(kind)
        self._sound(_ITEM_SOUNDS[item], what.eid, now)
        node = self._stay.nodes.get(what.other)
        at = (node.tx + 0.5, node.ty + 0.2) if node else self._places.get(what.eid)
        if at:
            glows = item is Item.GLIMMER
            colour = (40, 120, 130) if glows else _ITEM_COLOURS[item]
            self._view.particles.burst(at, colour, 9, glows=glows)
        if what.eid == self._stay.eid:
            self._words(what.eid, "+1", PAPER, kind)

    def _deposited(self, what: Happening, now: float) -> None:
        self._sound("deposit", what.eid, now)
        at = self._lantern(what.other)
        if at:
            self._view.particles.burst(
                (at[0], at[1] - 1.4), (150, 110, 40), 26, speed=3.4, fall=1.5, life=1, glows=True
            )
            self._view.particles.rise(
                (at[0], at[1] - 1.6), f"+{what.amount}", team_style(what.other).light
            )

    def _hurt(self, what: Happening, now: float) -> None:
        """A moth or a rival made somebody drop something."""
        by_moth = what.kind == EventKind.BITTEN
        victim = what.eid if by_moth else what.other
        self._sound("bitten", victim, now)
        self._burst(victim, (206, 180, 220) if by_moth else BAD, 18, speed=3.2)
        if what.amount:
            self._words(victim, f"-{what.amount}", BAD)
        if victim == self._stay.eid:
            self._view.shake(now)

    def _level_up(self, what: Happening, now: float) -> None:
        at = self._lantern(what.other)
        self._sounds.play("level", now, 1.0 if at else 0.4)
        if at:
            up = (at[0], at[1] - 1.5)
            self._view.particles.burst(up, (160, 120, 50), 46, speed=5, life=1.2, glows=True)
            self._view.particles.rise(up, f"level {what.amount}", GOOD)

    def _star(self, now: float) -> None:
        self._sounds.play("star", now)
        if self._star_at:
            self._view.strike(now, *self._star_at)

    def _fuel_low(self, what: Happening, now: float) -> None:
        entry = self._stay.roster.get(self._stay.eid)
        if entry and entry.team == what.other:
            self._sounds.play("low", now)
            at = self._lantern(what.other)
            if at:
                self._view.particles.rise((at[0], at[1] - 1.6), "needs wood!", BAD)

    def _lantern(self, team: int) -> Place | None:
        standings = self._stay.round.standings if self._stay.round else ()
        if not 0 <= team < len(standings):
            return None
        return standings[team].x + 0.5, standings[team].y + 0.5

    def _sound(self, name: str, eid: int, now: float) -> None:
        """A sound where somebody is: quieter the further away."""
        here, there = self._places.get(self._stay.eid), self._places.get(eid)
        if eid == self._stay.eid or not here or not there:
            loudness = 1.0 if eid == self._stay.eid else 0.25
        else:
            loudness = 0.7 * max(0.0, 1 - math.dist(here, there) / _HEARD_TILES)
        self._sounds.play(name, now, loudness)

    def _burst(  # noqa: PLR0913 - passed on
        self,
        eid: int,
        colour: tuple[int, int, int],
        count: int,
        *,
        speed: float = 2.4,
        life: float = 0.6,
        fall: float = 5.0,
        glows: bool = False,
    ) -> None:
        at = self._places.get(eid)
        if at:
            self._view.particles.burst(
                at, colour, count, speed=speed, life=life, fall=fall, glows=glows
            )

    def _words(self, eid: int, words: str, colour: tuple[int, int, int], item: int = -1) -> None:
        at = self._places.get(eid)
        if at:
            self._view.particles.rise((at[0], at[1] - 1.0), words, colour, item)
