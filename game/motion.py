"""One tick of walking: integers only, the same on the server and in a client's prediction."""

from typing import Final

from game.body import Body
from game.items import EMPTY
from game.rules import UNIT, Rules
from game.strides import DASHES, HEADINGS, LOAD_SHIFT, Stride
from game.terrain import EASY, Terrain

_SHIFT: Final = UNIT.bit_length() - 1
_DASH: Final = 16  # Keys.DASH as a plain int: an IntFlag costs ten times the arithmetic


def _facing(keys: int) -> int:
    """The facing that `keys` 0..15 ask for, -1 for none; opposite keys cancel."""
    dx = (keys >> 3 & 1) - (keys >> 2 & 1)
    dy = (keys >> 1 & 1) - (keys & 1)
    return HEADINGS.index((dx, dy)) if dx or dy else -1


_FACINGS: Final = tuple(_facing(keys) for keys in range(16))


def move(body: Body, keys: int, terrain: Terrain, rules: Rules) -> None:
    """Walk, dash and turn as `keys` say, stopping at solid tiles.

    A dash goes on by itself where the body faces; keys steer it. Timers run down once a call.
    """
    if body.felt_left:
        body.felt_left -= 1
    if body.dash_left:
        body.dash_left -= 1
    if body.dash_wait:
        body.dash_wait -= 1
    elif keys & _DASH:
        body.dash_left = rules.ticks(rules.dash_ms)
        body.dash_wait = rules.ticks(rules.dash_wait_ms) - 1
    way = _FACINGS[keys & 15]
    if way >= 0:
        body.facing = way
    elif body.dash_left:
        way = body.facing
    else:
        return
    if body.dash_left:
        way |= DASHES
    if body.felt_left or body.cargo != EMPTY:
        way |= _load(body, terrain, rules) << LOAD_SHIFT
    stride = rules.strides[way]
    dx, edge_x, next_x, dy, edge_y, next_y = stride
    x, y = body.x, body.y
    # Only where the leading edge comes to other tiles there can be anything new in the way: in one
    # step of four.
    if (x + edge_x ^ x + next_x | y + edge_y ^ y + next_y) >> _SHIFT:
        _cross(body, stride, terrain, rules.half_width)
    else:
        body.x, body.y = x + dx, y + dy


def _load(body: Body, terrain: Terrain, rules: Rules) -> int:
    """The items under which the body walks: carried or still felt, fewer where it goes easily."""
    load = body.load
    if body.felt_left and load < body.felt:
        load = body.felt
    if load and terrain.at(body.x >> _SHIFT, body.y >> _SHIFT) in EASY:
        load = max(0, load - rules.path_eases)
    return load


def _cross(body: Body, stride: Stride, terrain: Terrain, half: int) -> None:
    """Make a step that comes to other tiles, as far as they let it: first in x, then in y."""
    dx, edge_x, next_x, dy, edge_y, next_y = stride
    x, y = body.x, body.y
    if dx:
        edge = x + next_x >> _SHIFT
        if edge != x + edge_x >> _SHIFT and (
            terrain.is_solid(edge, y - half >> _SHIFT) or terrain.is_solid(edge, y + half >> _SHIFT)
        ):
            x = _flush(x, edge, dx, half)
        else:
            x += dx
        body.x = x
    if dy:
        edge = y + next_y >> _SHIFT
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
