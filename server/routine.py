"""What is looked after once a second: who is here, how their lines are, is the world sound."""

from collections.abc import Iterator, Sequence
from typing import Final

from game.invariants import inspection
from game.world import World
from server import log
from server.metrics import Metrics
from server.sessions import Session, Sessions

EVERY_S: Final = 1.0
SHARES: Final = 8
"""Ticks in which the sessions are counted; in those after them the world is inspected."""


class Routine:
    """A share in each tick: of 800 players all of it took 13 ms, the longest share takes 3."""

    def __init__(self, world: World, sessions: Sessions, metrics: Metrics, now: float) -> None:
        self._world = world
        self._sessions = sessions
        self._metrics = metrics
        self._shares: Iterator[None] = iter(())
        self._begun_at = now
        self._log = log.get("routine")

    def tick(self, now: float) -> None:
        """Do the next share, or begin again when a second has passed."""
        for _ in self._shares:
            return
        if now - self._begun_at >= EVERY_S:
            self._begun_at = now
            self._shares = self._round(now)
            next(self._shares)

    def _round(self, now: float) -> Iterator[None]:
        sessions = tuple(self._sessions)
        self._metrics.players.set(sum(session.peer is not None for session in sessions))
        self._metrics.players_away.set(sum(s.away_since is not None for s in sessions))
        for share in range(SHARES):
            self._count(sessions[share::SHARES], now)
            yield
        for sentences in inspection(self._world):
            for sentence in sentences:
                self._metrics.invariants_broken.inc()
                self._log.error("the world is broken", what=sentence, tick=self._world.tick)
            yield

    def _count(self, sessions: Sequence[Session], now: float) -> None:
        meters = []
        for session in sessions:
            if session.peer is not None:
                meter = session.peer.measured()
                meter.late_inputs += session.inbox.late
                meters.append(meter)
                self._metrics.line(session.peer.window, meter.read(now))
        self._metrics.count_bytes(*meters)
        self._metrics.inputs_dropped.inc(sum(session.inbox.dropped for session in sessions))
        self._metrics.inputs_late.inc(sum(session.inbox.late for session in sessions))
        for session in sessions:
            session.inbox.dropped = session.inbox.late = 0
