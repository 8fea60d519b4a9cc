"""A session as the client sees it, without a socket; it outlives the connections it uses."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Literal

from game.body import Command
from protocol.codec import ServerMessage, decode_server, encode
from protocol.errors import DecodeError, Refused
from protocol.follow import followed
from protocol.hot import Input, Snap, Step
from protocol.input import split_commands
from protocol.messages import Act, Bye, Hello, Saved, Say, Stats, Travel, Welcome
from protocol.reasons import Reason, may_resume
from protocol.table import BY_MESSAGE, Phase
from protocol.version import BUILD, MINOR, STATS_MINOR

MAX_SAY: Final = 200
"""Characters of a line of chat."""
MAX_SAY_BYTES: Final = 480
"""Its bytes: what the table leaves beside the names of the fields."""


class Next(StrEnum):
    """What a client does when a connection has closed."""

    RESUME = "resume"  # connect again and say `hello` with the token
    JOIN = "join"  # connect again and say `hello` with the invite: a new session
    STOP = "stop"  # tell the player why


class ClientConversation:
    """Keeps the token, the numbers of commands and acts, and the acts that are not yet saved."""

    def __init__(self, token: str | None = None) -> None:
        self.phase = Phase.CLOSED
        self.token = token
        """Resumes the session; write it down after every WELCOME."""
        self.welcomed: Welcome | None = None
        self.travel: Travel | None = None
        """Where the session goes on, if the server said so; the link connects there next."""
        self.saved = 0
        """Every act up to this one is on the server's disk."""
        self.next_seq = 1
        self.minor = MINOR
        """What HELLO says that we know of the wire."""
        self._snap: Snap | None = None  # of this connection; what a STEP builds on
        self._next_act = 1
        self._pending: list[Act] = []

    @property
    def pending(self) -> tuple[Act, ...]:
        """The acts that no SAVED has covered yet, oldest first."""
        return tuple(self._pending)

    def hello(
        self, name: str, invite: str | None = None, *, team: int = -1, bot: bool = False
    ) -> bytes:
        """Open a new connection: by the token if there is one, else by `invite`."""
        self.phase = Phase.HELLO
        self._snap = None
        return encode(
            Hello(
                minor=self.minor,
                build=BUILD,
                name=name,
                invite=None if self.token else invite,
                resume=self.token,
                team=team,
                bot=bot,
            )
        )

    def receive(self, data: bytes | str) -> ServerMessage:
        """The message in one frame; Refused (PROTOCOL) if the server broke the rules.

        A STEP is given as the Snap that it stands for.
        """
        if isinstance(data, str):
            raise Refused(Reason.PROTOCOL, "a frame of text")
        try:
            message = decode_server(data)
        except DecodeError as error:
            raise Refused(Reason.PROTOCOL, str(error)) from error
        if self.phase not in BY_MESSAGE[type(message)].phases:
            raise Refused(Reason.PROTOCOL, f"{type(message).__name__} in phase {self.phase}")
        if isinstance(message, Step):
            message = self._followed(message)
        self._follow(message)
        return message

    def inputs(self, commands: Sequence[Command], ack: int, hold_ms: int) -> list[bytes]:
        """The next commands, numbered: one INPUT, or several if they do not fit in one."""
        frames = []
        for piece in split_commands(commands):
            held = min(hold_ms, 0xFFFF)
            frames.append(encode(Input(self.next_seq, piece, ack, held)))
            self.next_seq += len(piece)
        return frames

    def act(self, kind: int, arg: int = 0) -> bytes:
        """A new act; it is kept until the server has saved it."""
        act = Act(act_id=self._next_act, kind=kind, arg=arg)
        data = encode(act)
        self._next_act += 1
        self._pending.append(act)
        return data

    def resend(self) -> list[bytes]:
        """After a WELCOME: the acts that the server does not have, oldest first."""
        known = self.welcomed.last_act_id if self.welcomed else 0
        return [encode(act) for act in self._pending if act.act_id > known]

    def say(self, text: str, channel: Literal["all", "team"] = "all") -> bytes:
        """A line of chat, cut where a SAY is full."""
        fits = text[:MAX_SAY].encode("utf-8", "ignore")[:MAX_SAY_BYTES].decode("utf-8", "ignore")
        return encode(Say(text=fits, channel=channel))

    def stats(self, *, fps: float, stale_ms: float, jitter_ms: float, corrections: int) -> bytes:
        """A STATS, its figures cut where it is full; empty where the server knows none."""
        if not self.tells_lateness:
            return b""
        return encode(
            Stats(
                fps=_within(fps, 1000),
                stale_ms=_within(stale_ms, 60_000),
                jitter_ms=_within(jitter_ms, 60_000),
                corrections=_within(corrections, 1000),
            )
        )

    @property
    def tells_lateness(self) -> bool:
        """Whether this server says LATE when it is, and takes STATS: both came with minor 1."""
        return self.welcomed is not None and self.welcomed.minor >= STATS_MINOR

    def bye(self) -> bytes:
        """Leave for good: the token is worth nothing from here on."""
        data = encode(Bye())
        self.token = None
        return data

    def closed(self, code: int | None) -> Next:
        """The connection is gone, by close code `code` or (None) without one."""
        self.phase = Phase.CLOSED
        if code == Reason.RESUME_LOST and self.token:
            self.token = None
            return Next.JOIN
        if not may_resume(code):
            self.token = None
            return Next.STOP
        return Next.RESUME if self.token else Next.JOIN

    def _follow(self, message: ServerMessage) -> None:
        """What the message means for the session."""
        if isinstance(message, Snap):
            self._snap = message
        elif isinstance(message, Welcome):
            self._begin(message)
        elif isinstance(message, Saved):
            self.saved = max(self.saved, min(message.act_id, self._next_act - 1))
            self._pending = [act for act in self._pending if act.act_id > self.saved]
        elif isinstance(message, Travel):
            self.travel = message
            self.token = message.ticket

    def _followed(self, step: Step) -> Snap:
        if self._snap is None:
            raise Refused(Reason.PROTOCOL, "a STEP before any SNAP")
        try:
            return followed(self._snap, step)
        except DecodeError as error:
            raise Refused(Reason.PROTOCOL, str(error)) from error

    def _begin(self, welcome: Welcome) -> None:
        """A session begins or goes on; acts of one that is lost are not done again."""
        self.phase = Phase.PLAY
        self.welcomed = welcome
        self.token = welcome.token
        self.travel = None
        self.next_seq = welcome.last_seq + 1
        if not welcome.resumed:
            self._pending.clear()
            self.saved = self._next_act = 0
        self._next_act = max(self._next_act, welcome.last_act_id + 1)


def _within(figure: float, at_most: int) -> int:
    return round(min(max(figure, 0), at_most))
