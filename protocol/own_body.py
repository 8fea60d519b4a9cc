"""The own body but for its place, as SNAP and STEP tell it: 14 bytes, kept as they are."""

import struct
from collections.abc import Iterable
from typing import Final

from game.body import Body
from game.items import Cargo
from protocol.errors import DecodeError

Rest = tuple[int, int, int, int, int, Cargo, int, int, int]
"""All of a body but its place, as Body has it: facing, dash_left, dash_wait, target, progress,
cargo, warp, felt_left, felt."""
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


def rest_of(body: Body) -> Rest:
    """All of `body` but its place."""
    (rest,) = rests_of([body])
    return rest


def pack_rest(body: Body) -> bytes:
    """The same as 14 bytes; struct.error if it does not fit."""
    return packed(rest_of(body))


def packed(rest: Rest) -> bytes:
    """The 14 bytes of `rest`; struct.error if it does not fit."""
    facing, dash_left, dash_wait, target, progress, cargo, *felt = rest
    return _REST.pack(facing, dash_left, dash_wait, target, progress, *cargo, *felt)


def unpacked(data: bytes) -> Rest:
    """The rest in 14 bytes; whether a body can be like that, body_of sees."""
    facing, dash_left, dash_wait, target, progress, *cargo, warp, felt_left, felt = _REST.unpack(
        data
    )
    wood, stone, glimmer = cargo
    return (
        facing, dash_left, dash_wait, target, progress, (wood, stone, glimmer),
        warp, felt_left, felt,
    )  # fmt: skip


def counted(rest: Rest, commands: int) -> Rest:
    """The same after so many commands that did nothing but let times pass and work go on."""
    facing, dash_left, dash_wait, target, progress, cargo, warp, felt_left, felt = rest
    return (
        facing,
        max(0, dash_left - commands),
        max(0, dash_wait - commands),
        target,
        (progress + commands) & 0xFFFF if progress else 0,
        cargo,
        warp,
        max(0, felt_left - commands),
        felt,
    )


def body_of(x: int, y: int, rest: Rest) -> Body:
    """The body at (x, y); DecodeError if no body of any world can be like that."""
    if not (0 <= x <= MAX_POSITION and 0 <= y <= MAX_POSITION and rest[0] <= 7):
        raise DecodeError("the own body is outside every world")
    return Body(x, y, *rest)
