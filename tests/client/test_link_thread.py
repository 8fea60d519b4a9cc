"""The link's thread, seen from the window's side."""

import asyncio
import threading
import time

import client.link_thread as module
from client.link import Lost, Opened, Received
from client.link_thread import LinkThread
from client.problem import Fault, Problem


class Talker:
    """Stands where an open websocket does: says what it is told to, until it is cut."""

    close_reason = ""
    latency = 0.0

    class protocol:  # noqa: N801 - the shape of the library's object
        close_rcvd = None

    def __init__(self, frames):
        self.transport = self
        self._frames = frames
        self._closed = asyncio.Event()

    def listen(self, listener):
        for frame in self._frames:
            listener(frame)

    def abort(self):
        self._closed.set()

    async def wait_closed(self):
        await self._closed.wait()

    async def close(self):
        self.abort()


def opener_of(frames):
    async def opener(_tell, _destination):
        return Talker(frames)

    return opener


def collected(thread, is_enough):
    """Events as a window takes them, until `is_enough(events)`."""
    events, end = [], time.monotonic() + 5
    while not is_enough(events):
        assert time.monotonic() < end, events
        events += thread.events(100)
    return events


def test_events_cross_over_and_nothing_waits():
    thread = LinkThread(opener_of([b"a", b"b"]))
    number = thread.connect()
    events = collected(thread, lambda events: len(events) >= 3)
    assert [type(event) for event in events] == [Opened, Received, Received]
    assert {event.line for event in events} == {number}
    thread.close()
    assert "lanternhold-link" not in {t.name for t in threading.enumerate()}


def test_a_frame_takes_in_as_much_as_it_asks_for():
    thread = LinkThread(opener_of([bytes([n]) for n in range(10)]))
    thread.connect()
    first = collected(thread, lambda events: len(events) >= 4)[:4]
    assert len(first) == 4
    assert len(list(thread.events(2))) <= 2
    thread.close()


def test_a_flood_is_cut_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr(module, "BYTES_MAX", 50_000)
    thread = LinkThread(opener_of([b"x" * 1000] * 500))
    thread.connect()
    events = collected(thread, lambda events: any(isinstance(e, Lost) for e in events))
    assert len(events) < 400
    assert events[-1].problem.fault is Fault.BAD_SERVER
    thread.close()


def test_closing_twice_and_ordering_after_it_are_nothing():
    thread = LinkThread(opener_of([]))
    thread.close()
    thread.close()
    thread.connect()
    thread.send(b"x")
    thread.cut()
    thread.finish()
    assert list(thread.events(5)) == []


def test_a_line_that_cannot_be_opened_is_told():
    async def opener(_tell, _destination):
        raise Problem(Fault.REFUSED, "No.")

    thread = LinkThread(opener)
    thread.connect()
    (lost,) = collected(thread, bool)
    assert lost.problem.sentence == "No."
    thread.close()
