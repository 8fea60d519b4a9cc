"""What a line does with frames, without a network."""

import gc
import weakref

import pytest
from websockets.asyncio.messages import Assembler
from websockets.frames import Close, CloseCode, Frame, Opcode
from websockets.protocol import Protocol, State
from websockets.server import ServerProtocol

from protocol.input import ONE_BYTES
from protocol.reasons import Reason
from server.addresses import Origin
from server.clock import Clock
from server.connection import PARTS_MAX, GameConnection
from server.peer import Peer
from support.clock import FakeClock
from support.listener import Audience, Listener

pytestmark = pytest.mark.usefixtures("never_stale")


class Transport:
    """Of which only the reading matters here."""

    is_reading = True

    def pause_reading(self):
        self.is_reading = False


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


# ------------------------------------------------------------------ the short way of a message


class Wire:
    """A connection whose handshake is done, as the loop would feed it."""

    def __init__(self, *, is_attended=True):
        self.heard = []
        protocol = ServerProtocol(max_size=200)
        protocol.state = State.OPEN
        self.connection = connection = GameConnection(protocol, None, ping_interval=None)
        self.transport = connection.transport = Recorder()
        if is_attended:
            connection.attend(Listener(connection, self.heard.append), Clock(FakeClock()))
        else:
            connection.send_data()  # as the library does when it has answered the handshake
            connection.request = REQUEST
        next(protocol.parser, None)

    def feed(self, data):
        """Bytes arrive in one piece, through the buffer that the loop reads into."""
        self.connection.get_buffer(-1)[: len(data)] = data
        self.connection.buffer_updated(len(data))


REQUEST = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Recorder:
    """A transport that keeps what is written."""

    def __init__(self):
        self.written = b""
        self.writes = 0
        self.is_aborted = False

    def write(self, data):
        self.written += data
        self.writes += 1

    def can_write_eof(self):
        return True

    def write_eof(self):
        self.written += b"<eof>"

    def abort(self):
        self.is_aborted = True


@pytest.fixture
async def wire(monkeypatch):
    """Where the handshake has been made; the parser stands between two frames."""
    monkeypatch.setattr(ServerProtocol, "parse", Protocol.parse)
    return Wire()


@pytest.fixture
def parsed(monkeypatch):
    """The opcodes of the frames that went through the library."""
    opcodes = []
    process = GameConnection.process_event

    def note(self, event):
        opcodes.append(event.opcode)
        process(self, event)

    monkeypatch.setattr(GameConnection, "process_event", note)
    return opcodes


def frame(data, opcode=Opcode.BINARY, *, fin=True, mask=True):
    return Frame(opcode, data, fin).serialize(mask=mask)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 15, 16, 17, 64, 125])
async def test_a_small_message_takes_the_short_way(wire, parsed, size):
    said = bytes(range(size))
    wire.feed(frame(said))
    assert wire.heard == [said]
    assert parsed == []
    assert wire.connection.bytes_received == size + 6


USUAL = bytes(range(ONE_BYTES))


async def test_the_usual_input_takes_the_shortest_way(wire, parsed, monkeypatch):
    monkeypatch.delattr(GameConnection, "_short_way")
    wire.feed(frame(USUAL))
    wire.feed(frame(USUAL))
    assert wire.heard == [USUAL] * 2
    assert parsed == []
    assert wire.connection.bytes_received == 2 * (ONE_BYTES + 6)


async def test_what_is_as_long_as_the_usual_input_is_not_taken_for_it(wire, parsed):
    wire.feed(frame(b"?" * ONE_BYTES, Opcode.PING))
    assert wire.heard == []
    wire.feed(frame(b"12345") + frame(b"12345"))
    assert wire.heard == [b"12345"] * 2
    assert parsed == [Opcode.PING]
    wire.heard.clear()
    outer = frame(frame(USUAL))[:2] + b"\0\0\0\0" + frame(USUAL)  # masked with zeros
    wire.feed(outer[:6])
    wire.feed(outer[6:])  # just the bytes of a usual one
    assert [len(heard) for heard in wire.heard] == [ONE_BYTES + 6]


async def test_what_comes_behind_the_usual_input_is_heard(wire, parsed):
    wire.feed(frame(USUAL) + frame(b"more"))
    assert wire.heard == [USUAL, b"more"]
    wire.feed(frame(USUAL) + frame(b"more")[:3])
    wire.feed(frame(b"more")[3:])
    assert [len(heard) for heard in wire.heard] == [ONE_BYTES, 4, ONE_BYTES, 4]


