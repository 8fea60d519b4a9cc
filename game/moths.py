"""What the moths do in a tick: look for prey, fly, bite, rest."""

from math import isqrt
from typing import Final

from game.events import EventKind
from game.lanterns import Lights, is_lit
from game.moth import EID_MOTH, Moth
from game.player import Player
from game.rules import UNIT
from game.state import Phase, State

_LOOKS_PER_SECOND: Final = 4
_TRIES: Final = 4
_STRAY: Final = 10  # tiles that an idle moth flies at most from one goal to the next


def create(state: State) -> None:
    """Put the world's moths into the dark."""
    state.moths = {}
    for eid in range(EID_MOTH, EID_MOTH + state.rules.moths):
        x, y = _dark_place(state)
        state.moths[eid] = Moth(eid, x, y, goal_x=x, goal_y=y)


def pass_tick(state: State, lit: Lights) -> None:
    """One tick of every moth."""
    every = max(1, state.rules.tick_hz // _LOOKS_PER_SECOND)
    for eid in sorted(state.moths):
        moth = state.moths[eid]
        if state.tick < moth.rest_until:
            continue
        if (state.tick + eid) % every == 0:
            _look(state, moth, lit)
        _act(state, moth, lit)


def _act(state: State, moth: Moth, lit: Lights) -> None:
    prey = _prey(state, moth, lit)
    if prey is None:
        moth.prey = 0
        _stray(state, moth, lit)
        return
    body = prey.body
    _fly(moth, body.x, body.y, state.rules.step(state.rules.moth_speed), lit)
    if _squared(moth, body.x, body.y) <= state.rules.touch**2:
        _bite(state, moth, prey)


def _prey(state: State, moth: Moth, lit: Lights) -> Player | None:
    """The moth's prey as long as it may be hunted."""
    player = state.players.get(moth.prey) if moth.prey else None
    return player if player is not None and _is_prey(state, player, lit) else None


def _is_prey(state: State, player: Player, lit: Lights) -> bool:
    body = player.body
    return (
        state.phase is Phase.PLAY
        and body.load > 0
        and player.safe_until <= state.tick
        and not is_lit(body.x, body.y, lit)
    )


def _look(state: State, moth: Moth, lit: Lights) -> None:
    """Choose the nearest prey in sight; of two equally near ones the lower eid."""
    sight = state.rules.moth_sight
    nearest = sight**2 + 1, 0
    left, right = moth.x - sight, moth.x + sight
    for player in state.players.values():
        if left <= player.body.x <= right and player.body.load:
            found = _squared(moth, player.body.x, player.body.y), player.eid
            if found < nearest and _is_prey(state, player, lit):
                nearest = found
    moth.prey = nearest[1]


def _stray(state: State, moth: Moth, lit: Lights) -> None:
    """Fly about at half speed; a light that has grown over the moth drives it out."""
    speed = state.rules.step(state.rules.moth_speed)
    for x, y, squared in lit:
        if _squared(moth, x, y) <= squared:
            _flee(state, moth, x, y, speed)
            return
    if _squared(moth, moth.goal_x, moth.goal_y) <= (UNIT // 2) ** 2 or not _fly(
        moth, moth.goal_x, moth.goal_y, speed // 2, lit
    ):
        moth.goal_x, moth.goal_y = _next_goal(state, moth)


def _next_goal(state: State, moth: Moth) -> tuple[int, int]:
    edge = state.terrain.size * UNIT - 1
    stray = _STRAY * UNIT
    x = moth.x + state.rng.between(-stray, stray)
    y = moth.y + state.rng.between(-stray, stray)
    return min(max(x, 0), edge), min(max(y, 0), edge)


def _flee(state: State, moth: Moth, x: int, y: int, speed: int) -> None:
    """Fly straight away from (x, y), but never off the map."""
    edge = state.terrain.size * UNIT - 1
    dx, dy = moth.x - x, moth.y - y
    far = isqrt(dx * dx + dy * dy)
    if far == 0:
        dx, far = 1, 1
    _turn(moth, dx, dy)
    moth.x = min(max(moth.x + _part(speed * dx, far), 0), edge)
    moth.y = min(max(moth.y + _part(speed * dy, far), 0), edge)
    moth.goal_x, moth.goal_y = moth.x, moth.y


def _fly(moth: Moth, x: int, y: int, speed: int, lit: Lights) -> bool:
    """Fly towards (x, y), unless that leads into light: then stay, and return False."""
    dx, dy = x - moth.x, y - moth.y
    far = isqrt(dx * dx + dy * dy)
    if far > speed:
        dx, dy = _part(speed * dx, far), _part(speed * dy, far)
    _turn(moth, dx, dy)
    if is_lit(moth.x + dx, moth.y + dy, lit):
        return False
    moth.x += dx
    moth.y += dy
    return True


def _part(numerator: int, denominator: int) -> int:
    """Division that truncates towards zero, so that no direction is favoured."""
    whole = abs(numerator) // denominator
    return whole if numerator >= 0 else -whole


def _turn(moth: Moth, dx: int, dy: int) -> None:
    """Face the nearest eighth of a turn; 12/5 is the tangent of 67.4 degrees."""
    if not dx and not dy:
        return
    is_steep, is_flat = abs(dy) * 5 > abs(dx) * 12, abs(dx) * 5 > abs(dy) * 12
    if is_steep:
        moth.facing = 4 if dy > 0 else 0
    elif is_flat:
        moth.facing = 2 if dx > 0 else 6
    elif dx > 0:
        moth.facing = 3 if dy > 0 else 1
    else:
        moth.facing = 5 if dy > 0 else 7


def _bite(state: State, moth: Moth, prey: Player) -> None:
    rules = state.rules
    fallen = state.rob(prey, 1)
    moth.rest_until = state.tick + rules.ticks(rules.moth_rest_ms)
    moth.prey = 0
    state.tell(EventKind.BITTEN, prey, moth.eid, sum(fallen))


def _squared(moth: Moth, x: int, y: int) -> int:
    dx, dy = x - moth.x, y - moth.y
    return dx * dx + dy * dy


def _dark_place(state: State) -> tuple[int, int]:
    """Of some places the one that is farthest from all lanterns."""
    edge = state.terrain.size * UNIT
    best, farthest = (0, 0), -1
    for _ in range(_TRIES):
        x, y = state.rng.below(edge), state.rng.below(edge)
        far = min((lamp.x - x) ** 2 + (lamp.y - y) ** 2 for lamp in state.lanterns)
        if far > farthest:
            best, farthest = (x, y), far
    return best
