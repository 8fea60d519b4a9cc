"""Lines that are read many at once: on real sockets, with epoll and where there is none."""

import asyncio
import errno
import select
import socket
import struct
from contextlib import asynccontextmanager, suppress

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from protocol.reasons import Reason
from server.clock import Clock
from server.connection import GameConnection
from server.intake import BUFFER, READ, READ_BYTES, Intake
from support.clock import FakeClock
from support.listener import Listener

pytestmark = pytest.mark.usefixtures("never_stale")

BOTH = pytest.mark.parametrize("has_epoll", [True, False], ids=["epoll", "no epoll"])
needs_epoll = pytest.mark.skipif(not hasattr(select, "epoll"), reason="has no epoll")
RESET = struct.pack("ii", 1, 0)
"""Of SO_LINGER: to close is to reset."""


@pytest.fixture
def has_epoll(request):
    """Unless a test says otherwise, what the system has."""
    return getattr(request, "param", hasattr(select, "epoll"))


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def intake(has_epoll, clock, monkeypatch):
    """One that is open."""
    if has_epoll and not hasattr(select, "epoll"):
        pytest.skip("has no epoll")
    if not has_epoll:
        monkeypatch.delattr(select, "epoll", raising=False)
    made = Intake()
    made.open(asyncio.get_running_loop(), Clock(clock))
    yield made
    made.close()


@pytest.fixture
async def faults():
    """What the loop was told of as a fault."""
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))
    return told


class Line(asyncio.BufferedProtocol):
    """A line that does what a GameConnection does with its intake, and notes what it heard."""

    def __init__(self, intake, made):
        self.intake = intake
        self.made = made
        self.heard = asyncio.Queue()
        self.gone = asyncio.get_running_loop().create_future()
        self.by_loop = 0
        self.on_data = lambda _data: None

    def connection_made(self, transport):
        self.transport = transport
        self.made.put_nowait(self)

    def get_buffer(self, _hint):
        return READ

    def buffer_updated(self, size):
        self.by_loop += 1
        self.took(size, -1.0)

    def took(self, size, now):
        data = bytes(BUFFER[:size])
        self.heard.put_nowait((data, now))
        self.on_data(data)

    def connection_lost(self, exc):
        self.intake.leave(self)
        self.gone.set_result(exc)

    def cut(self):
        self.intake.leave(self)
        self.transport.abort()

    async def hears(self):
        async with asyncio.timeout(5):
            return (await self.heard.get())[0]

    async def ends(self):
        async with asyncio.timeout(5):
            return await self.gone


@pytest.fixture
async def room(intake):
    """Opens lines that are in play: (the server's end, the player's socket)."""
    loop = asyncio.get_running_loop()
    made = asyncio.Queue()
    ends = []

    server = await loop.create_server(lambda: Line(intake, made), "127.0.0.1", 0)

    async def enter(*, joins=True):
        end = socket.create_connection(server.sockets[0].getsockname())
        ends.append(end)
        line = await made.get()
        if joins:
            intake.join(line)
        return line, end

    yield enter
    for end in ends:
        end.close()
    server.close()
    await server.wait_closed()


@BOTH
async def test_what_a_player_says_is_heard(room, intake, has_epoll, clock):
    line, end = await room()
    clock.advance_to(1234.5)
    end.send(b"hello")
    assert await line.heard.get() == (b"hello", 1234.5 if has_epoll else -1.0)
    end.send(b"again")
    assert await line.hears() == b"again"
    assert line.by_loop == (0 if has_epoll else 2)
    assert len(intake) == 1


class Full:
    """An epoll with room for no other line."""

    def __init__(self, epoll):
        self._epoll = epoll

    def __getattr__(self, name):
        return getattr(self._epoll, name)

    def register(self, _fd, _events):
        raise OSError(errno.ENOSPC, "no space left")


@needs_epoll
async def test_where_the_system_has_no_room_the_loop_reads(room, intake, monkeypatch):
    monkeypatch.setattr(intake, "_epoll", Full(intake._epoll))
    line, end = await room()
    end.send(b"hello")
    assert await line.hears() == b"hello"
    assert line.by_loop == 1
    end.close()
    assert await line.ends() is None


@BOTH
async def test_an_end_goes_the_loops_way_after_the_last_words(room, intake):
    line, end = await room()
    end.send(b"bye")
    end.close()
    assert await line.hears() == b"bye"
    assert await line.ends() is None
    assert len(intake) == 0


@BOTH
async def test_a_reset_goes_the_loops_way(room, intake):
    line, end = await room()
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    end.close()
    assert isinstance(await line.ends(), ConnectionResetError)
    assert len(intake) == 0


