"""The log as a history, read beside the server that goes on writing it."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from game.saving import seal
from server.history import MINUTE_S, History, HistoryError
from server.store.database import APPLICATION_ID, VERSION
from server.store.rows import LAST_TICK, LINE


@contextmanager
def opened(path: Path) -> Iterator["Past"]:
    """What a store holds at this moment; nothing is changed, and the server need not stop.

    Raises:
        HistoryError: when there is none, or it cannot be read.
    """
    if not path.is_file():
        raise HistoryError(f"There is no saved world: {path} does not exist.")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            db.execute("BEGIN")  # all that is read below is of one moment
            yield Past(path, db)
    except sqlite3.Error as error:
        raise HistoryError(f"{path} could not be read: {error}.") from error


class Past:
    """The newest world of a store, back to where its log begins or was broken off."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self._db = db
        told = tuple(db.execute(f"PRAGMA {name}").fetchone()[0] for name in _MARKS)
        if told != (APPLICATION_ID, VERSION):
            raise HistoryError(
                f"{path} was not written by this version of Lanternhold. A server of this version "
                "that is started on it brings it up to date."
            )
        meta = dict(db.execute("SELECT key, value FROM meta"))
        self._path = path
        self._line = meta.get(LINE, 0)
        self._last = meta.get(LAST_TICK, 0)

    def whole(self) -> History:
        """All of it.

        Raises:
            HistoryError: when no snapshot in it is whole.
        """
        return self._from(self._starts())

    def last_minute(self) -> History:
        """From the newest snapshot that is at least a minute old, or from the oldest there is.

        Raises:
            HistoryError: when no snapshot in it is whole.
        """
        starts = self._starts()
        hz = self._from(starts).rules().tick_hz
        until = self._last - MINUTE_S * hz
        before = [tick for tick in starts if tick <= until]
        return self._from([*reversed(before), *starts[len(before) :]])

    def _starts(self) -> list[int]:
        """The ticks of the snapshots from which the log leads up to now, oldest first."""
        rows = self._db.execute(
            "SELECT tick, rules, begins FROM snapshots WHERE line = ? ORDER BY tick DESC",
            (self._line,),
        )
        starts: list[int] = []
        newest = None
        for tick, rules, begins in rows:
            newest = newest or rules
            if rules != newest:
                break
            starts.insert(0, tick)
            if begins:
                break
        return starts

    def _from(self, starts: list[int]) -> History:
        """The history from the first of these snapshots that is whole."""
        for start in starts:
            world, told = self._db.execute(
                "SELECT world, seal FROM snapshots WHERE line = ? AND tick = ?", (self._line, start)
            ).fetchone()
            if seal(world) == told:
                ticks = self._ticks(start)
                return History(world, start, self._last, ticks, self._checks(start))
        raise HistoryError(f"{self._path} holds no whole snapshot to begin a replay with.")

    def _ticks(self, start: int) -> Iterator[tuple[int, bytes]]:
        rows = self._db.execute(
            "SELECT tick, inputs, crc FROM log WHERE line = ? AND tick > ? AND tick <= ? "
            "ORDER BY tick",
            (self._line, start, self._last),
        )
        for tick, inputs, crc in rows:
            if zlib.crc32(inputs) != crc:
                raise HistoryError(f"The log of tick {tick} is damaged.")
            yield tick, inputs

    def _checks(self, start: int) -> dict[int, str]:
        """Every hash that the live world had: those of the snapshots are as good."""
        found: dict[int, str] = {}
        for table in ("checks", "snapshots"):
            found |= self._db.execute(
                f"SELECT tick, seal FROM {table} WHERE line = ? AND tick > ? AND tick <= ?",  # noqa: S608
                (self._line, start, self._last),
            )
        return found


_MARKS = ("application_id", "user_version")
