"""A websocket whose bytes take as long as a simulated line lets them, both ways.

It stands below the websocket, so the handshake, pings and the goodbye are late too; only TCP and
TLS have then been set up at the true line's speed.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any, Final, cast

from client.direct_connection import DirectConnection
from client.network import Lane, Network

RECEIVED_BYTES_MAX: Final = 262_144
"""So much a slow line holds; then the sender has to wait, as TCP makes it."""

Doing = Callable[[], object]


class SlowConnection(DirectConnection):
    """A DirectConnection on such a line."""

    def __init__(self, *args: Any, network: Network, rng: Random, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lanes: tuple[Lane[Doing], Lane[Doing]] = network.lanes(rng)
        self._up, self._down = (_Pipe(lane) for lane in lanes)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The line is open; what is written to it goes through the simulation."""
        self._true = cast("asyncio.Transport", transport)
        super().connection_made(_SlowTransport(self._true, self._up, self._down))

    def data_received(self, data: bytes) -> None:
        """Bytes came from the true line."""
        self._down.put(partial(self._hear, data), len(data))
        if self._down.is_full and not self._true.is_closing():
            self._true.pause_reading()

    def eof_received(self) -> None:
        """The server ends its side, behind what it has said."""
        self._down.put(super().eof_received)

    def connection_lost(self, exc: Exception | None) -> None:
        """The true line is gone. What it brought still arrives, unless we cut it ourselves."""
        self._up.cut()
        lost = partial(super().connection_lost, exc)
        if self._down.is_cut:
            lost()
        else:
            self._down.put(lost)

    def _hear(self, data: bytes) -> None:
        super().data_received(data)
        if not self._down.is_full and not self._true.is_closing():
            self._true.resume_reading()


class _Pipe:
    """One direction: what is put in is done when it has arrived. One timer keeps the order."""

    def __init__(self, lane: Lane[Doing]) -> None:
        self.is_cut = False
        self._lane = lane
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting_bytes(self) -> int:
        """What is on its way."""
        return self._lane.waiting_bytes

    @property
    def is_full(self) -> bool:
        """Whether no more should be put in for now."""
        return self._lane.waiting_bytes > RECEIVED_BYTES_MAX

    def put(self, doing: Doing, size: int = 0) -> None:
        if self.is_cut:
            return
        self._lane.send(doing, size, self._loop.time())
        self._wind()

    def cut(self) -> None:
        self.is_cut = True
        self._lane.cut()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wind(self) -> None:
        at = self._lane.next_s
        if self._timer is None and at is not None:
            self._timer = self._loop.call_at(at, self._flow)

    def _flow(self) -> None:
        self._timer = None
        try:
            for _, doing in self._lane.arrived(self._loop.time()):
                doing()
        finally:
            self._wind()


class _SlowTransport(asyncio.Transport):
    """What a websocket does with a transport, late."""

    def __init__(self, true: asyncio.Transport, up: _Pipe, down: _Pipe) -> None:
        super().__init__()
        self._true = true
        self._up = up
        self._down = down

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._true.get_extra_info(name, default)

    def is_closing(self) -> bool:
        return self._true.is_closing()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._up.put(partial(self._write, bytes(data)), len(data))

    def can_write_eof(self) -> bool:
        return self._true.can_write_eof()

    def write_eof(self) -> None:
        self._up.put(self._true.write_eof)

    def close(self) -> None:
        self._up.put(self._true.close)

    def abort(self) -> None:
        self._up.cut()
        self._down.cut()
        self._true.abort()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._true.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        return self._true.get_write_buffer_size() + self._up.waiting_bytes

    def pause_reading(self) -> None:
        self._true.pause_reading()

    def resume_reading(self) -> None:
        self._true.resume_reading()

    def _write(self, data: bytes) -> None:
        if not self._true.is_closing():
            self._true.write(data)
