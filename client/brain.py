"""How a bot plays: gather, carry home, hand in, run from moths. Decides from what it can see."""

from enum import StrEnum
from random import Random
from typing import Final, NamedTuple

from client.steering import Steering
from client.view import View
from game.body import Body, Keys
from game.gathering import is_near
from game.inputs import ActKind
from game.rules import UNIT
from protocol.hot import KIND_MOTH

THINK_TICKS: Final = 6
"""A plan holds for so many ticks; steering along it is done in every one."""
FEAR: Final = 4 * UNIT
"""A moth this near makes a carrier run."""
SIGHT_TILES: Final = 20
CROWD_TILES: Final = 10
"""The best few places are chosen from by chance, so that bots do not walk in one line."""
HAND_IN_TICKS: Final = 30
"""Before asking again: the answer needs its time."""


class Mood(StrEnum):
    """What the bot is about."""

    IDLE = "idle"
    GATHER = "gather"
    CARRY = "carry"
    FLEE = "flee"
    EXPLORE = "explore"


class Decision(NamedTuple):
    """What to do in one tick."""

    keys: int
    target: int
    act: ActKind | None


class Brain:
    """One bot's mind. Chance comes from `rng` alone: equal views make equal decisions."""

    def __init__(self, rng: Random) -> None:
        self.mood = Mood.IDLE
        self._rng = rng
        self._steering = Steering(rng)
        self._node = 0
        self._think_in = 0
        self._ask_in = 0
        self._enough = 4

    def decide(self, view: View, body: Body) -> Decision:
        """What to do in this tick."""
        self._ask_in = max(0, self._ask_in - 1)
        self._think_in -= 1
        if self._think_in <= 0:
            self._think_in = THINK_TICKS
            self._plan(view, body)
        if self.mood is Mood.CARRY and self._may_hand_in(view, body):
            self._ask_in = HAND_IN_TICKS
            self._enough = self._rng.randint(3, view.rules.cargo)
            return Decision(0, 0, ActKind.DEPOSIT)
        return self._move(view, body)

    def _move(self, view: View, body: Body) -> Decision:
        target = self._node if self.mood is Mood.GATHER and self._in_reach(view, body) else 0
        if target:
            return Decision(0, target, None)
        keys = self._steering.keys(body, view.ground.terrain)
        if self.mood is Mood.FLEE and not body.dash_wait:
            keys |= Keys.DASH.value
        return Decision(keys, 0, None)

    def _plan(self, view: View, body: Body) -> None:
        if view.round is None or view.round.phase != "play":
            self._go(Mood.IDLE, None)
        elif body.load and self._is_hunted(view, body):
            self._go(Mood.FLEE, _home(view))
        elif body.load >= min(self._enough, view.rules.cargo):
            self._go(Mood.CARRY, _home(view))
        elif not self._has_work(view):
            self._seek(view, body)

    def _go(self, mood: Mood, goal: tuple[int, int] | None) -> None:
        self.mood, self._node = mood, 0
        self._steering.go(goal)

    def _seek(self, view: View, body: Body) -> None:
        """Choose a node among the nearest, or look about where none is known."""
        tx, ty = body.x // UNIT, body.y // UNIT
        nodes = [
            (max(abs(node.tx - tx), abs(node.ty - ty)), nid)
            for nid, node in view.ground.nodes_near(tx, ty, SIGHT_TILES)
            if node.stock
        ]
        if nodes:
            nodes.sort()
            within = nodes[0][0] + CROWD_TILES
            nid = self._rng.choice([nid for far, nid in nodes[:8] if far <= within])
            node = view.ground.nodes[nid]
            self._go(Mood.GATHER, (node.tx, node.ty))
            self._node = nid
        elif self.mood is not Mood.EXPLORE or self._is_there(tx, ty):
            size = view.rules.map_tiles
            goal = (self._rng.randrange(2, size - 2), self._rng.randrange(2, size - 2))
            self._go(Mood.EXPLORE, goal)

    def _is_there(self, tx: int, ty: int) -> bool:
        goal = self._steering.goal
        return goal is None or max(abs(goal[0] - tx), abs(goal[1] - ty)) < 2

    def _has_work(self, view: View) -> bool:
        node = view.ground.nodes.get(self._node)
        return self.mood is Mood.GATHER and node is not None and node.stock > 0

    def _in_reach(self, view: View, body: Body) -> bool:
        node = view.ground.nodes.get(self._node)
        near = view.rules.reach * 7 // 8  # a step into it: the edge is lost by a hair's breadth
        return node is not None and is_near(body, node.tx, node.ty, near)

    def _may_hand_in(self, view: View, body: Body) -> bool:
        home = _home(view)
        reach = view.rules.lantern_reach
        return not self._ask_in and home is not None and is_near(body, *home, reach)

    def _is_hunted(self, view: View, body: Body) -> bool:
        return any(
            mover.kind == KIND_MOTH
            and abs(mover.x - body.x) < FEAR
            and abs(mover.y - body.y) < FEAR
            for mover in view.movers
        )


def _home(view: View) -> tuple[int, int] | None:
    lantern = view.lantern
    return (lantern.x, lantern.y) if lantern else None
