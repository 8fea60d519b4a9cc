"""One tick of walking: integers only, the same on the server and in a client's prediction."""

from typing import Final

from game.body import Body
from game.rules import UNIT, Rules
from game.strides import DASHES, HEADINGS, LOAD_SHIFT
from game.terrain import EASY, Terrain

_SHIFT: Final = UNIT.bit_length() - 1
_WITHIN: Final = UNIT - 1  # the bits of a place within its tile
_DASH: Final = 16  # Keys.DASH as a plain int: an IntFlag costs ten times the arithmetic


def _facing(keys: int) -> int:
    """The facing that `keys` 0..15 ask for, -1 for none; opposite keys cancel."""
    dx = (keys >> 3 & 1) - (keys >> 2 & 1)
    dy = (keys >> 1 & 1) - (keys & 1)
    return HEADINGS.index((dx, dy)) if dx or dy else -1


_FACINGS: Final = tuple(_facing(keys) for keys in range(16))


def move(  # noqa: C901 - in one piece: a call more for each command is a tenth of it
    body: Body, keys: int, terrain: Terrain, rules: Rules
) -> None:
    """Walk, dash and turn as `keys` say, stopping at solid tiles.

    A dash goes on by itself where the body faces; keys steer it. Timers run down once a call.
    """
    if body.felt_left or body.dash_left or body.dash_wait or keys & _DASH:
        _pass(body, keys, rules)
    way = _FACINGS[keys & 15]
    if way >= 0:
        if body.facing != way:
            body.facing = way
    elif body.dash_left:
        way = body.facing
    else:
        return
    if body.dash_left:
        way |= DASHES
    x, y = body.x, body.y
    wood, stone, glimmer = body.cargo
    load = wood + stone + glimmer
    if body.felt_left and load < body.felt:
        load = body.felt
    if load:
        if terrain.at(x >> _SHIFT, y >> _SHIFT) in EASY:
            load = max(0, load - rules.path_eases)
        way |= load << LOAD_SHIFT
    dx, edge_x, dy, edge_y = rules.strides[way]
    # Only where the leading edge comes to other tiles there can be anything new in the way: in one
    # step of four.
    if (dx and (x + edge_x & _WITHIN) + dx >> _SHIFT) or (
        dy and (y + edge_y & _WITHIN) + dy >> _SHIFT
    ):
        _cross(body, way, terrain, rules)
        return
    # To set a field costs six times as much as to look at it.
    if dx:
        body.x = x + dx
    if dy:
        body.y = y + dy


def _pass(body: Body, keys: int, rules: Rules) -> None:
    """One tick of every timer; a dash begins that is asked for and may."""
    if body.felt_left:
        body.felt_left -= 1
    if body.dash_left:
        body.dash_left -= 1
    if body.dash_wait:
        body.dash_wait -= 1
    elif keys & _DASH:
        body.dash_left = rules.ticks(rules.dash_ms)
        body.dash_wait = rules.ticks(rules.dash_wait_ms) - 1


def _cross(body: Body, way: int, terrain: Terrain, rules: Rules) -> None:
    """Make a step that comes to other tiles, as far as they let it: first in x, then in y."""
    dx, edge_x, dy, edge_y = rules.strides[way]
    x, y, half = body.x, body.y, rules.half_width
    if dx:
        edge = x + edge_x + dx >> _SHIFT
        if edge != x + edge_x >> _SHIFT and (
            terrain.is_solid(edge, y - half >> _SHIFT) or terrain.is_solid(edge, y + half >> _SHIFT)
        ):
            x = _flush(x, edge, dx, half)
        else:
            x += dx
        body.x = x
    if dy:
        edge = y + edge_y + dy >> _SHIFT
        if edge != y + edge_y >> _SHIFT and (
            terrain.is_solid(x - half >> _SHIFT, edge) or terrain.is_solid(x + half >> _SHIFT, edge)
        ):
            body.y = _flush(y, edge, dy, half)
        else:
            body.y = y + dy


def _flush(at: int, edge: int, towards: int, half: int) -> int:
    """Where a square stops that touches the solid tile row `edge`; never further back than now.

    A step is shorter than a tile and so is the square: only tiles under the leading edge can be
    new to it.
    """
    if towards > 0:
        return max(at, (edge << _SHIFT) - half - 1)
    return min(at, (edge + 1 << _SHIFT) + half)
