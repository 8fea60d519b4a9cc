"""Coming, going and coming back: how connections become players, and what is left of them."""

import secrets
from dataclasses import dataclass
from functools import partial
from typing import Final

from game.inputs import Input, Join, Leave, Presence
from game.player import Player
from game.world import World
from protocol.messages import Hello, Saved, Welcome
from protocol.reasons import Reason
from protocol.resume import TokenState, hashed
from protocol.rules import to_wire
from protocol.version import DEFAULT_WORLD, MINOR
from server import log
from server.admission import Admission, Newcomer, StolenToken
from server.herald import Herald
from server.inbox import Inbox
from server.invites import Entry
from server.metrics import Metrics
from server.peer import Peer
from server.publisher import Publisher
from server.sessions import Session, Sessions, fresh_token
from server.settings import Settings
from server.store.journal import Journal
from server.store.rows import NEXT_EID, SessionRow

UNPROVEN_S: Final = 10.0
"""The body of somebody whose line broke before they had shown to hold a token waits so long."""


@dataclass
class _Arrival:
    """Somebody who will be welcomed as soon as their right to resume is on disk."""

    session: Session
    peer: Peer
    token: str
    resumed: bool
    is_promised: bool = False


class Reception:
    """Admits, welcomes, resumes and sees off. Changes the world only by inputs of the next tick."""

    def __init__(  # noqa: PLR0913 - the desk where everything about a player comes together
        self,
        *,
        settings: Settings,
        world: World,
        epoch: int,
        tick_base: int,
        sessions: Sessions,
        admission: Admission,
        journal: Journal,
        publisher: Publisher,
        herald: Herald,
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._world = world
        self._epoch = epoch
        self._tick_base = tick_base
        self._sessions = sessions
        self._admission = admission
        self._journal = journal
        self._publisher = publisher
        self._herald = herald
        self._metrics = metrics
        self._inputs: list[Input] = []
        self._arrivals: list[_Arrival] = []
        self._rules = to_wire(world.rules)
        self._rules_hash = world.rules.hash()
        self._log = log.get("reception")

    def restore(self, rows: list[SessionRow], now: float) -> None:
        """Take in the sessions of an earlier run: everybody is away, and may resume."""
        players = self._world.players
        for row in rows:
            if row.eid in players:
                self._restore(row, players[row.eid], now)
            else:
                self._journal.change(row.player, None, row.tokens.current)
        for eid, player in players.items():
            if eid not in self._sessions.by_eid:
                self._inputs.append(Leave(eid))
            elif not player.away:
                self._inputs.append(Presence(eid, away=True))

    def _restore(self, row: SessionRow, player: Player, now: float) -> None:
        self._sessions.add(
            Session(
                player=row.player,
                eid=row.eid,
                name=player.name,
                tokens=row.tokens,
                inbox=Inbox(row.eid, self._settings.tick_hz),
                invite=row.invite,
                away_since=now,
                saved_act=player.last_act,
                is_proven=True,
            )
        )

    def hello(self, peer: Peer, hello: Hello, now: float) -> None:
        """Somebody says who they are.

        Raises:
            TurnedAway: when they cannot come in.
        """
        try:
            judged = self._admission.judge(hello, peer.origin, now)
        except StolenToken as stolen:
            self._log.warning("dead token shown", eid=stolen.session.eid)
            self._metrics.tokens_dead.inc()
            self._expel(stolen.session, Reason.RESUME_LOST, "its token was used twice", now)
            raise
        if isinstance(judged, Session):
            self._resume(judged, peer, hashed(hello.resume or ""))
        else:
            self._join(judged, peer, now)

    def _join(self, newcomer: Newcomer, peer: Peer, now: float) -> None:
        if newcomer.displaces is not None:
            self.end(newcomer.displaces, now)
        token, digest = fresh_token()
        eid = self._sessions.free_eid(now)
        session = Session(
            player=secrets.token_hex(16),
            eid=eid,
            name=newcomer.name,
            tokens=TokenState(digest),
            inbox=Inbox(eid, self._settings.tick_hz),
            invite=newcomer.invite,
        )
        self._sessions.add(session)
        self._inputs.append(Join(session.eid, newcomer.name, newcomer.team, newcomer.is_bot))
        self._journal.note(NEXT_EID, self._sessions.next_eid)
        self._journal.change(session.player, session.row(), None)
        self._metrics.joins.inc()
        self._arrive(session, peer, token, resumed=False)

    def _resume(self, session: Session, peer: Peer, shown: bytes) -> None:
        held = session.tokens.current
        token, digest = fresh_token()
        self._sessions.set_tokens(session, session.tokens.rotate(shown, digest))
        self._journal.change(session.player, session.row(), held)
        old, session.peer = session.peer, peer
        if old is not None:
            self._publisher.close(old)
            old.dismiss(Reason.MOVED, "resumed on another line")
        if session.away_since is not None:
            self._inputs.append(Presence(session.eid, away=False))
        self._metrics.resumes.inc()
        session.resumes += 1
        self._arrive(session, peer, token, resumed=True)

    def _arrive(self, session: Session, peer: Peer, token: str, *, resumed: bool) -> None:
        session.peer, peer.session = peer, session
        self._sessions.set_away(session, None)
        self._sessions.set_welcomed(session, is_welcomed=False)
        session.welcomed_with = session.tokens.current
        session.inbox.clear()
        self._arrivals.append(_Arrival(session, peer, token, resumed))

    def inputs(self, now: float) -> list[Input]:
        """What the next tick must know of: who came, went, is away or is back."""
        for session in tuple(self._sessions.away.values()):
            wait = self._settings.resume_seconds if session.is_proven else UNPROVEN_S
            if session.away_since is not None and now - session.away_since > wait:
                self.end(session, now)
        inputs, self._inputs = self._inputs, []
        return inputs

    def ticked(self, now: float) -> None:
        """The tick with these inputs is recorded: welcome its newcomers once it is on disk.

        While nothing can be saved they are welcomed all the same: a full disk must not end the
        evening. What they are told then is true as long as this process lives.
        """
        for arrival in tuple(self._arrivals):
            if self._journal.failing:
                self._welcome(arrival, now)
            elif not arrival.is_promised:
                arrival.is_promised = True
                self._journal.promise(partial(self._written, arrival, now))

    def _written(self, arrival: _Arrival, now: float, refused: frozenset[str]) -> None:
        if arrival.session.player in refused:
            self._expel(arrival.session, Reason.RESUME_LOST, "the store knows better", now)
        self._welcome(arrival, now)

    def _welcome(self, arrival: _Arrival, now: float) -> None:
        if arrival not in self._arrivals:
            return  # welcomed while the disk was failing
        self._arrivals.remove(arrival)
        session, peer = arrival.session, arrival.peer
        player = self._world.players.get(session.eid)
        if peer.is_over or session.peer is not peer:
            return
        if player is None:
            self._expel(session, Reason.RESUME_LOST, "the world has no such player", now)
            return
        peer.send(self._welcome_message(session, player, arrival))
        window = peer.welcomed(self._settings.tick_hz, player.last_seq, now)
        self._sessions.set_welcomed(session, is_welcomed=True)
        self._publisher.open(session, peer, window)
        self._herald.greet(peer)
        if session.saved_act:
            peer.send(Saved(act_id=session.saved_act))
        told = "player back" if arrival.resumed else "player joined"
        self._log.info(told, eid=session.eid, name=session.name)

    def _welcome_message(self, session: Session, player: Player, arrival: _Arrival) -> Welcome:
        return Welcome(
            minor=MINOR,
            server=self._settings.name,
            world=DEFAULT_WORLD,
            epoch=self._epoch,
            player=session.player,
            eid=session.eid,
            token=arrival.token,
            resumed=arrival.resumed,
            tick=self._world.tick + self._tick_base,
            tick_hz=self._settings.tick_hz,
            rules=self._rules,
            rules_hash=self._rules_hash,
            last_act_id=player.last_act,
            last_seq=player.last_seq,
            resume_s=self._settings.resume_seconds,
        )

    def spoke(self, session: Session) -> None:
        """The first message after a WELCOME: its token has arrived, older ones are dead."""
        session.is_proven = True
        tokens = session.tokens.proven(session.welcomed_with)
        if tokens is not session.tokens:
            held = session.tokens.current
            self._sessions.set_tokens(session, tokens)
            self._journal.change(session.player, session.row(), held)

    def lost(self, peer: Peer, now: float) -> None:
        """A connection is over, by whomever. Its player's body waits."""
        session = peer.session
        self._publisher.close(peer)
        if session is None or session.peer is not peer:
            return
        session.peer = None
        self._sessions.set_welcomed(session, is_welcomed=False)
        session.inbox.clear()
        if session.eid in self._sessions.by_eid:
            self._sessions.set_away(session, now)
            self._inputs.append(Presence(session.eid, away=True))

    def end(self, session: Session, now: float) -> None:
        """A player leaves for good."""
        if session.eid not in self._sessions.by_eid:
            return
        self._sessions.remove(session, now)
        self._inputs.append(Leave(session.eid))
        self._journal.change(session.player, None, session.tokens.current)
        self._log.info("player left", eid=session.eid, name=session.name)

    def put_out(self, invite: Entry, now: float) -> None:
        """Whoever came in by an invite that was withdrawn leaves for good, on a line or not."""
        came = [session for session in self._sessions if session.invite == invite.key]
        for session in came:
            self._expel(session, Reason.EXPIRED, "its invite was withdrawn", now)
        if came:
            self._log.info("invite withdrawn", label=invite.label, players=len(came))

    def _expel(self, session: Session, reason: Reason, detail: str, now: float) -> None:
        self.end(session, now)
        if session.peer is not None:
            session.peer.dismiss(reason, detail)
