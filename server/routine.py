"""What is looked after now and then: who is here, how their lines are, is the world sound."""

from collections.abc import Iterator, Sequence
from typing import Final

from game.invariants import inspection
from game.world import World
from server import log
from server.metrics import Metrics
from server.sessions import Session, Sessions

EVERY_S: Final = 1.0
INSPECT_S: Final = 5.0
"""Between two inspections of the world. A fault of ours is rare and its traces stay; to look for
them each second was a fifteenth of what Python had to do for 400 players."""
SHARES: Final = 8
"""Ticks in which the sessions are counted; in those after them the world is inspected."""


class Routine:
    """Once a second, a share in each tick: all of it at once took 13 ms with 800 players."""

    def __init__(self, world: World, sessions: Sessions, metrics: Metrics, now: float) -> None:
        self._world = world
        self._sessions = sessions
        self._metrics = metrics
        self._shares: Iterator[None] = iter(())
        self._begun_at = now
        self._inspected_at = float("-inf")
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
        self._metrics.players_away.set(len(self._sessions.away))
        for share in range(SHARES):
            self._count(sessions[share::SHARES], now)
            yield
        if now - self._inspected_at < INSPECT_S:
            return
        self._inspected_at = now
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
                self._metrics.line(session.peer.window, meter.read(now, self._world.tick))
        self._metrics.count_bytes(*meters)
        self._metrics.inputs_dropped.inc(sum(session.inbox.dropped for session in sessions))
        self._metrics.inputs_late.inc(sum(session.inbox.late for session in sessions))
        for session in sessions:
            session.inbox.dropped = session.inbox.late = 0
