"""Many connections in one thread: opens them, wakes up every few milliseconds, counts.

Everything here is made to be cheap per message, so that the generator is never what is measured.
"""

import select
import ssl
import time
from abc import ABC, abstractmethod
from typing import Final

from bench.counting import Counting
from bench.plan import Plan
from bench.walker import Walker, connected, trusting
from bench.websocket import BINARY, CLOSE, PING, PONG, LineError, accepted, frames

READ_S: Final = 0.005
"""Between two looks at what came: waking up costs more than reading does. What players say is not
gathered like that: each speaks at a moment of its own, as people on many machines do, since a
server that is woken once for many of them is spared most of its work."""
AT_ONCE: Final = 48
"""Connections that are on their way in together; half of what a server lets wait."""
JOIN_S: Final = 40.0
_READ: Final = 1 << 16


class Crowd(Counting, ABC):
    """All players of a plan. A subclass knows what to say and what it means that is heard."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.walkers: list[Walker] = []
        self._by_fd: dict[int, Walker] = {}
        self._poll = select.epoll()
        self._context = trusting(plan.ca_file)
        self._period_s = 1 / plan.hz
        self._order: list[Walker] = []  # who speaks after whom
        self._next = 0
        self._round_at = self._wake_at = self._read_at = time.monotonic()

    @abstractmethod
    def request(self, number: int) -> bytes:
        """What opens player `number`'s websocket."""

    @abstractmethod
    def opened(self, walker: Walker) -> None:
        """The websocket stands."""

    @abstractmethod
    def heard(self, walker: Walker, payload: bytes, now: float) -> None:
        """One binary message arrived."""

    @abstractmethod
    def speak(self, walker: Walker, now: float) -> None:
        """A tick's time has passed for this player."""

    def join(self) -> None:
        """Bring everybody in.

        Raises:
            LineError: when that fails, or takes too long.
        """
        end = time.monotonic() + JOIN_S
        while self.playing < len(self.plan.rights):
            if time.monotonic() > end:
                raise LineError(
                    f"only {self.playing} of {len(self.plan.rights)} players got in. {self.fault}"
                )
            if self.lost:
                raise LineError(f"a connection was lost while joining: {self.fault}")
            while len(self.walkers) - self.playing < AT_ONCE and len(self.walkers) < len(
                self.plan.rights
            ):
                self._connect(len(self.walkers))
            self.turn()

    def turn(self) -> None:
        """Sleep a little, read what came, say what is due."""
        now = time.monotonic()
        if now < self._wake_at:
            time.sleep(self._wake_at - now)
            now = time.monotonic()
        if now - self._read_at >= READ_S:
            self._read_at = now
            self._read(now)
        self._wake_at = min(self._speak(now), self._read_at + READ_S)

    def _speak(self, now: float) -> float:
        """Let everybody speak whose moment has come; returns the next one's moment."""
        order, speak = self._order, self.speak
        while True:
            if self._next >= len(order):
                due = self._round_at + self._period_s
                if due > now:
                    return due
                self._round_at = due
                self._next = 0
                if len(order) != self.playing:
                    order = self._order = self._playing()
                continue
            walker = order[self._next]
            due = self._round_at + walker.phase * self._period_s
            if due > now:
                return due
            self._next += 1
            if walker.is_playing:
                speak(walker, now)

    def _playing(self) -> list[Walker]:
        playing = [walker for walker in self.walkers if walker.is_playing]
        return sorted(playing, key=lambda walker: walker.phase)

    def _read(self, now: float) -> None:
        by_fd, heard = self._by_fd, self.heard
        for fd, _ in self._poll.poll(0):
            walker = by_fd[fd]
            try:
                data = walker.recv(_READ)
            except (BlockingIOError, ssl.SSLWantReadError):
                continue
            except OSError as error:
                self._gone(walker, str(error))
                continue
            if not data:
                self._gone(walker, "the server closed it")
                continue
            size = len(data)
            self.all_bytes += size
            # The usual case first: one whole frame and nothing else.
            if walker.is_playing and not walker.rest and data[0] == BINARY:
                length = data[1]
                if length == size - 2 and length < 126:
                    heard(walker, data[2:], now)
                    continue
                if length == 126 and data[2] << 8 | data[3] == size - 4:
                    heard(walker, data[4:], now)
                    continue
            self._slowly(walker, walker.rest + data, now)

    def _slowly(self, walker: Walker, data: bytes, now: float) -> None:
        """Bytes that are not just one message."""
        if not walker.is_open:
            rest = accepted(data)
            if rest is None:
                walker.rest = data
                return
            walker.is_open = True
            self.opened(walker)
            data = rest
        at = 0
        for first, payload, end in frames(data):
            at = end
            if first == BINARY:
                self.heard(walker, payload, now)
            elif first == PING:
                walker.send(PONG)
            elif first == CLOSE:
                self.fault = self.fault or f"closed: {payload[2:].decode('utf-8', 'replace')}"
        walker.rest = data[at:]

    def _connect(self, number: int) -> None:
        walker = connected(self.plan, number, self.request(number), self._context)
        self.walkers.append(walker)
        self._by_fd[walker.sock.fileno()] = walker
        self._poll.register(walker.sock.fileno(), select.EPOLLIN)

    def _gone(self, walker: Walker, why: str) -> None:
        self.lost += 1
        self.fault = self.fault or why
        self.playing -= walker.is_playing
        walker.is_playing = False
        self._poll.unregister(walker.sock.fileno())
        del self._by_fd[walker.sock.fileno()]
        walker.sock.close()

    def close(self) -> None:
        """Hang up, all of them."""
        for walker in self.walkers:
            walker.sock.close()
        self._poll.close()
