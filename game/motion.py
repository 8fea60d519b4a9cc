"""One tick of walking: integers only, the same on the server and in a client's prediction."""

from typing import Final

from game.body import Body
from game.rules import UNIT, Rules
from game.strides import DASHES, HEADINGS, LOAD_SHIFT
from game.terrain import EASY, Terrain

_SHIFT: Final = UNIT.bit_length() - 1
_DASH: Final = 16  # Keys.DASH as a plain int: an IntFlag costs ten times the arithmetic


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


def _walk(body: Body, terrain: Terrain, rules: Rules) -> None:
    x, y = body.x, body.y
    wood, stone, glimmer = body.cargo
    load = wood + stone + glimmer
    if body.felt_left and load < body.felt:
        load = body.felt
    if load and terrain.at(x >> _SHIFT, y >> _SHIFT) in EASY:
        load = max(0, load - rules.path_eases)
    way = load << LOAD_SHIFT | body.facing
    dx, edge_x, dy, edge_y = rules.strides[way | DASHES if body.dash_left else way]
    half = rules.half_width
    # Only where the leading edge comes to other tiles there can be anything new in the way: in one
    # step of four.
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
