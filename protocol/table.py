"""THE table of messages: number, direction, phase, size and rate of each.

The codec, both conversations, the server's frame limit and docs/reference/protocol.md follow it.
"""

from enum import StrEnum
from typing import Final

import msgspec

from protocol import hot, messages
from protocol.input import TYPE as INPUT
from protocol.snap import MAX_BYTES as MAX_SNAP_BYTES
from protocol.snap import TYPE as SNAP
from protocol.step import TYPE as STEP


class Direction(StrEnum):
    """Who says it."""

    TO_SERVER = "client to server"
    TO_CLIENT = "server to client"


class Phase(StrEnum):
    """Where a connection stands."""

    HELLO = "hello"  # until WELCOME has been sent
    PLAY = "play"
    CLOSED = "closed"


class Entry(msgspec.Struct, frozen=True):
    """One type of message. `id` is its first byte, `rate` is per second.

    Rate 0 and burst 1 is once in a conversation; both 0 is what the server says.
    """

    id: int
    name: str
    message: type[msgspec.Struct]
    direction: Direction
    phases: frozenset[Phase]
    max_bytes: int
    rate: float
    burst: int


MAX_HELLO_BYTES: Final = 1024
MAX_CLIENT_BYTES: Final = 512
MAX_SERVER_BYTES: Final = MAX_SNAP_BYTES

_HELLO = frozenset({Phase.HELLO})
_PLAY = frozenset({Phase.PLAY})
_BOTH = _HELLO | _PLAY


def _client(
    number: int, message: type[msgspec.Struct], phases: frozenset[Phase], rate: float, burst: int
) -> Entry:
    size = MAX_HELLO_BYTES if message is messages.Hello else MAX_CLIENT_BYTES
    name = message.__name__.upper()
    return Entry(number, name, message, Direction.TO_SERVER, phases, size, rate, burst)


def _server(number: int, message: type[msgspec.Struct], phases: frozenset[Phase]) -> Entry:
    name = message.__name__.upper()
    return Entry(number, name, message, Direction.TO_CLIENT, phases, MAX_SERVER_BYTES, 0, 0)


# 0x06 (WANT) is reserved. INPUT: 60 a second, and room to catch up after a stall, when everything
# that waited in the network arrives at once. STATS comes each STATS_EVERY_S.
TABLE: Final = (
    _client(0x01, messages.Hello, _HELLO, 0, 1),
    _client(INPUT, hot.Input, _PLAY, 80, 160),
    _client(0x03, messages.Act, _PLAY, 10, 30),
    _client(0x04, messages.Say, _PLAY, 1, 8),
    _client(0x05, messages.Bye, _PLAY, 0, 1),
    _client(0x07, messages.Stats, _PLAY, 1, 4),
    _server(0x81, messages.Welcome, _HELLO),
    _server(SNAP, hot.Snap, _PLAY),
    _server(0x83, messages.Roster, _PLAY),
    _server(0x84, messages.Round, _PLAY),
    _server(0x85, messages.Chat, _PLAY),
    _server(0x86, messages.Notice, _BOTH),
    _server(0x87, messages.Reject, _BOTH),
    _server(0x88, messages.Saved, _PLAY),
    _server(0x89, messages.Travel, _BOTH),
    _server(0x8A, messages.Late, _PLAY),
    _server(STEP, hot.Step, _PLAY),
)

BY_TYPE: Final = {entry.id: entry for entry in TABLE}
BY_MESSAGE: Final = {entry.message: entry for entry in TABLE}
