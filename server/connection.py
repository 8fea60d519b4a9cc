"""A websocket that hands each message to its peer at once, inside the loop's own callback.

The library's way, a task that awaits `recv`, costs a switch of tasks for each input; here an
input costs none. What is faster than the library is in this file, with what it saves for each
message (docs/explain/performance.md): the usual INPUT read without the library's parser (3 us), a
SNAP framed and written in one go (1 us). All else, and everything that is odd in any way, goes
through the library. What is faster than the loop is in server/intake.
"""

import asyncio
import struct
from collections.abc import Sequence
from typing import Any, Final

from websockets.asyncio.server import ServerConnection
from websockets.frames import (  # type: ignore[attr-defined]
    CloseCode,
    Frame,
    Opcode,
    apply_mask,  # not said to be public; in C where the wheel has it
)
from websockets.protocol import Event, State

from protocol.input import ONE_BYTES
from protocol.reasons import Reason
from server.addresses import Origin
from server.clock import Clock
from server.intake import BUFFER, READ, Intake
from server.peer import Peer

_CONTROL = (Opcode.PING, Opcode.PONG)
PARTS_MAX: Final = 16
"""Fragments of one message. The library bounds their bytes, not the count of empty ones."""
_UNREAD: Final = (Reason.RATE, Reason.PROTOCOL)
"""Whoever floods, or talks nonsense, is read no more."""
_DATA = (Opcode.BINARY, Opcode.TEXT, Opcode.CONT)

_REQUEST_END: Final = b"\r\n\r\n"
_WHOLE_BINARY: Final = 0x80 | Opcode.BINARY
_MASKED: Final = 0x80
_SMALL: Final = 125
"""Bytes of the longest frame that tells its length in one byte."""
_HEAD_BYTES: Final = 6
"""Of a small masked frame: kind, length, mask."""
_MASK: Final = slice(2, _HEAD_BYTES)
_USUAL_BYTES: Final = _HEAD_BYTES + ONE_BYTES
"""Of the frame of the usual INPUT."""
_USUAL_HEAD: Final = bytes((_WHOLE_BINARY, _MASKED | ONE_BYTES))
_USUAL_BODY: Final = READ[_HEAD_BYTES:_USUAL_BYTES]
"""Its message in BUFFER."""
_OPEN: Final = State.OPEN

_SMALL_HEADS: Final = [bytes((_WHOLE_BINARY, size)) for size in range(_SMALL + 1)]


def _wire_bytes(size: int) -> int:
    """The least that a masked frame of `size` bytes takes."""
    return _HEAD_BYTES + size + (0 if size <= _SMALL else 2 if size <= 0xFFFF else 8)


def framed(data: bytes) -> bytes:
    """One binary message as one frame of a server's."""
    size = len(data)
    if size <= _SMALL:
        return _SMALL_HEADS[size] + data
    if size <= 0xFFFF:
        return struct.pack("!BBH", _WHOLE_BINARY, 126, size) + data
    return struct.pack("!BBQ", _WHOLE_BINARY, 127, size) + data