@needs_epoll
async def test_a_line_that_is_given_back_is_read_by_the_loop(room, intake):
    line, end = await room()
    end.send(b"one")
    assert await line.hears() == b"one"
    intake.close()
    end.send(b"two")
    assert await line.hears() == b"two"
    assert (line.by_loop, len(intake)) == (1, 0)


@BOTH
async def test_who_is_cut_by_what_another_says_is_not_heard_any_more(room, faults):
    """Both have something in the same waking, and the first that is heard cuts the other."""
    (one, its_end), (other, others_end) = await room(), await room()
    one.on_data = lambda _data: other.cut()
    other.on_data = lambda _data: one.cut()
    its_end.send(b"x")
    others_end.send(b"x")
    done, _ = await asyncio.wait((one.gone, other.gone), return_when="FIRST_COMPLETED", timeout=5)
    assert len(done) == 1
    assert one.heard.qsize() + other.heard.qsize() == 1
    assert faults == []


class Still:
    """A line without a loop behind it, whose socket can be closed at any moment."""

    def __init__(self, sock, log):
        self.sock = sock
        self.log = log
        self.transport = self
        self.is_reading = True
        self.on_data = lambda: None

    def get_extra_info(self, _name):
        return self.sock

    def is_closing(self):
        return self.sock.fileno() < 0

    def pause_reading(self):
        self.is_reading = False

    def resume_reading(self):
        self.is_reading = True

    def took(self, size, _now):
        self.log.append((self, bytes(BUFFER[:size])))
        self.on_data()


@pytest.fixture
def pairs():
    made = []

    def make():
        ends = socket.socketpair()
        made.extend(ends)
        ends[0].setblocking(False)
        return ends

    yield make
    for end in made:
        end.close()


@needs_epoll
async def test_a_number_that_is_used_anew_within_a_waking_misleads_nobody(intake, pairs):
    log = []
    ends = [pairs(), pairs()]
    lines = [Still(end, log) for end, _ in ends]
    newcomers = []

    def replace(old):
        number = old.sock.fileno()
        intake.leave(old)
        old.sock.close()
        end, far = pairs()
        assert end.fileno() == number
        newcomers.append((Still(end, log), far))
        intake.join(newcomers[0][0])

    lines[0].on_data = lambda: replace(lines[1])
    lines[1].on_data = lambda: replace(lines[0])
    for line, (_, far) in zip(lines, ends, strict=True):
        intake.join(line)
        far.send(b"old")
    await turns()
    assert [data for _, data in log] == [b"old"]
    ((newcomer, far),) = newcomers
    assert not newcomer.is_reading  # the stale event did not put it out
    far.send(b"new")
    await turns()
    assert log[1:] == [(newcomer, b"new")]


@needs_epoll
async def test_who_left_before_the_end_is_not_mistaken_for_who_came_after(intake, pairs):
    end, _ = pairs()
    old, new = Still(end, []), Still(end, [])
    intake.join(old)
    intake.leave(old)
    intake.join(new)
    intake.leave(old)  # as when connection_lost comes after a hang-up
    assert len(intake) == 1


async def turns():
    """The loop looks for events, a few times, without waiting."""
    for _ in range(3):
        await asyncio.sleep(0)


@BOTH
async def test_a_fault_costs_its_own_line_alone_and_is_told(room, intake, faults):
    lines = [await room() for _ in range(3)]
    broken = lines[1][0]
    fault = ZeroDivisionError("a fault of ours")

    def fail(_data):
        raise fault

    broken.on_data = fail
    for _, end in lines:
        end.send(b"x")
    for line, _ in lines:
        assert await line.hears() == b"x"
    await broken.ends()
    assert [context["exception"] for context in faults] == [fault]
    assert faults[0]["protocol"] is broken
    assert len(intake) == 2
    lines[2][1].send(b"on")
    assert await lines[2][0].hears() == b"on"


@BOTH
async def test_a_heap_of_one_does_not_keep_the_others_waiting(room):
    (heap, far), (line, end) = await room(joins=False), await room(joins=False)
    heap.transport.pause_reading()
    far.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 10 * READ_BYTES)
    order = []
    heap.on_data = lambda data: order.append(len(data))
    line.on_data = order.append
    far.sendall(b"x" * (3 * READ_BYTES))
    end.send(b"me too")
    heap.transport.resume_reading()
    heap.intake.join(heap)
    line.intake.join(line)
    while sum(bite for bite in order if bite != b"me too") < 3 * READ_BYTES:
        await heap.hears()
    assert order.index(b"me too") <= 2
    assert max(bite for bite in order if bite != b"me too") <= READ_BYTES


