"""What is saved when, and who is told that it is."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from game.inputs import Act, Input
from game.saving import seal
from game.sealing import Sealing
from game.world import World
from protocol.messages import Saved
from server.sessions import Sessions
from server.store.journal import Journal
from server.store.recovery import SPARE_TICKS
from server.store.rows import TICK_CEILING, SnapshotRow, kind_of

SNAPSHOT_S: Final = 30.0
"""Between snapshots: a recovery repeats at most so much play."""
IDLE_SNAPSHOT_S: Final = 600.0
"""The same while nobody does anything."""
KEEP_S: Final = 600
"""Seconds of play that stay on disk behind the newest snapshot: for replays, and in case that
snapshot is damaged."""
CHECK_S: Final = 1
"""Between the hashes that a replay is held against. One costs the tick 0.1 ms with 64 players,
0.35 ms with 400 and 0.6 ms with 1000 on 512 tiles: what stands still is not packed anew."""
IDLE_CHECK_S: Final = 30
"""The same while nobody does anything."""


class Saving:
    """Records every tick; tells SAVED when, and only when, it is on disk."""

    def __init__(
        self, world: World, sessions: Sessions, journal: Journal, tick_base: int, now: float
    ) -> None:
        self._world = world
        self._sessions = sessions
        self._journal = journal
        self._tick_base = tick_base
        self._ceiling = 0
        self._snapshot_at = now
        self._rules = world.rules.hash()
        self._hz = world.rules.tick_hz
        self._kind = kind_of(world.rules)
        self._checked = world.tick
        self._sealing = Sealing(world)

    def record(self, inputs: Sequence[Input], now: float) -> None:
        """The world has made a tick of these inputs."""
        world, journal = self._world, self._journal
        journal.append(world.tick, tuple(inputs))
        self._sealing.follow()
        if Act in map(type, inputs) and (acts := self._acts(inputs)):
            journal.promise(partial(self._saved, acts))
        told = world.tick + self._tick_base
        if told > self._ceiling - SPARE_TICKS // 2:
            self._ceiling = told + SPARE_TICKS
            journal.note(TICK_CEILING, self._ceiling)
        patience = SNAPSHOT_S if inputs else IDLE_SNAPSHOT_S
        if journal.wants_snapshot or now - self._snapshot_at > patience:
            self.snapshot(now)
        elif world.tick - self._checked >= self._hz * (CHECK_S if inputs else IDLE_CHECK_S):
            self._checked = world.tick
            journal.check(world.tick, self._sealing.hash())

    def snapshot(self, now: float, *, begins: bool = False) -> None:
        """Save the whole world as it is; `begins` when the log does not lead to it."""
        world = self._world
        data = world.encode()
        row = SnapshotRow(world.tick, self._kind, self._rules, seal(data), data, begins)
        self._journal.snapshot(row, world.tick - KEEP_S * self._hz)
        self._snapshot_at, self._checked = now, world.tick

    def _acts(self, inputs: Sequence[Input]) -> dict[int, int]:
        """The last act that each player has made, of those who asked for one in this tick."""
        players = self._world.players
        eids = {given.eid for given in inputs if isinstance(given, Act)}
        return {eid: players[eid].last_act for eid in eids if eid in players}

    def _saved(self, acts: dict[int, int], _refused: frozenset[str]) -> None:
        for eid, act_id in acts.items():
            session = self._sessions.by_eid.get(eid)
            if session is None:
                continue
            session.saved_act = max(session.saved_act, act_id)
            if session.peer is not None and session.is_welcomed:
                session.peer.send(Saved(act_id=session.saved_act))
