"""When what is written: the policy between the tick, which never waits, and the disk."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from game.inputs import Input
from server import log
from server.store.rows import (
    Batch,
    Promise,
    SessionRow,
    SnapshotRow,
    StoreError,
    encode_inputs,
)

URGENT_S: Final = 0.05
"""Between commits when a promise waits."""
ROUTINE_S: Final = 1.0
"""Between commits when somebody plays."""
IDLE_S: Final = 30.0
"""Between commits when nothing happens but time: an idle box spares its SD card."""
RETRY_S: Final = 1.0
BACKLOG_BYTES: Final = 32 * 2**20
"""While the disk refuses, so much of the log waits in memory; then a snapshot replaces it."""


@dataclass(frozen=True)
class Committed:
    """A commit went well: how long it took, and whose session row was refused."""

    seconds: float
    refused: frozenset[str]


Submit = Callable[[Batch], "Future[Committed]"]


class Journal:
    """Collects what must be saved and hands it over in batches; called from the tick.

    `submit` starts a commit elsewhere; its future is looked at, never waited for.
    """

    def __init__(self, submit: Submit, now: float) -> None:
        self._submit = submit
        self._pending = Batch()
        self._running: tuple[Batch, Future[Committed]] | None = None
        self._last = now
        self._bytes = 0
        self.failing = False
        self.wants_snapshot = False
        self.on_commit: Callable[[float], None] = lambda _seconds: None
        self._log = log.get("store")

    def append(self, tick: int, inputs: tuple[Input, ...]) -> None:
        """World tick `tick` was made of these inputs."""
        self._pending.last_tick = tick
        if inputs:
            data = encode_inputs(inputs)
            self._pending.ticks.append((tick, data))
            self._bytes += len(data)
        if self._bytes > BACKLOG_BYTES:
            self._drop_backlog()

    def check(self, tick: int, seal: str) -> None:
        """World tick `tick` ended with this hash: what a replay is held against.

        No commit is made for its sake.
        """
        self._pending.checks.append((tick, seal))

    def snapshot(self, row: SnapshotRow, forget: int = 0) -> None:
        """The world as it is after the newest tick; none from before `forget` is needed now."""
        self._pending.snapshot = row
        self._pending.forget = forget
        self.wants_snapshot = False

    def change(self, player: str, row: SessionRow | None, expected: bytes | None) -> None:
        """Write a session, None to delete it; `expected` is the token that the store holds."""
        self._pending.change(player, row, expected)

    def note(self, key: str, value: int) -> None:
        """Keep a number beside the log."""
        self._pending.meta[key] = value

    def promise(self, callback: Promise) -> None:
        """Call back when everything up to now is on disk; never if that never happens."""
        self._pending.promises.append(callback)

    @property
    def is_busy(self) -> bool:
        """Whether anything is not on disk yet."""
        return self._running is not None or self._pending.matters or self.wants_snapshot

    def poll(self, now: float) -> None:
        """Hear of the commit under way; begin the next one if it is time."""
        if self._running is not None and self._running[1].done():
            self._settle(*self._running)
        if self._running is None and now - self._last >= self._patience():
            self.hand_over(now)

    def hand_over(self, now: float) -> "Future[Committed] | None":
        """Begin to write all that waits; None if a commit is under way or nothing waits.

        None also as long as a snapshot is wanted: without it what waits is not the whole story,
        and no promise about it could be kept.
        """
        if self.wants_snapshot:
            return None
        self._last = now
        batch = self._pending
        if self._running is not None or (batch.last_tick is None and not batch.matters):
            return None
        self._pending, self._bytes = Batch(), 0
        future = self._submit(batch)
        self._running = (batch, future)
        return future

    def _patience(self) -> float:
        if self.failing:
            return RETRY_S
        if self._pending.promises:
            return URGENT_S
        return ROUTINE_S if self._pending.matters else IDLE_S

    def _settle(self, batch: Batch, future: "Future[Committed]") -> None:
        self._running = None
        try:
            committed = future.result()
        except StoreError as error:
            self._fail(batch, error)
            return
        if self.failing:
            self.failing = False
            self._log.info("saving works again")
        self.on_commit(committed.seconds)
        for promise in batch.promises:
            promise(committed.refused)

    def _fail(self, batch: Batch, error: StoreError) -> None:
        """Nothing was written: all of it waits again, before what came since."""
        self._pending = batch.before(self._pending)
        self._bytes = sum(len(data) for _, data in self._pending.ticks)
        if not self.failing:
            self.failing = True
            self._log.error(
                "cannot save",
                why=str(error),
                next="the game goes on; make room on the disk or mend it, saving resumes by itself",
            )
        if self._bytes > BACKLOG_BYTES:
            self._drop_backlog()

    def _drop_backlog(self) -> None:
        """Too much waits: the next snapshot will stand for it."""
        self._pending.ticks.clear()
        self._pending.checks.clear()
        self._pending.snapshot = None
        self._pending.restart = True
        self._bytes = 0
        self.wants_snapshot = True
