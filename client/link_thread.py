"""A link in a thread of its own, so that a frame never waits for the network nor the other way.

Two queues without locks: events come in by a deque, orders go out by the loop's own queue.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

from client.link import Link, LinkEvent, Lost, Opener, Received
from client.problem import Fault, Problem
from client.target import Destination

EVENTS_MAX: Final = 8192
BYTES_MAX: Final = 8_388_608
"""What may wait for a window that does not draw (it is dragged about, or has no time)."""
CLOSE_S: Final = 1.5


class LinkThread:
    """A Line for the window, which is its only caller."""

    def __init__(self, opener: Opener) -> None:
        self._events: deque[LinkEvent] = deque()
        self._bytes_in = 0  # written by the thread only
        self._bytes_out = 0  # written by the window only
        self._line = 0
        self._loop = asyncio.new_event_loop()
        self._closing = asyncio.Event()
        self._link = Link(opener, self._deliver)
        self._thread = threading.Thread(target=self._run, name="lanternhold-link", daemon=True)
        self._thread.start()

    def connect(self, destination: Destination | None = None) -> int:
        """See Line."""
        self._line += 1
        self._order(self._link.connect_as, self._line, destination)
        return self._line

    def send(self, data: bytes) -> None:
        """See Line."""
        self._order(self._link.send, data)

    def cut(self) -> None:
        """See Line."""
        self._order(self._link.cut)

    def finish(self) -> None:
        """See Line."""
        self._order(self._link.finish)

    def events(self, at_most: int) -> Iterator[LinkEvent]:
        """The oldest events that were not taken yet."""
        for _ in range(min(at_most, len(self._events))):
            event = self._events.popleft()
            self._bytes_out += _size(event)
            yield event

    def close(self) -> None:
        """Finish in order and end the thread; waits a moment at most."""
        self._order(self._closing.set)
        self._thread.join(CLOSE_S)

    def _order(self, call: Callable[..., object], *args: Any) -> None:
        with suppress(RuntimeError):  # the loop is closed: there is nothing left to order
            self._loop.call_soon_threadsafe(call, *args)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._live())

    async def _live(self) -> None:
        await self._closing.wait()
        await self._link.close()

    def _deliver(self, event: LinkEvent) -> None:
        self._bytes_in += _size(event)
        self._events.append(event)
        waiting = self._bytes_in - self._bytes_out
        if len(self._events) > EVENTS_MAX or waiting > BYTES_MAX:
            self._link.cut()
            self._events.append(Lost(event.line, event.at, None, problem=_flood()))


def _size(event: LinkEvent) -> int:
    return len(event.data) if isinstance(event, Received) else 0


def _flood() -> Problem:
    sentence = "More came from the server than this computer could take in: joining again."
    return Problem(Fault.BAD_SERVER, sentence)
