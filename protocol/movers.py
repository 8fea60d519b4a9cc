"""The bytes of moving things in SNAP and STEP: 6 each, relative to the body that looks."""

import struct
from typing import Final

from protocol.errors import DecodeError, EncodeError
from protocol.hot import Mover

GRID: Final = 1024
"""Position units in one step of the movers' grid: 1/64 tile."""
MOVER_BYTES: Final = 6
MOVER_REACH: Final = 2048
"""dx and dy are at least -2048 and at most 2047 steps of the grid: 32 tiles each way."""
MAX_MOVERS: Final = 255

MOVER: Final = struct.Struct("<HBBH")  # id, state, 24 bits: dx | dy << 12


def mover_state(kind: int, facing: int, carrying: bool, dashing: bool, away: bool) -> int:
    """The state byte: kind in bits 0-1, facing in 2-4, then one bit for each flag."""
    return kind | facing << 2 | carrying << 5 | dashing << 6 | away << 7


def pack_mover(mover: Mover, own_x: int, own_y: int) -> bytes:
    """The 6 bytes of `mover` as seen from a body at (own_x, own_y).

    Both positions are put on the grid first and subtracted then: the other way round a standing
    body shimmers while the viewer walks.
    """
    dx = mover.x // GRID - own_x // GRID
    dy = mover.y // GRID - own_y // GRID
    if not (-MOVER_REACH <= dx < MOVER_REACH and -MOVER_REACH <= dy < MOVER_REACH):
        raise EncodeError(f"mover {mover.eid} is out of view: {dx}, {dy} steps away")
    if not (0 <= mover.kind <= 3 and 0 <= mover.facing <= 7):
        raise EncodeError(f"mover {mover.eid}: no such kind or facing")
    state = mover_state(mover.kind, mover.facing, mover.carrying, mover.dashing, mover.away)
    place = dx & 0xFFF | (dy & 0xFFF) << 12
    try:
        return MOVER.pack(mover.eid, state, place & 0xFF, place >> 8)
    except struct.error as error:
        raise EncodeError(f"mover {mover.eid}: {error}") from error


def decode_movers(records: bytes, own_x: int, own_y: int, count: int) -> tuple[Mover, ...]:
    """`count` movers as seen from (own_x, own_y); each is put in the middle of its grid step."""
    if len(records) != count * MOVER_BYTES:
        raise DecodeError("fewer movers than it announces")
    left, top = own_x // GRID, own_y // GRID
    movers = []
    for eid, state, low, high in MOVER.iter_unpack(records):
        place = low | high << 8
        dx = ((place & 0xFFF) ^ 0x800) - 0x800
        dy = (place >> 12 ^ 0x800) - 0x800
        x, y = (left + dx) * GRID + GRID // 2, (top + dy) * GRID + GRID // 2
        movers.append(mover_in(eid, state, x, y))
    return tuple(movers)


def mover_in(eid: int, state: int, x: int, y: int) -> Mover:
    """The mover of that state byte at (x, y)."""
    carrying, dashing, away = bool(state & 32), bool(state & 64), bool(state & 128)
    return Mover(eid, state & 3, state >> 2 & 7, carrying, dashing, away, x, y)
