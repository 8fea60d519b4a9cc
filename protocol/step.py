"""The bytes of STEP: what changed since the message of the tick before, on the same connection.

What was written before has arrived, or the line is dead: so it needs no acknowledgement to build
on. server/steps packs the movers after these constants too.
"""

import struct
from collections.abc import Sequence
from typing import Final

from protocol.cells import encode_cell
from protocol.errors import DecodeError, EncodeError
from protocol.hot import Step
from protocol.movers import MAX_MOVERS, MOVER_BYTES
from protocol.own_body import REST_BYTES, Rest, counted, packed
from protocol.snap import (
    HAPPENING_BYTES,
    MAX_BYTES,
    decode_cells,
    decode_happenings,
    pack_happening,
)

TYPE: Final = 0x8B

STAYS: Final = 0
MOVES: Final = 1
TURNS: Final = 2
"""Another state, moved or not."""
GOES: Final = 3
WAY_BYTES: Final = (0, 2, 3, 0)
"""Of a mover that does so: i8 dx, i8 dy in steps of the grid, u8 state. Who went further than that
goes, and comes as a new one."""
# Bits 0 and 1 of the flags say which of these heads it is.
STILL: Final = struct.Struct("<BBBb")  # type, flags, commands, wait
MOVED: Final = struct.Struct("<BBBbhh")  # the same, dx, dy
FAR: Final = struct.Struct("<BBIbii")  # the same, where those do not fit
_HEADS: Final = (STILL, MOVED, FAR)
COUNTS: Final = 4
REST: Final = 8
CAME: Final = 16
CELLS: Final = 32
HEARD: Final = 64
"""The other flags: which parts there are."""
_RESERVED: Final = 128
SAME: Final = (0, b"")
"""What `rest_changed` gives of a body that is as it was."""

_COUNTS: Final = tuple(bytes((count,)) for count in range(256))
_FOUR: Final = tuple(bytes(byte >> at & 3 for at in (0, 2, 4, 6)) for byte in range(256))
_FOUR_WAYS: Final = tuple(sum(WAY_BYTES[change] for change in four) for four in _FOUR)


def encode_step(step: Step) -> bytes:
    """The bytes of `step`."""
    if len(step.came) % MOVER_BYTES or len(step.rest) not in {0, REST_BYTES}:
        raise EncodeError("STEP: half a mover, or half a body")
    if step.counts and step.rest:
        raise EncodeError("STEP: two bodies")
    if len(step.ways) != ways_bytes(step.changes) or max(step.changes, default=0) > GOES:
        raise EncodeError("STEP: no such changes, or other ways than they need")
    try:
        head = pack_head(step.commands, step.wait, step.dx, step.dy, COUNTS * step.counts)
        count = _COUNTS[len(step.changes)]
    except (struct.error, IndexError) as error:
        raise EncodeError(f"STEP: {error}") from error
    return extended(
        head + count + pack_changes(step.changes, step.ways),
        step.rest,
        step.came,
        [encode_cell(cell) for cell in step.cells],
        b"".join(map(pack_happening, step.happenings)),
    )


def pack_head(commands: int, wait: int, dx: int, dy: int, flags: int) -> bytes:
    """The shortest head that holds these; struct.error if none does."""
    if form := _form(commands, dx, dy):
        return _HEADS[form].pack(TYPE, flags | form, commands, wait, dx, dy)
    return STILL.pack(TYPE, flags, commands, wait)