async def test_the_usual_input_amid_fragments_is_the_librarys_to_refuse(wire, parsed):
    wire.feed(frame(b"one", fin=False))
    wire.feed(frame(USUAL))
    assert wire.heard == []
    assert wire.connection.protocol.close_sent.code == CloseCode.PROTOCOL_ERROR
    wire.feed(frame(USUAL))
    assert wire.heard == []


async def test_every_way_to_cut_two_messages_hears_both(wire, parsed):
    both = frame(b"first") + frame(b"second")
    for cut in range(1, len(both)):
        wire.heard.clear()
        wire.feed(both[:cut])
        wire.feed(both[cut:])
        assert wire.heard == [b"first", b"second"], cut
    wire.heard.clear()
    wire.feed(both)
    assert wire.heard == [b"first", b"second"]


async def test_half_a_frame_is_not_mistaken_when_a_whole_one_seems_to_follow(wire):
    inner = frame(b"inner")
    outer = frame(inner)
    # Masked with zeros, the bytes of the message look like a frame of their own.
    outer = outer[:2] + b"\0\0\0\0" + inner
    wire.feed(outer[:6])
    wire.feed(outer[6:])
    assert wire.heard == [inner]


async def test_a_whole_message_amid_fragments_is_the_librarys_to_refuse(wire, parsed):
    wire.feed(frame(b"one", fin=False))
    wire.feed(frame(b"two"))
    assert wire.heard == []
    assert parsed == [Opcode.BINARY]
    assert wire.connection.protocol.close_sent.code == CloseCode.PROTOCOL_ERROR


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(b"hello", mask=False), CloseCode.PROTOCOL_ERROR),
        (b"\xc2" + frame(b"hello")[1:], CloseCode.PROTOCOL_ERROR),  # a reserved bit
        (frame(b"x" * 201), CloseCode.MESSAGE_TOO_BIG),
        (frame(b"x" * 300), CloseCode.MESSAGE_TOO_BIG),
    ],
    ids=["unmasked", "a reserved bit", "too big", "much too big"],  # a mask is another each time
)
async def test_what_is_not_allowed_is_refused_as_ever(wire, data, code):
    wire.feed(data)
    assert wire.heard == []
    assert wire.connection.protocol.close_sent.code == code


async def test_a_length_that_is_told_the_long_way_is_heard_and_never_misleads(wire, parsed):
    long = b"\x82\xfe\x00\x05\0\0\0\0hello"
    wire.feed(long)
    wire.feed(frame(b"next"))
    assert wire.heard == [b"hello", b"next"]
    assert parsed == [Opcode.BINARY] * 2  # once in doubt, the library reads all


@pytest.mark.parametrize("marker", [126, 127])
async def test_a_marker_of_a_long_length_is_never_taken_for_the_length(wire, parsed, marker):
    """The whole frame is just as long as a small one of 126 or 127 bytes would be."""
    size = marker + 6 - (8 if marker == 126 else 14)
    length = size.to_bytes(2 if marker == 126 else 8, "big")
    wire.feed(bytes((0x82, 0x80 | marker)) + length + b"\0\0\0\0" + b"x" * size)
    assert wire.heard == [b"x" * size]
    assert parsed == [Opcode.BINARY]


async def test_several_small_messages_in_one_read_take_the_short_way(wire, parsed):
    wire.feed(b"".join(frame(bytes((size,)) * size) for size in range(1, 40)))
    assert wire.heard == [bytes((size,)) * size for size in range(1, 40)]
    assert parsed == []


async def test_what_follows_small_messages_is_the_librarys_until_it_is_whole(wire, parsed):
    last = frame(b"last")
    wire.feed(frame(b"one") + frame(b"two") + last[:7])
    assert (wire.heard, parsed) == ([b"one", b"two"], [])
    wire.feed(last[7:] + frame(b"more"))
    assert wire.heard == [b"one", b"two", b"last", b"more"]
    wire.feed(frame(b"again"))
    assert parsed == [Opcode.BINARY] * 2


async def test_a_long_message_does_not_end_the_short_way(wire, parsed):
    wire.feed(frame(b"x" * 150))
    wire.feed(frame(b"next"))
    assert [len(data) for data in wire.heard] == [150, 4]
    assert parsed == [Opcode.BINARY]


