"""The bytes of the own body but for its place, as SNAP and STEP tell it: 14, kept as they are."""

import struct
from collections.abc import Iterable
from typing import Final

from game.body import Body
from game.items import Cargo
from protocol.errors import DecodeError

Rest = tuple[int, int, int, int, int, Cargo, int, int, int]
"""All of a body but its place: facing, dash_left, dash_wait, target, progress, cargo, warp,
felt_left, felt."""
_REST: Final = struct.Struct("<BBHHHBBBBBB")  # the same; cargo is wood, stone, glimmer
REST_BYTES: Final = _REST.size
MAX_POSITION: Final = (1 << 28) - 1
"""The far edge of the largest world: 256 cells of 16 tiles of 65536 units."""


def rests_of(bodies: Iterable[Body]) -> list[Rest]:
    """All of each body but its place."""
    return [
        (
            body.facing, body.dash_left, body.dash_wait, body.target, body.progress,
            body.cargo, body.warp, body.felt_left, body.felt,
        )
        for body in bodies
    ]  # fmt: skip


def pack_rest(body: Body) -> bytes:
    """All of `body` but its place; struct.error if it does not fit."""
    return packed(*rests_of([body]))


def packed(rest: Rest) -> bytes:
    """The 14 bytes of `rest`; struct.error if it does not fit."""
    facing, dash_left, dash_wait, target, progress, cargo, *felt = rest
    return _REST.pack(facing, dash_left, dash_wait, target, progress, *cargo, *felt)


def counted(rest: bytes, commands: int) -> bytes:
    """The same after so many commands that did nothing but let times pass and work go on."""
    facing, dash_left, dash_wait, target, progress, *kept, felt_left, felt = _REST.unpack(rest)
    return _REST.pack(
        facing,
        max(0, dash_left - commands),
        max(0, dash_wait - commands),
        target,
        (progress + commands) & 0xFFFF if progress else 0,
        *kept,
        max(0, felt_left - commands),
        felt,
    )


def unpack_body(x: int, y: int, rest: bytes) -> Body:
    """The body at (x, y); DecodeError if no body of any world can be like that."""
    facing, dash_left, dash_wait, target, progress, *cargo, warp, felt_left, felt = _REST.unpack(
        rest
    )
    if not (0 <= x <= MAX_POSITION and 0 <= y <= MAX_POSITION and facing <= 7):
        raise DecodeError("the own body is outside every world")
    wood, stone, glimmer = cargo
    return Body(
        x, y, facing, dash_left, dash_wait, target, progress, (wood, stone, glimmer),
        warp, felt_left, felt,
    )  # fmt: skip
