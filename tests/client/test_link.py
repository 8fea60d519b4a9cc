"""The link against a real websocket on loopback."""

import asyncio

import pytest

from client.direct_connection import EARLY_MAX, PARTS_MAX
from client.link import Link, Lost, Measured, Opened, Received, Stepped
from client.problem import Fault, Problem
from support.ear import Ear, echo, link_to, server


async def test_frames_go_out_and_come_in_in_order():
    async with link_to(echo) as (link, ear, number):
        await ear.until(Opened)
        for n in range(50):
            link.send(bytes([n]))
        await ear.until(Received, 50)
    assert [event.data for event in ear.of(Received)] == [bytes([n]) for n in range(50)]
    assert all(event.line == number for event in ear.events)
    times = [event.at for event in ear.events]
    assert times == sorted(times)
    assert ear.of(Stepped)


async def test_what_the_server_says_before_anybody_listens_is_heard():
    async def turn_away(connection):
        await connection.send(b"go")
        await connection.close(4006, "full")

    async with link_to(turn_away) as (_, ear, _):
        lost = await ear.until(Lost)
    assert [event.data for event in ear.of(Received)] == [b"go"]
    assert (lost.code, lost.text) == (4006, "full")


async def test_fragments_are_joined_and_text_is_told_as_such():
    async def speak(connection):
        await connection.send([b"a", b"b", b"c"])
        await connection.send("text")
        await connection.send(b"end")
        await connection.wait_closed()

    async with link_to(speak) as (_, ear, _):
        await ear.until(Received, 3)
    assert [event.data for event in ear.of(Received)] == [b"abc", "", b"end"]


@pytest.mark.parametrize("flood", [[b""] * (PARTS_MAX + 5), None])
async def test_a_message_in_endless_parts_or_too_long_costs_the_line(flood):
    async def speak(connection):
        await connection.send(flood or b"x" * 70_000)
        await connection.wait_closed()

    async with link_to(speak) as (_, ear, _):
        lost = await ear.until(Lost)
    assert lost.code is None
    assert not ear.of(Received)


async def test_a_line_that_breaks_without_a_word_has_no_code():
    async def vanish(connection):
        connection.transport.abort()

    async with link_to(vanish) as (_, ear, _):
        assert (await ear.until(Lost)).code is None


async def test_connecting_again_gives_up_the_line_before_without_a_word():
    async with link_to(echo) as (link, ear, first):
        await ear.until(Opened)
        second = link.connect()
        await ear.until(Opened, 2)
        link.send(b"x")
        received = await ear.until(Received)
    assert (first, second, received.line) == (1, 2, 2)
    assert not [event for event in ear.of(Lost) if event.line == first]


async def test_a_problem_of_the_opener_is_told_as_it_is():
    async def opener(_tell, _destination):
        raise Problem(Fault.DNS, "No such name.")

    ear = Ear()
    link = Link(opener, ear)
    link.connect()
    assert (await ear.until(Lost)).problem.sentence == "No such name."
    await link.close()


async def test_even_a_fault_nobody_thought_of_is_told_and_not_raised(caplog):
    async def opener(_tell, _destination):
        raise ZeroDivisionError

    ear = Ear()
    link = Link(opener, ear)
    link.connect()
    assert (await ear.until(Lost)).problem.fault is Fault.BAD_SERVER
    assert "ZeroDivisionError" in caplog.text
    await link.close()


async def test_the_line_is_measured():
    async def pong(connection):
        while True:
            await connection.send(b".")
            await asyncio.sleep(0.01)

    async with link_to(pong) as (link, ear, _):
        await ear.until(Opened)
        await (await link._open.ping())
        measured = await ear.until(Measured)
    assert 0 < measured.rtt_s < 2


async def test_goodbye_lets_the_server_close_first():
    heard = []

    async def attend(connection):
        heard.append(await connection.recv())
        await connection.close(4000, "bye")

    async with link_to(attend) as (link, ear, _):
        await ear.until(Opened)
        link.send(b"bye")
        link.finish()
        await link.close()
    assert heard == [b"bye"]


async def test_sending_without_a_line_is_nothing():
    link = Link(None, Ear())
    link.send(b"x")
    link.finish()
    await link.close()


async def test_more_than_a_few_messages_before_anybody_listens_cost_the_line():
    gate = asyncio.Event()

    async def chatter(connection):
        for _ in range(EARLY_MAX + 5):
            await connection.send(b"x")
        gate.set()
        await connection.wait_closed()

    async with server(chatter) as opener:

        async def slow(tell, destination):
            connection = await opener(tell, destination)
            await gate.wait()
            await connection.wait_closed()
            return connection

        ear = Ear()
        link = Link(slow, ear)
        link.connect()
        await ear.until(Lost)
        await link.close()
