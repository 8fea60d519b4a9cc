"""One connection: what it says, what it is told, when it has had enough."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from protocol.codec import ClientMessage, ServerMessage, encode
from protocol.conversation import Refused, ServerConversation
from protocol.flow import AckWindow
from protocol.limits import SILENT_S, TokenBucket
from protocol.messages import Notice, Reject
from protocol.pace import BY_STEPS, WHOLE
from protocol.reasons import Reason
from protocol.version import STEP_MINOR
from server.addresses import Origin
from server.line_meter import LineMeter
from server.sessions import Session

UNREAD_MAX: Final = 256 * 1024
"""Bytes we hold for somebody who does not read, before we hang up."""
CONTROL_RATE: Final = (5.0, 20.0)
"""Pings and pongs: per second, at once."""


class Line(Protocol):
    """The way to the other end; what a websocket is to a peer."""

    bytes_received: int
    bytes_sent: int
    """Of messages, without what frames them."""

    def write(self, data: bytes) -> None:
        """Send a binary message, now or never."""

    def write_all(self, messages: Sequence[bytes]) -> None:
        """Send several in one go."""

    def unread_bytes(self) -> int:
        """Bytes that wait in this process for the other end to read."""

    def close_soon(self, code: int, text: str) -> None:
        """Close with a handshake, as soon as what was written is on its way."""

    def hang_up(self) -> None:
        """Cut it, at once."""


class Audience(Protocol):
    """Who listens to peers."""

    def heard(self, peer: "Peer", message: ClientMessage, now: float) -> None:
        """A message that follows the rules of the conversation."""

    def over(self, peer: "Peer", reason: Reason, detail: str) -> None:
        """The server ended the conversation."""


class TurnedAway(Refused):
    """Not let in, for a reason of which the player reads our own sentence."""

    def __init__(self, reason: Reason, sentence: str, retry_after_s: int = 0) -> None:
        super().__init__(reason, sentence)
        self.sentence = sentence
        self.retry_after_s = retry_after_s


class Peer:
    """One connection, before and after it is admitted. Times are of the server's clock."""

    __slots__ = (
        "_audience", "_control", "_line", "conversation", "has_spoken", "is_over", "meter",
        "on_admitted", "origin", "session", "window", "write",
    )  # fmt: skip

    def __init__(self, line: Line, origin: Origin, audience: Audience, now: float) -> None:
        self.origin = origin
        self.session: Session | None = None
        self.window: AckWindow | None = None
        self.conversation = ServerConversation(now)
        self.is_over = False
        self.on_admitted: Callable[[], None] = lambda: None
        self.has_spoken = False
        self.meter = LineMeter(now)
        self.write: Callable[[bytes], None] = line.write
        """Send a message that is encoded already: the line's own way, until it is over."""
        self._line = line
        self._audience = audience
        self._control = TokenBucket(*CONTROL_RATE, now)

    def receive(self, data: bytes | str, now: float) -> None:
        """A frame arrived."""
        if self.is_over:
            return
        try:
            self._audience.heard(self, self.conversation.receive(data, now), now)
        except Refused as refused:
            self.refuse(refused)

    def control(self, now: float) -> None:
        """A ping or a pong arrived. We never ask for any, so a flood of them is not answered."""
        if not self._control.take(now) and not self.is_over:
            self._end(Reason.RATE, "more pings than allowed")
            self._line.hang_up()

    @property
    def minor(self) -> int:
        """What the other end said to know of the wire; 0 before it said HELLO."""
        hello = self.conversation.hello
        return hello.minor if hello else 0

    def send(self, message: ServerMessage) -> None:
        """Tell something."""
        self.write(encode(message))

    def write_all(self, messages: Sequence[bytes]) -> None:
        """Send several, at the price of one."""
        if not self.is_over:
            self._line.write_all(messages)

    def welcomed(self, tick_hz: int, last_seq: int, now: float) -> AckWindow:
        """WELCOME has gone out."""
        self.conversation.welcome(last_seq)
        paces = BY_STEPS if self.minor >= STEP_MINOR else WHOLE
        self.window = window = AckWindow(tick_hz, now, paces)
        self.on_admitted()
        return window

    def refuse(self, refused: Refused) -> None:
        """Tell why and close."""
        if isinstance(refused, TurnedAway):
            self.dismiss(refused.reason, refused.detail, refused.sentence, refused.retry_after_s)
        else:
            self.dismiss(refused.reason, refused.detail)

    def dismiss(
        self, reason: Reason, detail: str, sentence: str = "", retry_after_s: int = 0
    ) -> None:
        """End the conversation: the sentence for the player, then a close with the reason."""
        if self.is_over:
            return
        text = sentence or reason.sentence
        if reason is not Reason.BYE:
            self.send(Reject(code=reason, text=text, retry_after_s=retry_after_s))
        self._end(reason, detail)
        self._line.close_soon(reason, reason.name.lower())

    def watch(self, now: float) -> None:
        """Look, once a tick, whether the other end still keeps its side of things."""
        if self.is_over:
            return
        if self._line.unread_bytes() > UNREAD_MAX:
            self._end(Reason.TOO_SLOW, "does not read what it is sent")
            self._line.hang_up()
        elif self.conversation.overdue(now):
            self.dismiss(Reason.HELLO_LATE, "said nothing")
        elif self.window is not None:
            silent_s = self.window.silent_s(now)
            self.meter.silence_s = max(self.meter.silence_s, silent_s)
            if silent_s > SILENT_S:
                self.dismiss(Reason.TOO_SLOW, "acknowledges nothing")
            elif self.window.judge(now):
                self.send(_pace_notice(self.window.every))

    def measured(self) -> LineMeter:
        """What its line did so far."""
        self.meter.received_bytes = self._line.bytes_received
        self.meter.sent_bytes = self._line.bytes_sent
        return self.meter

    def lost(self) -> None:
        """The line is gone."""
        self._fall_silent()

    def _fall_silent(self) -> None:
        self.is_over = True
        self.write = _unsaid

    def _end(self, reason: Reason, detail: str) -> None:
        self.conversation.close(reason)
        self._fall_silent()
        self._audience.over(self, reason, detail)


def _unsaid(_data: bytes) -> None:
    """What is written when it is over."""


def _pace_notice(every: int) -> Notice:
    if every == 1:
        return Notice(code="line-clear", text="Your connection keeps up again: you see everything.")
    nth = {2: "second"}.get(every, "third")
    return Notice(
        code="line-narrow",
        text="Your connection carries less than the game sends, so you see others a little less "
        f"smoothly (every {nth} step) until it has room again. Downloads on your side may be why.",
    )