@BOTH
async def test_it_knows_how_many_are_in_play(room, intake):
    lines = [await room() for _ in range(4)]
    await room(joins=False)
    assert len(intake) == 4
    lines[0][1].close()
    await lines[0][0].ends()
    lines[1][0].cut()
    await lines[1][0].ends()
    assert len(intake) == 2


@BOTH
async def test_a_line_that_is_closing_is_not_joined(room, intake):
    line, _ = await room(joins=False)
    line.transport.abort()
    intake.join(line)
    assert len(intake) == 0
    await line.ends()
    intake.join(line)
    assert len(intake) == 0


# ------------------------------------------------------------------ a player's whole line


@asynccontextmanager
async def players(intake, clock, count):
    """As many players on a server of its own: (connection, what it heard, client)."""
    made = asyncio.Queue()

    async def attend(connection):
        heard = asyncio.Queue()
        connection.attend(Listener(connection, heard.put_nowait), Clock(clock))
        connection.enter(intake)
        made.put_nowait((connection, heard))
        with suppress(ConnectionClosed):
            await connection.close(*await connection.farewell)

    async with serve(
        attend, "127.0.0.1", 0, create_connection=GameConnection, compression=None,
        ping_interval=None, close_timeout=1,
    ) as server:  # fmt: skip
        port = server.sockets[0].getsockname()[1]
        found = []
        for _ in range(count):
            client = await connect(
                f"ws://127.0.0.1:{port}", compression=None, ping_interval=None, proxy=None
            )
            found.append((*await made.get(), client))
        yield found
        for _, _, client in found:
            client.transport.abort()


@BOTH
async def test_messages_small_and_long_and_in_parts_and_a_close(intake, clock):
    async with players(intake, clock, 1) as ((connection, heard, client),):
        said = [b"small", b"x" * 1_000, b"y" * 125, b"z" * 126]
        for data in said:
            await client.send(data)
        await client.send([b"in ", b"parts"])
        async with asyncio.timeout(5):
            assert [await heard.get() for _ in range(5)] == [*said, b"in parts"]
            await client.close(1000, "bye")
            await connection.wait_closed()
        assert client.close_code == 1000
        assert len(intake) == 0


@BOTH
async def test_a_flooder_is_read_no_more_while_others_are(intake, clock):
    async with players(intake, clock, 2) as ((flooder, floods, far), (_, heard, client)):
        await far.send(b"one")
        async with asyncio.timeout(5):
            assert await floods.get() == b"one"
        flooder._peer.dismiss(Reason.RATE, "")
        read = flooder.bytes_received
        far.transport.write(b"\x82\x83\0\0\0\0two")
        await client.send(b"hello")
        async with asyncio.timeout(5):
            assert await heard.get() == b"hello"
        assert flooder.bytes_received == read
        assert len(intake) == 1


@BOTH
async def test_who_is_hung_up_on_is_read_no_more(intake, clock):
    async with players(intake, clock, 1) as ((connection, heard, client),):
        connection.hang_up()
        assert len(intake) == 0
        client.transport.write(b"\x82\x83\0\0\0\0two")
        async with asyncio.timeout(5):
            await connection.wait_closed()
        assert heard.empty()


def farewell(connection, _client):
    connection.close_soon(1000, "")


def hang_up(connection, _client):
    connection.hang_up()


def close(_connection, client):
    client.protocol.send_close(1000)
    client.send_data()


def half_close(_connection, client):
    client.transport.write_eof()


def reset(_connection, client):
    client.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    client.transport.abort()


def talk_nonsense(_connection, client):
    client.transport.write(b"\xff" * 22)


@BOTH
@pytest.mark.parametrize(
    "end",
    [farewell, hang_up, close, half_close, reset, talk_nonsense],
    ids=lambda end: end.__name__,
)
async def test_nothing_is_said_or_heard_once_a_line_ends(intake, clock, end):
    """At each turn of the loop until it is gone: `never_stale` looks on."""
    async with players(intake, clock, 1) as ((connection, heard, client),):
        await client.send(b"usual input here")
        async with asyncio.timeout(5):
            assert await heard.get() == b"usual input here"
            end(connection, client)
            while not connection.connection_lost_waiter.done():
                connection.write(b"a snapshot")
                connection.write_all([b"a", b"b"])
                await asyncio.sleep(0)
        connection.write(b"late")
        assert (connection._is_open, connection._hearer) == (False, None)
        assert heard.empty()
