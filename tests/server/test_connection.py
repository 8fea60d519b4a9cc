"""What a line does with frames, without a network."""

import pytest
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

from protocol.reasons import Reason
from server.addresses import Origin
from server.clock import Clock
from server.connection import PARTS_MAX, GameConnection
from server.peer import Peer
from support.clock import FakeClock


class Transport:
    """Of which only the reading matters here."""

    is_reading = True

    def pause_reading(self):
        self.is_reading = False


class Audience:
    """Nobody."""

    def heard(self, peer, message, now):
        """Never asked: nothing here is a message."""

    def over(self, peer, reason, detail):
        """Not looked at."""


@pytest.fixture
async def line():
    """A line that is attended to, and its peer."""
    connection = GameConnection(ServerProtocol(), None, ping_interval=None)
    connection.transport = Transport()
    connection.write = lambda _data: None
    connection.attend(Peer(connection, Origin("192.0.2.1"), Audience(), 0.0), Clock(FakeClock()))
    return connection


def parts(line, count):
    line.process_event(Frame(Opcode.BINARY, b"x" * 1_000, fin=False))
    for _ in range(count):
        line.process_event(Frame(Opcode.CONT, b"x" * 1_000, fin=False))


async def test_fragments_without_end_are_refused_and_none_is_kept(line):
    parts(line, PARTS_MAX)
    assert line.farewell.result()[0] == Reason.PROTOCOL
    parts(line, 1_000)
    assert line._parts == []


async def test_fragments_that_had_come_when_it_was_over_are_let_go(line):
    parts(line, 3)
    line._peer.dismiss(Reason.KICKED, "by the host")
    parts(line, 1)
    assert line._parts == []


@pytest.mark.parametrize(
    ("reason", "is_reading"),
    [(Reason.RATE, False), (Reason.PROTOCOL, False), (Reason.KICKED, True), (Reason.BYE, True)],
)
async def test_whoever_floods_or_talks_nonsense_is_read_no_more(line, reason, is_reading):
    line._peer.dismiss(reason, "")
    assert line.transport.is_reading is is_reading
