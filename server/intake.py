"""Reads the lines of all players in play, many at one waking of the loop.

The loop's own way costs each read a list of keys, a callback and a context: 180 of Python's steps
to take in 22 bytes. Here the lines stand in an epoll of their own, which the loop watches as one
file, and one callback reads all that have something. Whatever is not plain bytes (an end, an
error) gives the line back to the loop. Where the system has no epoll the loop reads every line.
"""

import asyncio
import os
import select
from typing import Any, Final, Protocol

from server.clock import Clock

READ_BYTES: Final = 16 * 1024
BUFFER: Final = bytearray(READ_BYTES)
"""What was just read, of whatever line: it is taken out before anything is read again.

Otherwise asyncio makes room for 256 KB at each read, which the system has to find and take back.
"""
READ: Final = memoryview(BUFFER)


class Line(Protocol):
    """What a connection is to the intake."""

    transport: asyncio.Transport

    def took(self, size: int, now: float) -> None:
        """So many bytes of this line stand in BUFFER."""


class Intake:
    """The lines in play, and whoever reads them. Its length says how many they are."""

    def __init__(self) -> None:
        self._lines: dict[int, Line] = {}
        self._epoll: Any = None  # which not every system has

    def __len__(self) -> int:
        return len(self._lines)

    def open(self, loop: asyncio.AbstractEventLoop, clock: Clock) -> None:
        """Begin to read, inside `loop`."""
        self._loop, self._clock = loop, clock
        if hasattr(select, "epoll"):
            self._epoll = select.epoll()
            loop.add_reader(self._epoll.fileno(), self._read)

    def close(self) -> None:
        """Read no more; the lines that are still here are the loop's again."""
        for line in tuple(self._lines.values()):
            self._give_back(line)
        if self._epoll is not None:
            self._loop.remove_reader(self._epoll.fileno())
            self._epoll.close()
            self._epoll = None

    def join(self, line: Line) -> None:
        """Read a line in the loop's place, unless it is closing."""
        transport = line.transport
        if transport.is_closing():
            return
        fd = _number(line)
        if self._epoll is not None:
            try:
                self._epoll.register(fd, select.EPOLLIN)
            except OSError:
                return  # the system has no room for one more: the loop goes on reading it
            transport.pause_reading()
        self._lines[fd] = line

    def leave(self, line: Line) -> None:
        """Read a line no more, and nor does the loop. It must leave before its socket is closed."""
        fd = _number(line)
        if self._lines.get(fd) is line:
            del self._lines[fd]
            if self._epoll is not None:
                self._epoll.unregister(fd)

    def _give_back(self, line: Line) -> None:
        self.leave(line)
        line.transport.resume_reading()

    def _read(self) -> None:
        """Take in what has come, one read for each line, so that each has its turn."""
        now = self._clock.now()
        lines, read, into, plain = self._lines, os.readv, (BUFFER,), select.EPOLLIN
        for fd, events in self._epoll.poll(0):
            line = lines.get(fd)
            if line is None:
                continue  # it left, because of what a line before it said
            try:
                size = read(fd, into) if events == plain else 0
            except BlockingIOError:
                continue
            except OSError:
                size = 0
            if not size:
                self._give_back(line)  # the loop finds the same, and knows what to do
                continue
            try:
                line.took(size, now)
            except Exception as error:  # noqa: BLE001 - as asyncio does: the others go on
                self._failed(line, error)

    def _failed(self, line: Line, error: Exception) -> None:
        """A fault of ours while a line was heard costs that line alone, and is told."""
        self._loop.call_exception_handler(
            {
                "message": "Fatal error: what a line said could not be taken in.",
                "exception": error,
                "transport": line.transport,
                "protocol": line,
            }
        )
        line.transport.abort()


def _number(line: Line) -> int:
    """The socket's number, -1 if it is closed."""
    number: int = line.transport.get_extra_info("socket").fileno()
    return number