class GameConnection(ServerConnection, asyncio.BufferedProtocol):
    """One player's line; what server.peer calls a Line."""

    # The library's own attributes are as many as Python keeps without a dict, which takes 1.5 KB.
    __slots__ = (
        "_clock", "_hearer", "_intake", "_is_open", "_is_request_alone", "_is_text", "_parts",
        "_peer", "_unparsed", "bytes_received", "bytes_sent", "farewell", "origin",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.origin = Origin("")
        self.bytes_received = self.bytes_sent = 0
        self.farewell: asyncio.Future[tuple[int, str]] = self.loop.create_future()
        """Set when the server wants to close, or when the line is gone."""
        self._peer: Peer | None = None
        self._clock: Clock | None = None
        self._intake: Intake | None = None
        self._parts: list[bytes] = []
        # Bytes that the library has of a frame that is not whole, or more: never less. Its own
        # buffer does not tell, for it may have read a frame's head and wait for the rest.
        self._unparsed = 0
        self._is_request_alone = False
        self._is_text = False
        # What `_settle` finds. To ask the library's state at each message would cost two calls.
        self._is_open = False
        self._hearer: Peer | None = None

    def attend(self, peer: Peer, clock: Clock) -> None:
        """From here on `peer` hears what arrives."""
        self._peer, self._clock = peer, clock
        if self.request is not None:
            self.request.headers.clear()  # the library's parser holds them for good: 2 KB
        self.request = self.response = None
        self._settle()

    def enter(self, intake: Intake) -> None:
        """From here on `intake` reads the line, until it closes or something odd happens to it."""
        self._intake = intake
        intake.join(self)

    def _leave(self) -> None:
        if self._intake is not None:
            self._intake.leave(self)

    # ------------------------------------------------------------------ Line

    def write(self, data: bytes) -> None:
        """Send a binary message; nothing if the line is closing."""
        size = len(data)
        self.bytes_sent += size
        if self._is_open:
            self.transport.write(_SMALL_HEADS[size] + data if size <= _SMALL else framed(data))

    def write_all(self, messages: Sequence[bytes]) -> None:
        """Send several in one go."""
        self.bytes_sent += sum(map(len, messages))
        if self._is_open:
            self.transport.write(b"".join(map(framed, messages)))

    def unread_bytes(self) -> int:
        """Bytes that wait in this process."""
        return self.transport.get_write_buffer_size()

    def close_soon(self, code: int, text: str) -> None:
        """Close with a handshake."""
        if code in _UNREAD:
            # They have a second to read why before the line is cut.
            self.transport.pause_reading()
            self._leave()
        if not self.farewell.done():
            self.farewell.set_result((code, text))

    def hang_up(self) -> None:
        """Cut the line."""
        self._leave()
        self.transport.abort()

    # ------------------------------------------------------------------ from the library

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Where the loop reads into."""
        return READ

    def buffer_updated(self, nbytes: int) -> None:
        """So many bytes arrived, read by the loop."""
        if self._clock is None:
            self.data_received(bytes(READ[:nbytes]))
        else:
            self.took(nbytes, self._clock.now())

    def took(self, size: int, now: float) -> None:
        """So many bytes arrived. Nearly always they are the usual INPUT, alone and whole."""
        peer = self._hearer
        if size == _USUAL_BYTES and peer is not None and BUFFER.startswith(_USUAL_HEAD):
            self.bytes_received += size
            peer.receive(apply_mask(_USUAL_BODY, BUFFER[_MASK]), now)
        else:
            self.data_received(bytes(READ[:size]))

    def data_received(self, data: bytes) -> None:
        """Bytes arrived."""
        self.bytes_received += len(data)
        data = self._short_way(data)
        if data:
            self._unparsed += len(data)
            self._is_request_alone = data.find(_REQUEST_END) == self._unparsed - len(_REQUEST_END)
            super().data_received(data)
            self._settle()

    def send_data(self) -> None:
        """Send what the library has to say."""
        self._settle()
        super().send_data()

    def _settle(self) -> None:
        """Note whether the line is open; and who hears the next bytes, if a frame begins with them.

        Whatever changes the library's state calls `send_data` at once, or is `connection_lost`.
        """
        self._is_open = self.protocol.state is _OPEN
        is_between = self._is_open and not (self._unparsed or self._parts)
        self._hearer = self._peer if is_between else None

    def _short_way(self, data: bytes) -> bytes:
        """Hand over the small whole binary messages that `data` begins with; returns the rest.

        Several come at once after a stall, and whenever the server itself is late: then least of
        all it may take the long way.
        """
        peer, clock = self._hearer, self._clock
        if peer is None or clock is None:
            return data
        at, end = 0, len(data)
        while at + _HEAD_BYTES < end and data[at] == _WHOLE_BINARY:
            size, body = data[at + 1] - _MASKED, at + _HEAD_BYTES
            if not 0 < size <= _SMALL or body + size > end:
                break
            message = apply_mask(data[body : body + size], data[at + 2 : body])
            at = body + size
            peer.receive(message, clock.now())
        return data[at:]

    def process_event(self, event: Event) -> None:
        """The handshake, or a frame."""
        if not isinstance(event, Frame):
            if self._is_request_alone:  # else in doubt for good: no client of ours does that
                self._unparsed = 0
            super().process_event(event)
            return
        self._unparsed -= _wire_bytes(len(event.data))
        if self._peer is None or self._clock is None:
            self.transport.abort()  # frames before the handshake was answered: no client of ours
        elif event.opcode in _DATA:
            self._on_data(self._peer, self._clock.now(), event)
        elif event.opcode in _CONTROL:
            self._peer.control(self._clock.now())

    def connection_lost(self, exc: Exception | None) -> None:
        """The line is gone."""
        self._leave()
        super().connection_lost(exc)
        self._peer = None  # who knows this line: without the circle both are let go of at once
        self._settle()
        if not self.farewell.done():
            self.farewell.set_result((CloseCode.ABNORMAL_CLOSURE, ""))

    def _on_data(self, peer: Peer, now: float, frame: Frame) -> None:
        """A message or a part of one; the library has seen to it that no message is too long."""
        # The state is not asked: when a last message and a close come in one piece, it is CLOSING
        # before the message is handed over. The peer itself knows whether it still listens.
        if peer.is_over:
            self._parts.clear()
            return
        if frame.fin and not self._parts and frame.opcode is Opcode.BINARY:
            peer.receive(bytes(frame.data), now)
            return
        if frame.opcode is not Opcode.CONT:
            self._is_text = frame.opcode is Opcode.TEXT
        self._parts.append(bytes(frame.data))
        if len(self._parts) > PARTS_MAX:
            peer.receive(b"", now)  # no message is that: the conversation refuses it
        elif frame.fin:
            data, self._parts = b"".join(self._parts), []
            peer.receive("text" if self._is_text else data, now)
