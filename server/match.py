"""The authority: one world, everybody in it, one tick after the other."""

from collections.abc import Iterable, Sequence
from typing import Final

from game.inputs import Close, Input
from game.world import World
from protocol.codec import ClientMessage, encode
from protocol.hot import Input as InputMessage
from protocol.messages import Act, Bye, Hello, Late, Notice, Say, Stats
from protocol.reasons import Reason
from protocol.version import STATS_MINOR
from server import log
from server.admission import Admission
from server.clock import Clock
from server.crash import Crash, crash_in
from server.health import Health
from server.herald import Herald
from server.inbox import take
from server.invites import InviteBook
from server.lateness import Lateness
from server.metrics import Metrics
from server.peer import Peer
from server.publisher import Publisher
from server.reception import Reception
from server.routine import Routine
from server.saving import Saving
from server.sessions import Session, Sessions
from server.settings import Settings
from server.store.journal import Journal
from server.store.recovery import Recovered

WATCHES_PER_S: Final = 5
"""Looks at whether a peer still keeps its side of things; a share of the peers in each tick."""


class Match:
    """Hears every peer, makes every tick. All of it runs in the event loop's one thread."""

    def __init__(  # noqa: PLR0913 - the parts of a match
        self,
        *,
        settings: Settings,
        recovered: Recovered,
        journal: Journal,
        invites: InviteBook,
        metrics: Metrics,
        health: Health,
        clock: Clock,
    ) -> None:
        now = clock.now()
        self.world: World = recovered.world
        self.sessions = Sessions(recovered.next_eid)
        self.peers: set[Peer] = set()
        self.tick_base = recovered.tick_base
        self.journal = journal
        self._settings = settings
        self._metrics = metrics
        self._health = health
        self._clock = clock
        self._invites = invites
        self._log = log.get("match")
        self.crash: Crash | None = None
        """The tick that the rules did not survive, for a recording; the server ends with it."""
        self._orders: list[Input] = []
        self._routine = Routine(self.world, self.sessions, metrics, now)
        self._lateness = Lateness()
        self._herald = Herald(self.world, self.tick_base)
        self._publisher = Publisher(self.world, self.tick_base, metrics)
        self._saving = Saving(self.world, self.sessions, journal, self.tick_base, now)
        self._reception = Reception(
            settings=settings,
            world=self.world,
            epoch=recovered.epoch,
            tick_base=self.tick_base,
            sessions=self.sessions,
            admission=Admission(settings, invites, self.sessions),
            journal=journal,
            publisher=self._publisher,
            herald=self._herald,
            metrics=metrics,
        )
        self._reception.restore(recovered.sessions, now)
        self.invites_changed()
        self._saving.snapshot(now, begins=not recovered.is_continued)
        journal.on_commit = metrics.store_commit.observe
        metrics.epoch.set(recovered.epoch)

    # ------------------------------------------------------------------ what peers say

    def entered(self, peer: Peer) -> None:
        """A connection stands open."""
        self.peers.add(peer)

    def left(self, peer: Peer) -> None:
        """A connection is gone."""
        peer.lost()
        self.peers.discard(peer)
        self._metrics.count_bytes(peer.measured())
        self._reception.lost(peer, self._clock.now())

    def heard(self, peer: Peer, message: ClientMessage, now: float) -> None:
        """A peer said something that the rules of the conversation allow.

        Raises:
            TurnedAway: when it was a HELLO and they cannot come in.
        """
        session = peer.session
        if session is None:
            if isinstance(message, Hello):
                self._reception.hello(peer, message, now)
            return
        if not peer.has_spoken:
            peer.has_spoken = True
            self._reception.spoke(session)
        if isinstance(message, InputMessage):
            session.inbox.put_commands(message.first_seq, message.commands)
            if peer.window is not None:
                peer.window.acked(message.ack, message.hold_ms, now)
        else:
            self._obey(session, peer, message, now)

    def _obey(self, session: Session, peer: Peer, message: ClientMessage, now: float) -> None:
        """What is said now and then."""
        if isinstance(message, Act):
            session.inbox.put_act(message.act_id, message.kind, message.arg)
        elif isinstance(message, Say):
            self._chat(session, message)
        elif isinstance(message, Stats):
            peer.meter.told = message
            self._metrics.told(message)
        elif isinstance(message, Bye):
            self._reception.end(session, now)
            peer.dismiss(Reason.BYE, "left")

    def _chat(self, session: Session, message: Say) -> None:
        players = self.world.players
        team = players[session.eid].team
        listeners = [
            other
            for other in self._welcomed()
            if message.channel == "all" or players[other.eid].team == team
        ]
        self._herald.say(peers_of(listeners), message.text, session.eid, message.channel)

    def over(self, peer: Peer, reason: Reason, detail: str) -> None:
        """The server ended a conversation: the body of whoever may not resume goes at once."""
        now = self._clock.now()
        was_in = peer.session is not None
        (self._metrics.closed if was_in else self._metrics.refused).labels(
            reason.name.lower()
        ).inc()
        if reason is not Reason.BYE:
            self._log.info("connection closed", reason=reason.name.lower(), detail=detail)
            self._log.debug("closed address", address=peer.origin.address)
        session = peer.session
        if session is not None and session.peer is peer and not reason.may_resume:
            self._reception.end(session, now)
        self._reception.lost(peer, now)

    # ------------------------------------------------------------------ the tick

    def tick(self, due: float) -> None:
        """One tick of everything. `due` is when it should have begun."""
        now = self._clock.now()
        inputs = [*self._reception.inputs(now), *self._orders]
        taken, commands = take(self.sessions.inboxes)
        inputs += taken
        self._metrics.inputs.inc(commands)
        self._orders = []
        try:
            events = self.world.step(inputs)
        except Exception as error:
            self.crash = crash_in(self.world.tick, inputs, error)
            raise
        self._reception.ticked(now)
        if told := self._lateness.shown(self._clock.now() - due, now):
            self._tell_late(told)
        self._publisher.publish(events, self._herald.news(now), now)
        self._health.ticked()
        self._metrics.tick_duration.observe(self._clock.now() - due)
        self._after(inputs, now)

    def _after(self, inputs: Sequence[Input], now: float) -> None:
        """What no player waits for, when all have been told of the tick."""
        self._saving.record(inputs, now)
        self.journal.poll(now)
        every = max(1, self._settings.tick_hz // WATCHES_PER_S)
        for peer in tuple(self.peers)[self.world.tick % every :: every]:
            peer.watch(now)
        self._routine.tick(now)
        self._metrics.peers.set(len(self.peers))
        self._metrics.tick.set(self.world.tick + self.tick_base)
        self._metrics.store_failed.set(self.journal.failing)

    def lost(self, seconds: float) -> None:
        """So much time was given up before the coming tick."""
        self._lateness.lost(seconds)

    def _tell_late(self, told: Late) -> None:
        """To everybody who knows the message, before the SNAPs that are late."""
        data = encode(told)
        for peer in peers_of(self._welcomed()):
            if peer.minor >= STATS_MINOR:
                peer.write(data)

    def _welcomed(self) -> list[Session]:
        players = self.world.players
        return [s for s in self.sessions.by_eid.values() if s.is_welcomed and s.eid in players]

    # ------------------------------------------------------------------ what the host says

    def say(self, text: str) -> None:
        """A line of chat from the server to everybody."""
        self._herald.say(peers_of(self._welcomed()), text)

    def notify(self, code: str, text: str, seconds: int = 0) -> None:
        """A NOTICE to everybody."""
        for peer in peers_of(self._welcomed()):
            peer.send(Notice(code=code, text=text, seconds=seconds))

    def kick(self, eid: int) -> bool:
        """Remove a player; False if there is none of that eid."""
        session = self.sessions.by_eid.get(eid)
        if session is None:
            return False
        peer = session.peer
        self._reception.end(session, self._clock.now())
        if peer is not None:
            peer.dismiss(Reason.KICKED, "by the host")
        return True

    def invites_changed(self) -> None:
        """The file of invites was reread: with those that were withdrawn their players go.

        One that ran out keeps its players: an evening should not end at midnight.
        """
        now = self._clock.now()
        for invite in self._invites.entries:
            if invite.withdrawn:
                self._reception.put_out(invite, now)

    def close_phase(self) -> None:
        """End the running phase with the next tick."""
        self._orders.append(Close())

    def save(self) -> None:
        """Save the whole world now."""
        self._saving.snapshot(self._clock.now())

    def dismiss_all(self, reason: Reason, detail: str, retry_after_s: int = 0) -> None:
        """End every conversation."""
        for peer in tuple(self.peers):
            peer.dismiss(reason, detail, retry_after_s=retry_after_s)

    def status(self) -> dict[str, object]:
        """What everybody may know."""
        return {"players": len(self.sessions), "phase": self.world.phase.value}


def peers_of(sessions: Iterable[Session]) -> list[Peer]:
    """The connections of those sessions that have one."""
    return [session.peer for session in sessions if session.peer is not None]