async def test_text_an_empty_message_and_a_ping_go_through_the_library(wire, parsed):
    wire.feed(frame(b"words", Opcode.TEXT))
    wire.feed(frame(b""))
    wire.feed(frame(b"?", Opcode.PING))
    assert wire.heard == ["text", b""]
    assert parsed == [Opcode.TEXT, Opcode.BINARY, Opcode.PING]
    assert wire.transport.written == frame(b"?", Opcode.PONG, mask=False)


@pytest.mark.parametrize("late", [b"late", USUAL])
async def test_after_a_close_nothing_is_heard(wire, late):
    wire.feed(frame(Close(1000, "").serialize(), Opcode.CLOSE))
    wire.feed(frame(late))
    assert wire.heard == []


async def test_a_line_that_is_gone_lets_go_of_its_peer_at_once(wire):
    """Without a search for circles of garbage, which the server seldom makes."""
    gone = weakref.ref(wire.connection._peer)
    wire.connection.recv_messages = Assembler()  # as connection_made does
    gc.disable()
    try:
        wire.connection.connection_lost(None)
        assert gone() is None
    finally:
        gc.enable()


async def test_bytes_behind_a_request_never_mislead():
    """The library may have begun with them: what follows is no frame of its own."""
    connection = GameConnection(ServerProtocol(max_size=200), None, ping_interval=None)
    connection.transport = Recorder()
    inner = frame(b"inner")
    outer = frame(inner)[:2] + b"\0\0\0\0" + inner  # masked with zeros
    connection.data_received(REQUEST + outer[:6])
    connection.protocol.send_response(connection.protocol.accept(connection.request))
    heard = []
    connection.attend(Listener(connection, heard.append), Clock(FakeClock()))
    connection.data_received(outer[6:])
    assert heard == [inner]


async def test_a_request_alone_leaves_no_doubt():
    connection = GameConnection(ServerProtocol(max_size=200), None, ping_interval=None)
    connection.transport = Recorder()
    connection.data_received(REQUEST)
    assert connection._unparsed == 0


async def test_nobody_is_heard_before_they_are_attended_to(wire):
    wire = Wire(is_attended=False)
    wire.feed(frame(b"early"))
    assert wire.heard == []
    assert wire.transport.is_aborted


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
async def test_a_message_is_framed_as_the_library_would(wire, size):
    wire.connection.write(b"x" * size)
    assert wire.connection.bytes_sent == size
    assert wire.transport.written == frame(b"x" * size, mask=False)


async def test_several_messages_are_a_frame_each_in_one_write(wire):
    sizes = (0, 125, 126, 65_536)
    wire.connection.write_all([b"x" * size for size in sizes])
    assert wire.connection.bytes_sent == sum(sizes)
    assert wire.transport.written == b"".join(frame(b"x" * n, mask=False) for n in sizes)
    assert wire.transport.writes == 1


async def test_a_message_and_a_close_in_one_piece_are_not_answered_any_more(wire):
    wire.connection.attend(
        Listener(wire.connection, lambda _data: wire.connection.write(b"late")), Clock(FakeClock())
    )
    close = frame(Close(1000, "").serialize(), Opcode.CLOSE, mask=False)
    wire.feed(frame(b"x" * 150) + frame(Close(1000, "").serialize(), Opcode.CLOSE))
    assert wire.transport.written == close + b"<eof>"
    wire.connection.write(b"late")
    assert wire.transport.written == close + b"<eof>"


@pytest.mark.parametrize("end", [lambda peer: peer.dismiss(Reason.KICKED, ""), Peer.lost])
async def test_a_peer_says_nothing_when_it_is_over(wire, end):
    peer = Peer(wire.connection, Origin("192.0.2.1"), Audience(), 0.0)
    peer.write(b"early")
    end(peer)
    written = wire.transport.written
    assert written.startswith(frame(b"early", mask=False))
    peer.write(b"late")
    peer.write_all([b"late", b"later"])
    assert wire.transport.written == written


async def test_nothing_is_written_once_it_closes(wire):
    wire.connection.protocol.send_close(1000)
    wire.connection.send_data()  # as the library does at once
    wire.connection.write(b"late")
    wire.connection.write_all((b"too", b"late"))
    assert wire.transport.written == frame(Close(1000, "").serialize(), Opcode.CLOSE, mask=False)
