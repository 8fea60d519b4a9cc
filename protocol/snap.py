"""The bytes of SNAP, declared once: server/visibility packs movers after these constants too.

A SNAP is its head (own body included), then movers, cells and happenings, each behind a count.
"""

import struct
from collections.abc import Sequence
from typing import Final

from game.body import Body
from protocol.cells import (
    CELL_TILES,
    decode_cell,
    encode_cell,
    encode_cell_delta,
    encode_cell_whole,
)
from protocol.errors import DecodeError, EncodeError
from protocol.hot import Cell, Happening, Snap
from protocol.movers import (
    GRID,
    MAX_MOVERS,
    MOVER,
    MOVER_BYTES,
    MOVER_REACH,
    decode_movers,
    mover_state,
    pack_mover,
)
from protocol.own_body import MAX_POSITION, REST_BYTES, body_of, pack_rest, unpacked

__all__ = [
    "CELL_TILES",
    "COUNT_AT",
    "GRID",
    "HAPPENING",
    "HAPPENING_BYTES",
    "HEAD",
    "MAX_MOVERS",
    "MAX_POSITION",
    "MOVER",
    "MOVERS_AT",
    "MOVER_BYTES",
    "MOVER_REACH",
    "REST_AT",
    "decode_cells",
    "decode_happenings",
    "decode_snap",
    "encode_cell_delta",
    "encode_cell_whole",
    "encode_snap",
    "encode_snap_parts",
    "mover_state",
    "pack_happening",
    "pack_mover",
]

TYPE: Final = 0x82
MAX_BYTES: Final = 65_536
HAPPENING_BYTES: Final = 7

HEAD: Final = struct.Struct("<BIIbBii")  # type, tick, last_seq, wait, flags | x, y
REST_AT: Final = HEAD.size
"""Where all of the own body lies but its place; a count and the movers follow."""
COUNT_AT: Final = REST_AT + REST_BYTES
MOVERS_AT: Final = COUNT_AT + 1
HAPPENING: Final = struct.Struct("<BHHH")  # kind, eid, other, amount
_COUNTS: Final = tuple(bytes((count,)) for count in range(256))


def pack_happening(happening: Happening) -> bytes:
    """The 7 bytes of `happening`; an amount that does not fit is told as the largest that does."""
    amount = min(happening.amount, 0xFFFF)
    try:
        return HAPPENING.pack(happening.kind, happening.eid, happening.other, amount)
    except struct.error as error:
        raise EncodeError(f"happening: {error}") from error


def encode_snap(snap: Snap) -> bytes:
    """The bytes of `snap`."""
    movers = b"".join(pack_mover(mover, snap.body.x, snap.body.y) for mover in snap.movers)
    cells = [encode_cell(cell) for cell in snap.cells]
    happenings = b"".join(map(pack_happening, snap.happenings))
    count = len(snap.movers)
    return encode_snap_parts(
        snap.tick, snap.last_seq, snap.wait, snap.body, movers, count, cells, happenings
    )


def encode_snap_parts(  # noqa: PLR0913, PLR0917 (these are the parts)
    tick: int,
    last_seq: int,
    wait: int,
    body: Body,
    movers: bytes,
    n: int,
    cells: Sequence[bytes],
    happenings: bytes,
) -> bytes:
    """A SNAP of parts that are packed already: `n` movers, whole or delta cells, happenings."""
    heard = len(happenings) // HAPPENING_BYTES
    if len(movers) != n * MOVER_BYTES or len(happenings) != heard * HAPPENING_BYTES:
        raise EncodeError("SNAP: a part is not of the length that its count says")
    try:
        head = _pack_head(tick, last_seq, wait, body, n)
        data = b"".join((head, movers, _COUNTS[len(cells)], *cells, _COUNTS[heard], happenings))
    except (struct.error, ValueError, IndexError) as error:
        raise EncodeError(f"SNAP: {error}") from error
    if len(data) > MAX_BYTES:
        raise EncodeError(f"SNAP: {len(data)} bytes are more than {MAX_BYTES}")
    return data


def _pack_head(tick: int, last_seq: int, wait: int, body: Body, movers: int) -> bytes:
    if not (0 <= body.x <= MAX_POSITION and 0 <= body.y <= MAX_POSITION and 0 <= body.facing <= 7):
        raise ValueError("the body is outside every world")
    head = HEAD.pack(TYPE, tick, last_seq, wait, 0, body.x, body.y)
    return head + pack_rest(body) + _COUNTS[movers]


def decode_snap(data: bytes) -> Snap:
    """The SNAP in `data`, type byte included; DecodeError for anything else."""
    if not MOVERS_AT + 2 <= len(data) <= MAX_BYTES:
        raise DecodeError("SNAP: too short or too long")
    _, tick, last_seq, wait, flags, x, y = HEAD.unpack_from(data)
    body, n = body_of(x, y, unpacked(data[REST_AT:COUNT_AT])), data[COUNT_AT]
    if flags:
        raise DecodeError("SNAP: reserved flags are set")
    at = MOVERS_AT + n * MOVER_BYTES
    movers = decode_movers(data[MOVERS_AT:at], body.x, body.y, n)
    cells, at = decode_cells(data, at)
    return Snap(tick, last_seq, wait, body, movers, cells, decode_happenings(data, at))


def decode_cells(data: bytes, at: int) -> tuple[tuple[Cell, ...], int]:
    """The cells behind their count at `at`, and the offset behind them."""
    cells = []
    count, at = _count(data, at)
    for _ in range(count):
        cell, at = decode_cell(data, at)
        cells.append(cell)
    return tuple(cells), at


def decode_happenings(data: bytes, at: int) -> tuple[Happening, ...]:
    """The happenings behind their count at `at`; DecodeError if the message goes on after them."""
    count, at = _count(data, at)
    if len(data) != at + count * HAPPENING_BYTES:
        raise DecodeError("its length is not that of its parts")
    return tuple(Happening(*record) for record in HAPPENING.iter_unpack(data[at:]))


def _count(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise DecodeError("too short")
    return data[at], at + 1
