"""One line to a server at a time, on an asyncio loop: bytes in both directions, nothing more.

The link knows no message. It tells what happens as events, stamped in the loop that received
them; whoever holds it decides when to connect again. It never raises at its holder.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from websockets.asyncio.connection import broadcast

from client.connecting import Tell
from client.direct_connection import DirectConnection
from client.problem import Fault, Problem
from client.target import Destination

UNSENT_BYTES_MAX: Final = 65_536
"""So much waits only on a line that has been dead for minutes: it is cut."""

GOODBYE_S: Final = 0.5
"""A server that heard goodbye closes within this time, on any line worth playing on."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """Something about line number `line`, at monotonic seconds `at`."""

    line: int
    at: float


@dataclass(frozen=True, slots=True)
class Stepped(Event):
    """Connecting goes on: `text` says with what."""

    text: str


@dataclass(frozen=True, slots=True)
class Opened(Event):
    """The line is open and verified: say hello."""


@dataclass(frozen=True, slots=True)
class Received(Event):
    """One frame."""

    data: bytes | str


@dataclass(frozen=True, slots=True)
class Measured(Event):
    """The round trip of a ping on the line, in seconds."""

    rtt_s: float


@dataclass(frozen=True, slots=True)
class Lost(Event):
    """The line is gone, or never came to be (`problem`); closed by the server with `code`."""

    code: int | None
    text: str = ""
    problem: Problem | None = None


LinkEvent = Stepped | Opened | Received | Measured | Lost
Opener = Callable[[Tell, Destination | None], Awaitable[DirectConnection]]
"""Opens a line to a destination; None is the server of the invite."""


class Line(Protocol):
    """What a session needs of the network; nothing in it waits."""

    def connect(self, destination: Destination | None = None) -> int:
        """Give up the line there is and open another; returns its number."""

    def send(self, data: bytes) -> None:
        """Send a frame if the line is open."""

    def cut(self) -> None:
        """Give up the line at once; nothing more is told of it."""

    def finish(self) -> None:
        """Goodbye has been said: let the server close, and do it ourselves if it does not."""


class Link:
    """A Line on the running loop; events go to `deliver`, in order, in this loop."""

    def __init__(
        self,
        opener: Opener,
        deliver: Callable[[LinkEvent], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._opener = opener
        self._deliver = deliver
        self._clock = clock
        self._line = 0
        self._open: DirectConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._parting: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    def connect(self, destination: Destination | None = None) -> int:
        """See Line."""
        self.connect_as(self._line + 1, destination)
        return self._line

    def connect_as(self, line: int, destination: Destination | None) -> None:
        """`connect`, with a number that the caller chose."""
        self.cut()
        self._line = line
        self._task = asyncio.create_task(self._run(line, destination))

    def send(self, data: bytes) -> None:
        """See Line."""
        line = self._open
        if line is None:
            return
        broadcast((line,), data)  # the one way to send without waiting
        if line.transport.get_write_buffer_size() > UNSENT_BYTES_MAX:
            line.transport.abort()

    def finish(self) -> None:
        """See Line."""
        connection, self._open = self._open, None
        if connection is not None:
            self._parting = asyncio.create_task(_part(connection))
            self._end(self._parting)
        elif self._parting is None or self._parting.done():
            self.cut()  # otherwise what was said last may still be on its way

    def cut(self) -> None:
        """Give up the line at once; nothing more is told of it."""
        if self._open is not None:
            self._open.transport.abort()
            self._open = None
        if self._task is not None and not self._task.done():
            self._task.cancel()
            self._end(self._task)
        self._task = None

    async def close(self) -> None:
        """End everything; returns when nothing of it runs any more."""
        self.finish()
        running = {task for task in (self._task, *self._ending) if task is not None}
        if running:
            _, late = await asyncio.wait(running, timeout=1.0)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _run(self, line: int, destination: Destination | None) -> None:
        """The life of one line. The one place where an unknown error ends: told, never raised."""
        try:
            lost = await self._live(line, destination)
        except Problem as known:
            lost = Lost(line, self._clock(), None, problem=known)
        except Exception:  # noqa: BLE001 - the supervisor of this task
            _log.exception("a connection ended in an unexpected way")
            sentence = "The connection ended in a way nobody thought of: try again."
            problem = Problem(Fault.BAD_SERVER, sentence)
            lost = Lost(line, self._clock(), None, problem=problem)
        if line == self._line:
            self._open = None
            self._deliver(lost)

    async def _live(self, line: int, destination: Destination | None) -> Lost:
        connection = await self._opener(lambda text: self._tell(line, text), destination)
        self._open = connection
        try:
            self._deliver(Opened(line, self._clock()))
            await self._receive(line, connection)
        finally:
            connection.transport.abort()
        return Lost(line, self._clock(), _code(connection), connection.close_reason or "")

    async def _receive(self, line: int, connection: DirectConnection) -> None:
        latency = 0.0

        def hear(data: bytes | str) -> None:
            nonlocal latency
            if self._open is not connection:
                return  # given up: what still arrives is of no interest
            at = self._clock()
            self._deliver(Received(line, at, data))
            if connection.latency != latency:
                latency = connection.latency
                self._deliver(Measured(line, at, latency))

        connection.listen(hear)
        await connection.wait_closed()

    def _tell(self, line: int, text: str) -> None:
        if line == self._line:
            self._deliver(Stepped(line, self._clock(), text))


async def _part(connection: DirectConnection) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(GOODBYE_S):
            await connection.wait_closed()
    await connection.close()


def _code(connection: DirectConnection) -> int | None:
    """The close code the server sent; None for a line that just broke, or that we closed."""
    received = connection.protocol.close_rcvd
    return received.code if received is not None else None
