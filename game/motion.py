"""One tick of walking: integers only, the same on the server and in a client's prediction."""

from typing import Final

from game.body import Body
from game.rules import UNIT, Rules
from game.terrain import EASY, Terrain

_SHIFT: Final = UNIT.bit_length() - 1
_DIAGONAL: Final = 46_341  # UNIT / square root of 2
_DASH: Final = 16  # Keys.DASH as a plain int: an IntFlag costs ten times the arithmetic

HEADINGS: Final = ((0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1))
"""The step (dx, dy) of each facing, clockwise from up."""


def _facing(keys: int) -> int:
    """The facing that `keys` 0..15 ask for, -1 for none; opposite keys cancel."""
    dx = (keys >> 3 & 1) - (keys >> 2 & 1)
    dy = (keys >> 1 & 1) - (keys & 1)
    return HEADINGS.index((dx, dy)) if dx or dy else -1


_FACINGS: Final = tuple(_facing(keys) for keys in range(16))


def move(body: Body, keys: int, terrain: Terrain, rules: Rules) -> bool:
    """Walk, dash and turn as `keys` say, stopping at solid tiles; tells whether a dash began.

    A dash goes on by itself where the body faces; keys steer it. Timers run down once a call.
    """
    facing, begins = _FACINGS[keys & 15], False
    if facing >= 0:
        body.facing = facing
    if body.felt_left:
        body.felt_left -= 1
    if body.dash_left:
        body.dash_left -= 1
    if body.dash_wait:
        body.dash_wait -= 1
    elif keys & _DASH:
        body.dash_left = rules.ticks(rules.dash_ms)
        body.dash_wait = rules.ticks(rules.dash_wait_ms) - 1
        begins = True
    if facing >= 0 or body.dash_left:
        _walk(body, terrain, rules)
    return begins


def pace(body: Body, terrain: Terrain, rules: Rules) -> int:
    """Units of one step of this body where it stands, before a diagonal shortens it."""
    load = sum(body.cargo)
    if body.felt_left and load < body.felt:
        load = body.felt
    if load and terrain.at(body.x >> _SHIFT, body.y >> _SHIFT) in EASY:
        load = max(0, load - rules.path_eases)
    steps = rules.load_steps
    distance = rules.speed // rules.tick_hz * max(1, steps - load) // steps
    return distance * rules.dash_factor if body.dash_left else distance


def _walk(body: Body, terrain: Terrain, rules: Rules) -> None:
    dx, dy = HEADINGS[body.facing]
    distance = pace(body, terrain, rules)
    if dx and dy:
        distance = distance * _DIAGONAL >> _SHIFT
    half = rules.half_width
    # Only where the leading edge comes to other tiles there can be anything new in the way: in one
    # step of four.
    if dx:
        edge = (body.x + dx * (distance + half)) >> _SHIFT
        is_blocked = edge != (body.x + dx * half) >> _SHIFT and (
            terrain.is_solid(edge, (body.y - half) >> _SHIFT)
            or terrain.is_solid(edge, (body.y + half) >> _SHIFT)
        )
        body.x = _flush(body.x, edge, dx, half) if is_blocked else body.x + dx * distance
    if dy:
        edge = (body.y + dy * (distance + half)) >> _SHIFT
        is_blocked = edge != (body.y + dy * half) >> _SHIFT and (
            terrain.is_solid((body.x - half) >> _SHIFT, edge)
            or terrain.is_solid((body.x + half) >> _SHIFT, edge)
        )
        body.y = _flush(body.y, edge, dy, half) if is_blocked else body.y + dy * distance


def _flush(at: int, edge: int, towards: int, half: int) -> int:
    """Where a square stops that touches the solid tile row `edge`; never further back than now.

    A step is shorter than a tile and so is the square: only tiles under the leading edge can be
    new to it.
    """
    if towards > 0:
        return max(at, (edge << _SHIFT) - half - 1)
    return min(at, (edge + 1 << _SHIFT) + half)
