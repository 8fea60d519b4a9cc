"""A connection as the server sees it, without a socket: who may say what, when, how often."""

from typing import Final

from protocol.codec import DECODERS, ClientMessage
from protocol.errors import DecodeError, Refused
from protocol.hot import Input
from protocol.input import ONE_BYTES, WALKS, one_command, unpack_one
from protocol.input import TYPE as INPUT
from protocol.limits import HELLO_S, TokenBucket
from protocol.messages import Bye, Hello
from protocol.reasons import Reason
from protocol.table import TABLE, Direction, Phase

_ENTRIES: Final = {e.id: e for e in TABLE if e.direction is Direction.TO_SERVER}
_ALLOWED: Final = {
    phase: {e.id: (e, DECODERS[e.id]) for e in _ENTRIES.values() if phase in e.phases}
    for phase in Phase
}
"""What may be said in each phase, by its first byte."""


class ServerConversation:
    """Judges every frame of one connection by the table. Times are monotonic seconds.

    hello -> play -> closed: `receive` takes the HELLO, the caller admits the player and calls
    `welcome`. What breaks a rule raises Refused and closes the conversation for good.
    """

    __slots__ = ("_buckets", "_inputs", "_last_seq", "_since", "closed_by", "hello", "phase")

    def __init__(self, now: float) -> None:
        self.phase = Phase.HELLO
        self.hello: Hello | None = None
        self.closed_by: Reason | None = None
        self._since = now
        self._last_seq = 0
        self._buckets: dict[int, TokenBucket] = {}
        self._inputs: TokenBucket | None = None  # that of INPUT, while it may be said

    def receive(self, data: bytes | str, now: float) -> ClientMessage:
        """The message in one frame, or Refused with the code to close the connection with."""
        inputs = self._inputs
        if inputs is not None and len(data) == ONE_BYTES and data[0] == INPUT:
            # The usual at half the price. It refuses nothing by itself: what is not plainly allowed
            # goes the way of all, and is told there what is wrong with it.
            first_seq, ack, hold_ms, run = unpack_one(data)  # type: ignore[arg-type] # no text
            commands = WALKS.get(run) or one_command(run)
            if commands and first_seq > self._last_seq and inputs.take(now):
                self._last_seq = first_seq
                return Input(first_seq, commands, ack, hold_ms)
        return self._judged(data, now)

    def _judged(self, data: bytes | str, now: float) -> ClientMessage:
        """The same for any message that there is."""
        try:
            entry, decode = _ALLOWED[self.phase][data[0]]  # type: ignore[index] # str: no key
        except (IndexError, KeyError):
            raise self._forbidden(data) from None
        if len(data) > entry.max_bytes:
            raise self._refuse(Reason.PROTOCOL, f"{entry.name} of {len(data)} bytes")
        bucket = self._buckets.get(entry.id)
        if bucket is None:
            bucket = self._buckets[entry.id] = TokenBucket(entry.rate, entry.burst, now)
        if not bucket.take(now):
            reason = Reason.RATE if entry.rate else Reason.PROTOCOL
            raise self._refuse(reason, f"more {entry.name} than allowed")
        try:
            message = decode(data)  # type: ignore[arg-type] # bytes, or there was no entry
        except DecodeError as error:
            raise self._refuse(Reason.PROTOCOL, str(error)) from error
        if isinstance(message, Input):
            if message.first_seq <= self._last_seq:
                raise self._refuse(Reason.PROTOCOL, f"command {message.first_seq} came before")
            self._last_seq = message.first_seq + len(message.commands) - 1
        elif isinstance(message, Hello):
            self._greet(message)
        elif isinstance(message, Bye):
            self.close(Reason.BYE)
        return message

    def welcome(self, last_seq: int = 0) -> None:
        """WELCOME goes out now: commands are numbered above its `last_seq` from here on."""
        if self.phase is not Phase.HELLO or self.hello is None:
            raise RuntimeError(f"nobody to welcome in phase {self.phase}")
        self.phase = Phase.PLAY
        self._last_seq = last_seq
        entry = _ENTRIES[INPUT]
        self._inputs = TokenBucket(entry.rate, entry.burst, self._since)
        self._buckets[INPUT] = self._inputs

    def close(self, reason: Reason) -> None:
        """The server ends it: nothing that still arrives is a message any more."""
        if self.closed_by is None:
            self.phase = Phase.CLOSED
            self.closed_by = reason
            self._inputs = None

    def overdue(self, now: float) -> bool:
        """Whether the connection has had its time to say HELLO and did not (HELLO_LATE)."""
        return self.phase is Phase.HELLO and self.hello is None and now - self._since > HELLO_S

    def _forbidden(self, data: bytes | str) -> Refused:
        """Why nothing of this kind may be said now."""
        if self.closed_by is not None:
            return Refused(self.closed_by, "the conversation is over")
        if not data or isinstance(data, str):
            return self._refuse(Reason.PROTOCOL, "an empty frame or one of text")
        entry = _ENTRIES.get(data[0])
        if entry is None:
            return self._refuse(Reason.PROTOCOL, f"no message of type {data[0]:#04x}")
        return self._refuse(Reason.PROTOCOL, f"{entry.name} in phase {self.phase}")

    def _greet(self, hello: Hello) -> None:
        """A HELLO comes by one right, not by none and not by two."""
        if hello.invite is None and hello.resume is None:
            raise self._refuse(Reason.BAD_INVITE, "HELLO with neither invite nor resume")
        if hello.invite is not None and hello.resume is not None:
            raise self._refuse(Reason.PROTOCOL, "HELLO with both invite and resume")
        self.hello = hello

    def _refuse(self, reason: Reason, detail: str) -> Refused:
        self.close(reason)
        return Refused(reason, detail)
