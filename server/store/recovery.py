"""The world as it was when the last commit was made."""

from dataclasses import dataclass, field
from typing import Final

from game.rules import Rules
from game.saving import seal
from game.world import World
from server.store.database import Database
from server.store.rows import (
    EPOCH,
    LAST_TICK,
    LINE,
    NEXT_EID,
    TICK_CEILING,
    SessionRow,
    SnapshotRow,
    StoreError,
    decode_inputs,
    kind_of,
)

SPARE_TICKS: Final = 36_000
"""Wire ticks reserved ahead: those below the ceiling may have been told before a crash."""


@dataclass
class Recovered:
    """Where the server starts from. `notes` are sentences for the host's log."""

    world: World
    line: int
    epoch: int
    tick_base: int
    next_eid: int
    sessions: list[SessionRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_new: bool = False
    is_continued: bool = False
    """Whether the log leads to this very world: it was neither made, mended nor refitted here."""


def recover(database: Database, rules: Rules, seed: int) -> Recovered:
    """The saved world that fits `rules`, else a new one made from `seed`.

    A saved world that does not fit (another map size) is left on disk, so that it is back when
    the host sets things back.

    Raises:
        StoreError: when the store cannot be read, or holds the world but nothing whole of it.
    """
    reader = _Reader(database, rules)
    found = reader.newest()
    meta = reader.meta
    if found is None:
        world, line = World.create(rules, seed), max(database.lines(), default=(0, ""))[0] + 1
    else:
        world, line = found
    return Recovered(
        world=world,
        line=line,
        epoch=meta.get(EPOCH, 0) + 1,
        tick_base=max(meta.get(TICK_CEILING, 0) - world.tick, 0),
        next_eid=meta.get(NEXT_EID, 1),
        sessions=database.sessions() if found and line == meta.get(LINE) else [],
        notes=reader.notes,
        is_new=found is None,
        is_continued=found is not None and reader.is_continued,
    )


class _Reader:
    """Looks for the newest world that can be had, and notes what stood in the way."""

    def __init__(self, database: Database, rules: Rules) -> None:
        self._database = database
        self._rules = rules
        self.meta = database.meta()
        self.notes: list[str] = []
        self.is_continued = True

    def newest(self) -> tuple[World, int] | None:
        """The newest world that goes on under the rules, and its line; None if there is none."""
        lines = self._database.lines()
        ours = [line for line, kind in lines if kind == kind_of(self._rules)]
        for line in ours:
            for row in self._database.snapshots(line):
                world = self._read(row)
                if world is not None:
                    self._replay(line, row, world)
                    return world, line
        if ours:
            raise StoreError(
                f"{self._database.path} holds no snapshot that can be read "
                f"({' '.join(self.notes)}). Restore a backup with `./lanternhold restore`, or move "
                "the file away to begin a new world."
            )
        if lines:
            self.notes.append(
                "No saved world is of the kind that MODE, TEAMS and MAP_TILES ask for, so a new "
                "one begins. The saved ones are kept: set these back to return to them."
            )
        return None

    def _read(self, row: SnapshotRow) -> World | None:
        """The world of a snapshot; None, and a note, if it is damaged or of another kind."""
        if seal(row.world) != row.seal:
            self.notes.append(f"The snapshot of tick {row.tick} is damaged; an older one is taken.")
            return None
        try:
            world = World.decode(row.world, self._rules)
        except ValueError as error:
            self.notes.append(f"The snapshot of tick {row.tick} cannot be used ({error}).")
            return None
        mended = world.mend()
        self.notes += [
            f"The snapshot of tick {row.tick} holds a fault of the game, mended as far as it can "
            f"be; please report it: {sentence}"
            for sentence in mended
        ]
        self.is_continued = not mended and self._is_of_these_rules(row)
        return world

    def _is_of_these_rules(self, row: SnapshotRow) -> bool:
        return row.rules == self._rules.hash()

    def _replay(self, line: int, row: SnapshotRow, world: World) -> None:
        """Apply the log to `world`, as far as it is whole and of the same rules."""
        is_last = line == self.meta.get(LINE)
        last_tick = self.meta.get(LAST_TICK, row.tick) if is_last else row.tick
        if not self._is_of_these_rules(row):
            if last_tick > row.tick:
                self.notes.append(
                    "The rules have changed since the server was stopped the hard way: the last "
                    f"{(last_tick - row.tick) // self._rules.tick_hz} s of play cannot be repeated "
                    "under the new ones and are lost."
                )
            return
        try:
            for tick, data in self._database.log(line, row.tick):
                inputs = decode_inputs(data)
                _pass_time(world, tick - 1)
                world.step(inputs)
        except StoreError as error:
            self.notes.append(f"The log ends early, at tick {world.tick} of {last_tick}: {error}.")
            return
        _pass_time(world, last_tick)


def _pass_time(world: World, until: int) -> None:
    """Ticks in which nobody did anything."""
    while world.tick < until:
        world.step(())
