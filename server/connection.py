"""A websocket that hands each message to its peer at once, inside the loop's own callback.

The library's way, a task that awaits `recv`, costs a switch of tasks for each input; here an
input costs none.
"""

import asyncio
from typing import Any, Final

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import Event

from protocol.reasons import Reason
from server.addresses import Origin
from server.clock import Clock
from server.peer import Peer

_CONTROL = (Opcode.PING, Opcode.PONG)
PARTS_MAX: Final = 16
"""Fragments of one message. The library bounds their bytes, not the count of empty ones."""
_UNREAD: Final = (Reason.RATE, Reason.PROTOCOL)
"""Whoever floods, or talks nonsense, is read no more."""
_DATA = (Opcode.BINARY, Opcode.TEXT, Opcode.CONT)


class GameConnection(ServerConnection):
    """One player's line; what server.peer calls a Line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.origin = Origin("")
        self.bytes_received = 0
        self.farewell: asyncio.Future[tuple[int, str]] = self.loop.create_future()
        """Set when the server wants to close, or when the line is gone."""
        self._peer: Peer | None = None
        self._clock: Clock | None = None
        self._parts: list[bytes] = []
        self._is_text = False

    def attend(self, peer: Peer, clock: Clock) -> None:
        """From here on `peer` hears what arrives."""
        self._peer, self._clock = peer, clock

    # ------------------------------------------------------------------ Line

    def write(self, data: bytes) -> None:
        """Send one binary message; nothing if the line is closing."""
        broadcast((self,), data)

    def unread_bytes(self) -> int:
        """Bytes that wait in this process."""
        return self.transport.get_write_buffer_size()

    def close_soon(self, code: int, text: str) -> None:
        """Close with a handshake."""
        if code in _UNREAD:
            # They have a second to read why before the line is cut.
            self.transport.pause_reading()
        if not self.farewell.done():
            self.farewell.set_result((code, text))

    def hang_up(self) -> None:
        """Cut the line."""
        self.transport.abort()

    # ------------------------------------------------------------------ from the library

    def data_received(self, data: bytes) -> None:
        """Bytes arrived."""
        self.bytes_received += len(data)
        super().data_received(data)

    def process_event(self, event: Event) -> None:
        """The handshake, or a frame."""
        if not isinstance(event, Frame):
            super().process_event(event)
        elif self._peer is None or self._clock is None:
            self.transport.abort()  # frames before the handshake was answered: no client of ours
        elif event.opcode in _DATA:
            self._on_data(self._peer, self._clock.now(), event)
        elif event.opcode in _CONTROL:
            self._peer.control(self._clock.now())

    def connection_lost(self, exc: Exception | None) -> None:
        """The line is gone."""
        super().connection_lost(exc)
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
