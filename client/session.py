"""A player's stay on a server, over as many connections as it takes; no socket, no thread.

Fed with the link's events and with the time; answers through a `Line`. The window and the bots
are both built on it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from random import Random
from typing import Final, Literal

from msgspec.structs import replace

from client import diagnosis
from client.comeback import Comeback, trying
from client.controls import Controls
from client.figures import Figures
from client.line_watch import LineWatch
from client.link import Line, LinkEvent, Lost, Measured, Opened, Received, Stepped
from client.presence import Presence
from client.problem import Fault, Problem
from client.state import Connecting, Failed, Left, Playing, SessionState, Waiting
from client.target import Destination
from client.tokens import TokenStore
from client.view import View, plain
from game.inputs import ActKind
from protocol.client_conversation import ClientConversation
from protocol.codec import ServerMessage
from protocol.errors import Refused
from protocol.hot import Snap
from protocol.limits import STATS_EVERY_S, TokenBucket
from protocol.messages import (
    Act,
    Chat,
    Late,
    Notice,
    Reject,
    Roster,
    Round,
    Saved,
    Say,
    Travel,
    Welcome,
)
from protocol.table import BY_MESSAGE

SILENT_S: Final = 4.0
"""A line that brings nothing for so long is given up: another may work."""
HELLO_SILENT_S: Final = 8.0
STALLED_S: Final = 0.5

BUCKET_SHARE: Final = 0.75
"""We keep this far below what the server allows: its clock and ours differ a little."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who comes, and by which right."""

    name: str
    invite: str
    team: int = -1
    is_bot: bool = False


