"""The real server as a process, and what people and others do at its door."""

import asyncio
import contextlib
import json
import socket
import time

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from game.body import Command, Keys
from protocol.codec import decode_server, encode
from protocol.conversation import ClientConversation
from protocol.hot import Input, Snap
from protocol.messages import Act, Bye, Hello, Reject, Saved, Welcome
from protocol.reasons import Reason
from server.doorstep import WAITING_PER_ADDRESS
from support.running import Running

pytestmark = pytest.mark.slow

RIGHT = Command(int(Keys.RIGHT))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Running(tmp_path_factory.mktemp("door"), map_tiles=64, max_players=16).start()
    running.invite = running.secret
    yield running
    assert running.stop() == 0
    assert not [event for event in running.log() if event["level"] == "error"]
    assert "Traceback" not in running.log_file.read_text()


class Players:
    """Good players who walk about, and how the server's ticks were meanwhile."""

    def __init__(self, server, *names):
        self.server = server
        self.names = names
        self.snaps = dict.fromkeys(names, 0)
        self.counts = self.ticks()

    def ticks(self):
        """(all ticks so far, those that took at most a quarter of a second)"""
        name = "lanternhold_tick_duration_seconds"
        return (
            self.server.metric(f"{name}_count"),
            self.server.metric(f'{name}_bucket{{le="0.25"}}'),
        )

    async def unharmed(self):
        """They go on playing, and no tick was made late."""
        before = dict(self.snaps)
        async with asyncio.timeout(10):
            while min(self.snaps[name] - before[name] for name in self.names) < 10:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        now = self.ticks()
        made, in_time = (new - old for new, old in zip(now, self.counts, strict=True))
        assert made - in_time <= 1 + 0.02 * made  # one: a busy machine stops everybody at times
        return True

    async def __aenter__(self):
        self.ready = asyncio.Barrier(len(self.names) + 1)
        self.tasks = [asyncio.create_task(self.walk(name)) for name in self.names]
        await self.ready.wait()
        return self

    async def __aexit__(self, *_):
        for task in self.tasks:
            task.cancel()
        results = await asyncio.gather(*self.tasks, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results), results

    async def walk(self, name):
        conversation = ClientConversation()
        async with self.server.guest(conversation, name, self.server.invite) as guest:
            await guest.until(Welcome)
            await self.ready.wait()
            try:
                while True:
                    snap = await guest.until(Snap)
                    self.snaps[name] += 1
                    for frame in conversation.inputs([RIGHT], snap.tick, 0):
                        await guest.line.send(frame)
            finally:
                await guest.line.send(conversation.bye())


def frame(opcode, data=b"", *, fin=True, mask=True, reserved=0):
    """A WebSocket frame by hand."""
    head = bytes((fin << 7 | reserved << 4 | opcode,))
    length = len(data)
    if length < 126:
        head += bytes((mask << 7 | length,))
    else:
        head += bytes((mask << 7 | 126,)) + length.to_bytes(2, "big")
    return head + (b"\0\0\0\0" if mask else b"") + data


