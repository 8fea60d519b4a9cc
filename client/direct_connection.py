"""A websocket that hands each message on inside the loop's own callback.

The library's way, a task that awaits `recv`, costs a switch of tasks for each snapshot; a process
full of bots would spend a sixth of its time on them.
"""

from collections.abc import Callable
from typing import Any, Final

from websockets.asyncio.client import ClientConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import Event

PARTS_MAX: Final = 64
"""Fragments of one message. The library bounds their bytes, not the count of empty ones."""
EARLY_MAX: Final = 16
"""Messages kept until somebody listens: a server that turns us away speaks first."""

Listener = Callable[[bytes | str], None]


class DirectConnection(ClientConnection):
    """Messages go to whoever called `listen`; `recv` gives none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._listener: Listener | None = None
        self._early: list[bytes | str] = []
        self._parts: list[bytes] = []

    def listen(self, listener: Listener) -> None:
        """Hand every message to `listener`, those that came before first."""
        early, self._early = self._early, []
        for message in early:
            listener(message)
        self._listener = listener

    def process_event(self, event: Event) -> None:
        """The handshake's answer, or a frame."""
        if not isinstance(event, Frame) or event.opcode is Opcode.PONG:
            super().process_event(event)
        elif event.opcode is Opcode.BINARY and event.fin:
            self._hand_on(bytes(event.data))
        elif event.opcode is Opcode.TEXT:
            self._hand_on("")  # no message of this wire is text: the session ends the line
        elif event.opcode in {Opcode.BINARY, Opcode.CONT}:
            self._collect(event)

    def _collect(self, part: Frame) -> None:
        self._parts.append(bytes(part.data))
        if len(self._parts) > PARTS_MAX:
            self.transport.abort()
        elif part.fin:
            message, self._parts = b"".join(self._parts), []
            self._hand_on(message)

    def _hand_on(self, message: bytes | str) -> None:
        if self._listener is not None:
            self._listener(message)
        elif len(self._early) < EARLY_MAX:
            self._early.append(message)
        else:
            self.transport.abort()