class Session:
    """See the module. All times are monotonic seconds of one clock."""

    def __init__(
        self, line: Line, who: Identity, tokens: TokenStore, rng: Random, now: float
    ) -> None:
        self.state: SessionState = Connecting("Starting")
        self.view: View | None = None
        self.presence: Presence | None = None
        self.snap: tuple[Snap, float] | None = None
        """The newest snapshot and when it came."""
        self.figures = Figures()
        self.controls = Controls()
        self.conversation = ClientConversation(tokens.load())
        self.on_snap: Callable[[Snap, float], None] | None = None
        self._line = line
        self._who = who
        self._tokens = tokens
        self._comeback = Comeback.create(rng)
        self.watch: LineWatch | None = None
        """What the present line does; None before WELCOME."""
        self._stats_at = now
        self._stats_told = 0  # corrections
        self._number = 0  # of the line that counts; 0: none is wanted now
        self._heard_at = now
        self._acts = _bucket(Act, now)
        self._says = _bucket(Say, now)

    # ------------------------------------------------------------ what happens to it

    def start(self) -> None:
        """Begin to connect."""
        self._connect()

    def handle(self, event: LinkEvent) -> None:
        """Take in one event of the link. Never raises: a bad server costs its line only."""
        if event.line != self._number:
            return
        try:
            self._handle(event)
        except (Problem, Refused) as error:
            self._give_up(error, event.at)
        except Exception as error:  # noqa: BLE001 - the supervisor of what servers send
            _log.exception("what the server sent could not be used")
            self._give_up(error, event.at)

    def advance(self, now: float) -> None:
        """Let time pass: ticks, sends, attempts to come back."""
        if isinstance(self.state, Waiting) and not self._number and now >= self.state.until:
            self._connect()
        elif self._number and now - self._heard_at > self._patience_s():
            self._lose(Lost(self._number, now, None, problem=diagnosis.problem(Fault.SILENT)))
        elif self.presence is not None:
            self._play(self.presence, now)

    def retry_now(self) -> None:
        """Try at once what the countdown would do, or what had failed."""
        if not self._number and isinstance(self.state, Waiting | Failed):
            self._connect()

    def is_stalled(self, now: float) -> bool:
        """Nothing was heard for a while, or there is no line at all."""
        return self.presence is None or now - self._heard_at > STALLED_S

    # ------------------------------------------------------------ what the player does

    def act(self, kind: ActKind, arg: int, now: float) -> int:
        """Ask for something once; returns its id, 0 when it cannot be asked for now."""
        if self.presence is None or not self._acts.take(now):
            return 0
        for frame in self.presence.act(kind, arg, now):
            self._send(frame)
        return self.conversation.pending[-1].act_id

    def say(self, text: str, channel: Literal["all", "team"], now: float) -> bool:
        """Say something; False when it is empty, too much at once, or nobody is there."""
        shown = plain(text, 200)
        if not shown or self.presence is None or not self._says.take(now):
            return False
        self._send(self.conversation.say(shown, channel))
        return True

    def leave(self) -> None:
        """Go for good: the body leaves the world at once."""
        if isinstance(self.state, Playing):
            self._send(self.conversation.bye())
            self._tokens.forget()
            self._line.finish()
        else:
            self._line.cut()
        self._number = 0
        self.presence = None
        self.state = Left()

    # ------------------------------------------------------------ how

    def _play(self, presence: Presence, now: float) -> None:
        try:
            for frame in presence.advance(now):
                self._send(frame)
        except Exception as error:  # noqa: BLE001 - the supervisor, for what was sent earlier
            _log.exception("what the server sent cannot be played")
            self._give_up(error, now)
        if self.snap is not None:
            self.figures.stale_ms = 1000 * max(0.0, now - self.snap[1])
        if self.watch is not None:
            self.watch.looked(now)
            if now - self._stats_at >= STATS_EVERY_S and not self.is_stalled(now):
                self._tell_stats(self.watch, now)

    def _tell_stats(self, watch: LineWatch, now: float) -> None:
        """What only we know, for the host who looks for the bad line."""
        figures = self.figures
        frame = self.conversation.stats(
            fps=0 if self._who.is_bot else watch.looks_per_s,
            stale_ms=1000 * watch.take_stale_s(),
            jitter_ms=figures.jitter_ms,
            corrections=figures.mispredictions - self._stats_told,
        )
        self._stats_at, self._stats_told = now, figures.mispredictions
        if frame:
            self._send(frame)

    def _connect(self) -> None:
        self._number = self._line.connect(self._comeback.route.destination)
        self._heard_at = inf  # the opener has time limits of its own
        self.state = trying(self.state, "Connecting")

    def _patience_s(self) -> float:
        return SILENT_S if self.presence is not None else HELLO_SILENT_S

    def _handle(self, event: LinkEvent) -> None:
        match event:
            case Received():
                self._heard_at = event.at
                self.figures.bytes_in += len(event.data)
                saved = self.conversation.saved
                self._take(self.conversation.receive(event.data), event.at)
                self.figures.saved += max(0, self.conversation.saved - saved)
            case Measured():
                self.figures.rtt_ms = 1000 * event.rtt_s
                self.figures.rtts.append(1000 * event.rtt_s)
            case Stepped():
                self.state = trying(self.state, event.text)
            case Opened():
                self._heard_at = event.at
                self._hello()
            case Lost():
                self._lose(event)

    def _hello(self) -> None:
        who = self._who
        self.state = trying(self.state, "Joining")
        self._send(self.conversation.hello(who.name, who.invite, team=who.team, bot=who.is_bot))

    def _take(self, message: ServerMessage, at: float) -> None:
        match message:
            case Snap():
                self._take_snap(message, at)
            case Welcome():
                self._begin(message, at)
            case Notice() if self.view is None:
                # Before the first WELCOME there is no world yet to show it in.
                self.state = trying(self.state, plain(message.text))
            case Roster() | Round() | Chat() | Notice():
                self._seen().take(message)
            case Late():
                if self.watch is not None:
                    self.watch.told_late(message.late_ms, at)
            case Reject():
                self._comeback.rejected = replace(message, text=plain(message.text))
            case Travel():
                self._comeback.route.told = Destination(message.url, message.world)
            case Saved():
                pass  # the conversation keeps it

    def _seen(self) -> View:
        if self.view is None:
            raise Problem(Fault.BAD_SERVER, "The server began in the middle: joining again.")
        return self.view

    def _begin(self, welcome: Welcome, at: float) -> None:
        self._tokens.save(welcome.token)  # before anything is sent: that proves we have it
        if self.view is None or not self.view.goes_on(welcome):
            self.view = View(welcome)
        self.presence, self.snap = None, None
        says_late = self.conversation.tells_lateness
        self.watch = LineWatch(welcome.tick_hz, at, says_late=says_late)
        self._stats_at = at
        self.figures.resumes += welcome.resumed
        self._comeback.welcomed(at)
        for frame in self.conversation.resend():
            self._send(frame)
        self.state = Playing(welcome.resumed)

    def _take_snap(self, snap: Snap, at: float) -> None:
        view = self._seen()
        if self.snap is not None and snap.tick <= self.snap[0].tick:
            raise Problem(Fault.BAD_SERVER, "The server's time ran backwards: joining again.")
        view.take(snap)
        self.snap = (snap, at)
        self.figures.tick = snap.tick
        if self.watch is not None:
            self.watch.arrived(snap.tick, at)
        if self.presence is None:
            self.presence = self._appear(view, snap, at)
        self.presence.take(snap, at)
        if self.on_snap is not None:
            self.on_snap(snap, at)

    def _appear(self, view: View, snap: Snap, at: float) -> Presence:
        conversation = self.conversation
        presence = Presence(view, self.controls, conversation, self.figures, snap, at)
        known = conversation.welcomed.last_act_id if conversation.welcomed else 0
        presence.repeat(act for act in conversation.pending if act.act_id > known)
        return presence

    def _give_up(self, error: Exception, at: float) -> None:
        """The server said something that cannot be: cut its line, come back like after a loss."""
        _log.warning("the server's line is cut: %s", error)
        problem = diagnosis.misunderstood(error)
        self._lose(Lost(self._number, at, None, problem=problem))

    def _lose(self, lost: Lost) -> None:
        self._number = 0
        self._line.cut()
        if self.presence is not None:
            self.figures.disconnects += 1
        self.presence = None
        step = self.conversation.closed(self._comeback.code(lost))
        if self.conversation.token is None:
            self._tokens.forget()
        self.state = self._comeback.after(lost, step, lost.at)

    def _send(self, frame: bytes) -> None:
        self.figures.bytes_out += len(frame)
        self._line.send(frame)


def _bucket(message: type[Act | Say], now: float) -> TokenBucket:
    entry = BY_MESSAGE[message]
    return TokenBucket(BUCKET_SHARE * entry.rate, BUCKET_SHARE * entry.burst, now)