async def raw(server):
    """A connection whose handshake is done and whose frames are ours to make."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.ports["game"])
    writer.write(
        b"GET /w/home HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Protocol: lanternhold.1\r\n\r\n"
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 101 " in head, head
    return reader, writer


async def gone(reader, writer, timeout_s=10):
    """What the server said until it closed."""
    try:
        async with asyncio.timeout(timeout_s):
            data = await reader.read()
    except ConnectionError:
        data = b""
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return data


async def pour(writer, data):
    """Write the same again and again, for five seconds at most."""
    async with asyncio.timeout(5):
        while True:
            writer.write(data)
            await writer.drain()


def close_code(data):
    """The code of the close frame at the end of what was read."""
    at = data.rfind(b"\x88")
    return int.from_bytes(data[at + 2 : at + 4], "big") if at >= 0 else None


# ---------------------------------------------------------------------- good people


async def test_a_player_joins_moves_and_leaves(server):
    conversation = ClientConversation()
    async with server.guest(conversation, "Walker", server.invite) as guest:
        await guest.until(Welcome)
        start = (await guest.until(Snap)).body.x
        for number in range(30):
            snap = await guest.until(Snap)
            direction = RIGHT if number % 2 else Command(int(Keys.RIGHT | Keys.DOWN))
            for data in conversation.inputs([direction], snap.tick, 0):
                await guest.line.send(data)
        assert snap.last_seq > 20
        assert snap.body.x != start
        await guest.line.send(conversation.act(2, 1))
        assert (await guest.until(Saved)).act_id == 1
        await guest.line.send(conversation.bye())
        assert await guest.until_closed() == Reason.BYE


async def test_a_lost_line_is_resumed(server):
    conversation = ClientConversation()
    async with server.guest(conversation, "Phoenix", server.invite) as guest:
        eid = (await guest.until(Welcome)).eid
        await guest.line.send(encode(Input(1, (RIGHT,), 0, 0)))
        await guest.until(Snap)
        guest.line.transport.abort()
    async with server.guest(conversation) as guest:
        welcome = await guest.until(Welcome)
        assert (welcome.resumed, welcome.eid) == (True, eid)
        await guest.line.send(conversation.bye())


def test_everybody_may_ask_for_the_status(server):
    status, body = server.get("/status", "game")
    facts = json.loads(body)
    assert status == 200
    assert set(facts) == {"name", "players", "max_players", "phase", "protocol", "build"}
    assert facts["protocol"] == "lanternhold.1"
    assert server.get("/metrics", "game")[0] == 404
    assert server.get("/admin/players", "game")[0] == 404


async def test_whoever_asks_for_the_status_too_often_is_told_when_to_ask_again(server):
    async def ask(address):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.ports["game"])
        writer.write(
            f"GET /status HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address}\r\n\r\n".encode()
        )
        return await gone(reader, writer)

    answers = [await ask("203.0.113.88") for _ in range(40)]
    assert b" 200 " in answers[0]
    assert b" 429 " in answers[-1]
    assert b"Retry-After: 5" in answers[-1]
    assert b" 200 " in await ask("203.0.113.89")


async def test_a_page_of_our_own_host_may_come(server):
    host = f"127.0.0.1:{server.ports['game']}"
    async with server.line(origin=f"https://{host}"):
        pass


# ---------------------------------------------------------------------- before the handshake


@pytest.mark.parametrize(
    ("status", "options"),
    [
        (404, {"path": "/w/other"}),
        (404, {"path": "/"}),
        (426, {"subprotocols": ()}),
        (426, {"subprotocols": ("lanternhold.2",)}),
        (403, {"origin": "https://evil.example"}),
        (403, {"origin": "null"}),
        (403, {"origin": "https://127.0.0.1.evil.example"}),
    ],
)
async def test_what_is_refused_before_the_handshake(server, status, options):
    with pytest.raises(InvalidStatus) as caught:
        async with server.line(**options):
            pass
    assert caught.value.response.status_code == status


async def test_headers_too_long(server):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.ports["game"])
    writer.write(b"GET /w/home HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 9_000 + b"\r\n\r\n")
    assert b" 431 " in await gone(reader, writer)


async def test_goodbye_and_close_in_one_piece(server):
    """A stranger's client may hang up in the same breath: its name must not stay taken."""
    for _ in range(2):
        conversation = ClientConversation()
        reader, writer = await raw(server)
        writer.write(frame(2, conversation.hello("Hasty", server.invite)))
        async with asyncio.timeout(5):
            await reader.readuntil(b"token")  # of WELCOME; a REJECT ends without
        # Whoever has never spoken may be displaced by their own name: speak, then leave.
        before = server.metric("lanternhold_inputs_total")
        writer.write(frame(2, encode(Input(1, (RIGHT,), 0, 0))))
        async with asyncio.timeout(5):
            while server.metric("lanternhold_inputs_total") == before:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        writer.write(frame(2, encode(Bye())) + frame(8, (1000).to_bytes(2, "big")))
        await gone(reader, writer)


async def test_one_address_cannot_fill_the_doorstep(server):
    """Behind our own proxy each player counts by the address that the proxy tells."""
    stack = contextlib.AsyncExitStack()
    statuses = []
    async with stack:
        for _ in range(WAITING_PER_ADDRESS + 4):
            headers = {"X-Forwarded-For": "203.0.113.77"}
            try:
                await stack.enter_async_context(server.line(additional_headers=headers))
                statuses.append((101, None))
            except InvalidStatus as refused:
                response = refused.response
                statuses.append((response.status_code, response.headers.get("Retry-After")))
        assert statuses == [(101, None)] * WAITING_PER_ADDRESS + [(429, "5")] * 4
        async with server.line(additional_headers={"X-Forwarded-For": "203.0.113.78"}):
            pass


# ---------------------------------------------------------------------- bad manners


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff" * 20, Reason.PROTOCOL),
        (b"", Reason.PROTOCOL),
        ("text", Reason.PROTOCOL),
        (b"\x01\xc1", Reason.PROTOCOL),
        (encode(Input(1, (RIGHT,), 0, 0)), Reason.PROTOCOL),
        (encode(Act(act_id=1, kind=1)), Reason.PROTOCOL),
        (encode(Hello(minor=0, name="X")), Reason.BAD_INVITE),
        (encode(Hello(minor=0, name="X", invite="y" * 24)), Reason.BAD_INVITE),
        (encode(Hello(minor=0, name="X", resume="y" * 24)), Reason.RESUME_LOST),
        (b"\x01" + b"z" * 2_000, 1009),
        (b"\x01" + b"z" * 100_000, 1009),
    ],
)
async def test_a_first_word_that_is_none(server, data, code):
    async with server.line() as line:
        await line.send(data)
        rejects = []
        with contextlib.suppress(ConnectionClosed):
            while True:
                rejects.append(decode_server(await line.recv()))
        assert line.close_code == code
        assert [reject.code for reject in rejects] == ([] if code == 1009 else [code])


