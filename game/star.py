"""The falling star: everybody is told where, and everybody runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from game.events import Event, EventKind
from game.items import EMPTY, Item, plus
from game.rules import UNIT

if TYPE_CHECKING:
    from game.state import State

_TRIES: Final = 24


class Star(msgspec.Struct, array_like=True, frozen=True):
    """A star that will fall on tile (tx, ty) in tick `falls`."""

    tx: int
    ty: int
    falls: int


def begin(state: State) -> None:
    """Set the clock of the first star when play begins."""
    every = state.rules.ticks(state.rules.star_every_ms)
    state.star = None
    state.next_star = state.tick + every if every else 0


def end(state: State) -> None:
    """No star falls any more."""
    state.star, state.next_star = None, 0


def pass_tick(state: State) -> None:
    """Announce the star that is due, let the announced one fall; none for an empty world."""
    if state.is_deserted:
        end(state)
        return
    if not state.next_star:
        begin(state)
        return
    warning = state.rules.ticks(state.rules.star_warning_ms)
    if state.star is None and state.tick >= state.next_star - warning:
        _announce(state)
    if state.star is not None and state.tick >= state.star.falls:
        _fall(state, state.star)


def _announce(state: State) -> None:
    if state.phase_ends and state.next_star >= state.phase_ends:
        end(state)  # it would fall when nobody can gather any more
        return
    tx, ty = _site(state)
    state.star = star = Star(tx, ty, state.next_star)
    left = star.falls - state.tick
    _tell(state, EventKind.STAR_WARNING, star, 0, left)


def _fall(state: State, star: Star) -> None:
    glimmer = state.rules.star_glimmer
    nid = state.ground.lay(Item.GLIMMER, glimmer, star.tx, star.ty) if glimmer else 0
    state.spawn(plus(EMPTY, Item.GLIMMER, glimmer))
    _tell(state, EventKind.STAR_FELL, star, nid, glimmer)
    state.star = None
    state.next_star += state.rules.ticks(state.rules.star_every_ms)


def _tell(state: State, kind: EventKind, star: Star, other: int, amount: int) -> None:
    x, y = star.tx * UNIT + UNIT // 2, star.ty * UNIT + UNIT // 2
    state.events.append(Event(kind, 0, other, amount, x, y))


def _site(state: State) -> tuple[int, int]:
    """Of some tiles one can stand on, the one that is most equally far from all lanterns."""
    size, terrain = state.terrain.size, state.terrain
    best, best_bias = (state.lanterns[0].tx, state.lanterns[0].ty + 1), -1
    for _ in range(_TRIES):
        tx, ty = state.rng.below(size), state.rng.below(size)
        if terrain.is_solid(tx, ty):
            continue
        ways = [abs(lantern.tx - tx) + abs(lantern.ty - ty) for lantern in state.lanterns]
        bias = max(ways) - min(ways) + max(0, size // 5 - min(ways)) * 2
        if best_bias < 0 or bias < best_bias:
            best, best_bias = (tx, ty), bias
    return best
