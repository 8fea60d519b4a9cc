"""Messages to bytes and back. Decoding raises DecodeError and nothing else."""

from collections.abc import Callable
from typing import Final, cast

import msgspec

from protocol.errors import DecodeError, EncodeError
from protocol.hot import Input, Snap, Step
from protocol.input import TYPE as INPUT
from protocol.input import decode_input, encode_input
from protocol.messages import (
    Act,
    Bye,
    Chat,
    Hello,
    Late,
    Notice,
    Reject,
    Roster,
    Round,
    Saved,
    Say,
    Stats,
    Travel,
    Welcome,
)
from protocol.snap import TYPE as SNAP
from protocol.snap import decode_snap, encode_snap
from protocol.step import TYPE as STEP
from protocol.step import decode_step, encode_step
from protocol.table import BY_MESSAGE, BY_TYPE, TABLE, Direction

__all__ = [
    "DECODERS",
    "ClientMessage",
    "DecodeError",
    "EncodeError",
    "Message",
    "ServerMessage",
    "decode_client",
    "decode_server",
    "encode",
]

ClientMessage = Hello | Input | Act | Say | Bye | Stats
ServerMessage = (
    Welcome | Snap | Step | Roster | Round | Chat | Notice | Late | Reject | Saved | Travel
)
Message = ClientMessage | ServerMessage

_HOT: Final = (Input, Snap, Step)
_ENCODER: Final = msgspec.msgpack.Encoder()


def _cold(message: type[msgspec.Struct]) -> Callable[[bytes], msgspec.Struct]:
    """A decoder of the MessagePack map behind the type byte."""
    decode = msgspec.msgpack.Decoder(message).decode

    def decode_cold(data: bytes) -> msgspec.Struct:
        try:
            return decode(memoryview(data)[1:])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise DecodeError(f"{message.__name__.upper()}: {error}") from error

    return decode_cold


_COLD: Final = {e.id: _cold(e.message) for e in TABLE if e.message not in _HOT}
DECODERS: Final = cast(
    "dict[int, Callable[[bytes], ClientMessage]]",
    {INPUT: decode_input}
    | {e.id: _COLD[e.id] for e in TABLE if e.direction is Direction.TO_SERVER and e.id in _COLD},
)
"""What decodes each message of a client, by its first byte."""


def encode(message: Message) -> bytes:
    """The bytes of `message`; EncodeError if the receiver would refuse them."""
    if isinstance(message, Snap):
        return encode_snap(message)
    if isinstance(message, Step):
        return encode_step(message)
    if isinstance(message, Input):
        return encode_input(message)
    entry = BY_MESSAGE[type(message)]
    try:
        data = bytes((entry.id,)) + _ENCODER.encode(message)
        _COLD[entry.id](data)
    except (DecodeError, TypeError, ValueError, OverflowError) as error:
        raise EncodeError(str(error)) from error
    if len(data) > entry.max_bytes:
        raise EncodeError(f"{entry.name}: {len(data)} bytes are more than {entry.max_bytes}")
    return data


def decode_client(data: bytes) -> ClientMessage:
    """What a client said. Sizes, phases and rates are the conversation's to judge."""
    decode = DECODERS.get(data[0]) if data else None
    if decode is None:
        raise DecodeError("no message that a client can send")
    return decode(data)


def decode_server(data: bytes) -> ServerMessage:
    """What a server said."""
    kind = data[0] if data else 0
    if kind == SNAP:
        return decode_snap(data)
    if kind == STEP:
        return decode_step(data)
    entry = BY_TYPE.get(kind)
    if entry is None or entry.direction is not Direction.TO_CLIENT or len(data) > entry.max_bytes:
        raise DecodeError("no message that a server can send")
    return cast("ServerMessage", _COLD[kind](data))