async def test_a_second_hello_ends_the_conversation(server):
    conversation = ClientConversation()
    async with server.guest(conversation, "Twice", server.invite) as guest:
        await guest.until(Welcome)
        await guest.line.send(encode(Hello(minor=0, name="Twice", invite=server.invite)))
        assert await guest.until_closed() == Reason.PROTOCOL
        (reject,) = [message for message in guest.heard if isinstance(message, Reject)]
        assert reject.text == Reason.PROTOCOL.sentence


@pytest.mark.parametrize(
    "data",
    [
        frame(2, b"x", mask=False),
        frame(3, b"x"),
        frame(11, b""),
        frame(2, b"x", reserved=4),
        frame(9, b"x" * 126),
        frame(9, b"", fin=False),
        frame(0, b"x"),
        frame(2, b"x", fin=False) + frame(2, b"x"),
        frame(8, b"\x03"),
        frame(8, b"\x03\xe8\xff\xfe"),
        frame(2, b"", fin=False) + frame(0, b"", fin=False) * 30,
        b"\x82\xff" + b"\xff" * 8,
    ],
)
async def test_frames_that_break_the_websocket(server, data):
    reader, writer = await raw(server)
    writer.write(data)
    assert close_code(await gone(reader, writer)) in {1002, 1007, 1009, Reason.PROTOCOL}


async def test_the_silent_the_slow_and_the_crowd_do_not_keep_others_out(server):
    """Half handshakes, and connections that say nothing, are gone after five seconds."""
    silent = [await raw(server) for _ in range(20)]
    slow = []
    for _ in range(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.ports["game"])
        writer.write(b"GET /w/home HTTP/1.1\r\n")
        slow.append((reader, writer))
    began = time.monotonic()
    async with Players(server, "Patient"):
        assert time.monotonic() - began < 2.0
        said = await asyncio.gather(*(gone(*line, timeout_s=8) for line in silent + slow))
    assert time.monotonic() - began < 8.0
    assert {close_code(data) for data in said[:20]} == {Reason.HELLO_LATE}
    assert server.metric('lanternhold_joins_refused_total{reason="hello_late"}') >= 20


async def test_a_flood_of_messages_is_cut_and_nobody_else_notices(server):
    async with Players(server, "Calm", "Quiet") as players:
        conversation = ClientConversation()
        async with server.guest(conversation, "Flooder", server.invite) as guest:
            await guest.until(Welcome)
            sent = 0
            with contextlib.suppress(Exception):
                for seq in range(1, 20_000):
                    await guest.line.send(encode(Input(seq, (RIGHT,), 0, 0)))
                    sent += 1
            with contextlib.suppress(Exception):
                await guest.until_closed()
        assert sent < 20_000
        assert guest.line.close_code in (Reason.RATE, 1006)
        assert await players.unharmed()


async def test_pings_whose_answers_are_not_read(server):
    """1 million of these took 120 MB before there was a guard."""
    before = server.rss_mb
    async with Players(server, "Steady", "Solid") as players:
        _, writer = await raw(server)
        writer.transport.pause_reading()
        pings = frame(9, b"x") * 2_000
        with pytest.raises(ConnectionError):
            await pour(writer, pings)
        writer.close()
        assert await players.unharmed()
    assert server.rss_mb - before < 12.0


async def test_whoever_vanishes_leaves_one_line_at_most(server):
    before = len(server.log_file.read_text().splitlines())
    for _ in range(100):
        sock = socket.create_connection(("127.0.0.1", server.ports["game"]))
        sock.close()
    for _ in range(50):
        _, writer = await raw(server)
        writer.transport.abort()
    for number in range(10):
        async with server.line() as line:
            hello = ClientConversation().hello(f"Ghost {number}", server.invite)
            await line.send(hello)
            line.transport.abort()
    async with Players(server, "Witness"):
        pass
    lines = server.log_file.read_text().splitlines()[before:]
    assert len(lines) < 60
    assert all(line.isprintable() for line in lines)


async def test_nothing_of_it_all_is_left(server):
    """No connection, no player, no broken rule; the metrics have kept count."""
    for _ in range(100):
        if server.metric("lanternhold_peers") == 0:
            break
        await asyncio.sleep(0.1)
    assert server.metric("lanternhold_peers") == 0
    assert server.metric("lanternhold_invariants_broken_total") == 0
    series = len(server.get("/metrics")[1].decode().splitlines())
    assert series < 400
