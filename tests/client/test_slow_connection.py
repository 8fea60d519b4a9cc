"""A simulated line under a real websocket: all bytes come, in order, and none too early.

When each comes is in test_network.py, without a socket.
"""

import asyncio

from client.link import Lost, Measured, Opened, Received
from client.network import Network
from client.slow_connection import RECEIVED_BYTES_MAX
from support.ear import echo, link_to

LINE = Network(delay_s=0.03, jitter_s=0.02, stall_s=0.1, every_s=0.3)


async def test_everything_comes_in_order_and_none_of_it_early():
    loop = asyncio.get_running_loop()
    async with link_to(echo, LINE) as (link, ear, _):
        opened = await ear.until(Opened)
        sent = []
        for n in range(60):
            sent.append(loop.time())
            link.send(bytes([n]))
            await asyncio.sleep(0)
        await ear.until(Received, 60)
    received = ear.of(Received)
    assert [event.data for event in received] == [bytes([n]) for n in range(60)]
    late = [event.at - at for event, at in zip(received, sent, strict=True)]
    assert min(late) >= 2 * LINE.delay_s
    assert opened.line == received[0].line


async def test_the_handshake_and_the_pings_are_late_too():
    began = asyncio.get_running_loop().time()

    async with link_to(echo, Network(delay_s=0.05)) as (link, ear, _):
        opened = await ear.until(Opened)
        assert opened.at - began >= 0.1
        await (await link._open.ping())
        link.send(b".")
        measured = await ear.until(Measured)
    assert measured.rtt_s >= 0.1


async def test_what_was_said_before_the_close_is_heard_before_it():
    async def turn_away(connection):
        for n in range(9):
            await connection.send(bytes([n]))
        await connection.close(4006, "full")

    async with link_to(turn_away, LINE) as (_, ear, _):
        lost = await ear.until(Lost)
    assert [event.data for event in ear.of(Received)] == [bytes([n]) for n in range(9)]
    assert (lost.code, lost.text) == (4006, "full")


async def test_a_server_that_vanishes_is_heard_to_the_end():
    async def vanish(connection):
        await connection.send(b"last words")
        connection.transport.write_eof()
        connection.transport.close()

    async with link_to(vanish, LINE) as (_, ear, _):
        assert (await ear.until(Lost)).code is None
    assert [event.data for event in ear.of(Received)] == [b"last words"]


async def test_a_line_that_we_cut_brings_nothing_more():
    async def chatter(connection):
        async for _ in connection:
            for _ in range(9):
                await connection.send(b".")

    async with link_to(chatter, LINE) as (link, ear, first):
        await ear.until(Opened)
        link.send(b"go")
        await ear.until(Received, 1)
        link.send(b"go")
        link.cut()
        heard = len(ear.of(Received))
        second = link.connect()
        await ear.until(Opened, 2)
        link.send(b"go")
        await ear.until(Received, heard + 9)
    assert all(event.line == second for event in ear.of(Received)[heard:])
    assert not [event for event in ear.of(Lost) if event.line == first]


async def test_a_narrow_line_holds_the_sender_back():
    sent = 0

    async def flood(connection):
        nonlocal sent
        while True:
            await connection.send(bytes(60_000))
            sent += 60_000

    async with link_to(flood, Network(bytes_per_s=2_000_000)) as (link, ear, _):
        await ear.until(Received, 4)
        waiting = link._open._down.waiting_bytes
    assert waiting <= RECEIVED_BYTES_MAX + 2**18, "no more than what came before it was paused"


async def test_goodbye_arrives():
    heard = []

    async def attend(connection):
        heard.append(await connection.recv())
        await connection.close(4000, "bye")

    async with link_to(attend, Network(delay_s=0.05)) as (link, ear, _):
        await ear.until(Opened)
        link.send(b"bye")
        link.finish()
        await link.close()
    assert heard == [b"bye"]


async def test_without_a_simulation_nothing_stands_between():
    async with link_to(echo) as (link, ear, _):
        await ear.until(Opened)
        assert type(link._open).__name__ == "DirectConnection"