def extended(
    step: bytes, rest: bytes, came: bytes, cells: Sequence[bytes], happenings: bytes
) -> bytes:
    """A STEP of a head and changes alone, with all else that it tells, packed already.

    `rest` is of `rest_changed`, `came` are whole records.
    """
    flags, at = step[1], _HEADS[step[1] & 3].size
    parts = [step[2:at], rest, step[at:]]
    try:
        if rest:
            flags |= REST
        if came:
            flags |= CAME
            parts += (_COUNTS[len(came) // MOVER_BYTES], came)
        if cells:
            flags |= CELLS
            parts += (_COUNTS[len(cells)], *cells)
        if happenings:
            flags |= HEARD
            parts += (_COUNTS[len(happenings) // HAPPENING_BYTES], happenings)
    except IndexError as error:
        raise EncodeError(f"STEP: {error}") from error
    data = bytes((TYPE, flags)) + b"".join(parts)
    if len(data) > MAX_BYTES:
        raise EncodeError(f"STEP: {len(data)} bytes are more than {MAX_BYTES}")
    return data


def rest_changed(before: Rest, rest: Rest, commands: int) -> tuple[int, bytes]:
    """How a STEP tells what became of `before`: a flag, and what it has to say besides."""
    if rest == before:
        return SAME
    return (COUNTS, b"") if rest == counted(before, commands) else (0, packed(rest))


def _form(commands: int, dx: int, dy: int) -> int:
    """The shortest head that holds these."""
    if commands > 0xFF or not (-0x8000 <= dx <= 0x7FFF and -0x8000 <= dy <= 0x7FFF):
        return 2
    return 1 if dx or dy else 0


def pack_changes(changes: bytes, ways: bytes) -> bytes:
    """For each four movers a byte, the first in its lowest bits, and then their ways."""
    packed: list[bytes] = []
    at = 0
    for begin in range(0, len(changes), 4):
        four = changes[begin : begin + 4]
        end = at + ways_bytes(four)
        packed += (bytes((sum(change << 2 * i for i, change in enumerate(four)),)), ways[at:end])
        at = end
    return b"".join(packed)


def ways_bytes(changes: bytes) -> int:
    """How long the ways of such changes are together."""
    return sum(changes.count(change) * WAY_BYTES[change] for change in (MOVES, TURNS))


def decode_step(data: bytes) -> Step:
    """The STEP in `data`, type byte included; DecodeError for anything else."""
    if not STILL.size < len(data) <= MAX_BYTES:
        raise DecodeError("STEP: too short or too long")
    flags = data[1]
    form = flags & 3
    if flags & _RESERVED or form == len(_HEADS) or (flags & COUNTS and flags & REST):
        raise DecodeError("STEP: reserved flags are set")
    at = _HEADS[form].size
    if len(data) < at:
        raise DecodeError("STEP: too short")
    _, _, commands, wait, *way = _HEADS[form].unpack_from(data)
    dx, dy = way or (0, 0)
    if _form(commands, dx, dy) != form:
        raise DecodeError("STEP: a longer head than it needs")
    rest, at = _part(data, at, REST_BYTES if flags & REST else 0)
    changes, ways, at = _movers(data, at)
    came, at = _came(data, at) if flags & CAME else (b"", at)
    cells, at = decode_cells(data, at) if flags & CELLS else ((), at)
    if not flags & HEARD and at != len(data):
        raise DecodeError("STEP: its length is not that of its parts")
    happenings = decode_happenings(data, at) if flags & HEARD else ()
    if (flags & CELLS and not cells) or (flags & HEARD and not happenings):
        raise DecodeError("STEP: a part that is announced is empty")
    counts = bool(flags & COUNTS)
    return Step(commands, wait, dx, dy, counts, rest, changes, ways, came, cells, happenings)


def _movers(data: bytes, at: int) -> tuple[bytes, bytes, int]:
    """The changes and the ways behind the count at `at`, and the offset behind them."""
    count, at = _byte(data, at)
    changes, ways = [], []
    for _ in range(-(-count // 4)):
        packed, at = _byte(data, at)
        way, at = _part(data, at, _FOUR_WAYS[packed])
        changes.append(_FOUR[packed])
        ways.append(way)
    told = b"".join(changes)
    if any(told[count:]):
        raise DecodeError("STEP: changes of movers that are not there")
    return told[:count], b"".join(ways), at


def _came(data: bytes, at: int) -> tuple[bytes, int]:
    count, at = _byte(data, at)
    if not 0 < count <= MAX_MOVERS:
        raise DecodeError("STEP: nobody came")
    return _part(data, at, count * MOVER_BYTES)


def _part(data: bytes, at: int, size: int) -> tuple[bytes, int]:
    end = at + size
    if len(data) < end:
        raise DecodeError("STEP: too short")
    return data[at:end], end


def _byte(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise DecodeError("STEP: too short")
    return data[at], at + 1
