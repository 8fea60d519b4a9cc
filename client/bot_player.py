"""One bot: a session without a window, played by a brain."""

from random import Random

from client.brain import Brain
from client.link import Link, LinkEvent, Opener, Received
from client.problem import Problem
from client.session import Identity, Session
from client.state import Failed, Playing
from client.tally import Stay
from client.tokens import TokenMemory
from game.events import EventKind
from protocol.hot import Snap
from protocol.reasons import Reason


class BotPlayer:
    """Lives on the running loop; `advance` has to be called about once a tick."""

    def __init__(self, opener: Opener, who: Identity, rng: Random, now: float) -> None:
        self._link = Link(opener, self._deliver)
        self._session = Session(self._link, who, TokenMemory(), rng, now)
        self._session.on_snap = self._on_snap
        self._brain = Brain(rng)
        self._load = 0
        self._last_seq = 0
        self.stay = Stay(self._session.figures)

    @property
    def tick_hz(self) -> int:
        """The world's ticks a second; 0 before WELCOME."""
        view = self._session.view
        return view.rules.tick_hz if view else 0

    @property
    def is_in(self) -> bool:
        """In the world now."""
        return isinstance(self._session.state, Playing)

    @property
    def problem(self) -> Problem | None:
        """Why it will never be in again, if so."""
        state = self._session.state
        return state.problem if isinstance(state, Failed) else None

    @property
    def needs_other_name(self) -> bool:
        """Somebody here is called like it, or could be mistaken for it."""
        return self.problem is not None and self.problem.reason == Reason.NAME

    def start(self) -> None:
        """Join."""
        self._session.start()

    def advance(self, now: float) -> None:
        """Decide and let the ticks that are due happen."""
        session = self._session
        if session.presence is not None and session.view is not None:
            self._play(now)
        session.advance(now)

    async def leave(self) -> None:
        """Say goodbye and end."""
        self._session.leave()
        await self._link.close()

    def _play(self, now: float) -> None:
        session = self._session
        if session.presence is None or session.view is None:
            return
        prediction = session.presence.prediction
        if prediction.seq == self._last_seq:
            return  # no tick since the last decision
        self._last_seq = prediction.seq
        decision = self._brain.decide(session.view, prediction.body)
        session.controls.set(decision.keys, decision.target)
        if decision.act is not None:
            session.act(decision.act, 0, now)

    def _deliver(self, event: LinkEvent) -> None:
        if isinstance(event, Received) and isinstance(event.data, bytes):
            self.stay.bytes_in += len(event.data)
        self._session.handle(event)

    def _on_snap(self, snap: Snap, _at: float) -> None:
        self.stay.has_joined = True
        eid = self._session.view.eid if self._session.view else 0
        for happening in snap.happenings:
            if happening.eid == eid and happening.kind == EventKind.TOOK:
                self.stay.gathered += 1
            elif happening.eid == eid and happening.kind == EventKind.DEPOSITED:
                self.stay.deposited += self._load
        self._load = snap.body.load or self._load
