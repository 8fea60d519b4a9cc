"""The SQLite file. Its methods block: they belong to the store's thread, or before the start."""

import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final

from protocol.resume import TokenState
from server.store.rows import EPOCH, LAST_TICK, LINE, Batch, SessionRow, SnapshotRow, StoreError

FILE: Final = "world.sqlite3"
VERSION: Final = 3
APPLICATION_ID: Final = 0x4C_48_4C_44  # "LHLD"
CACHE_KB: Final = 256
"""Of pages that were written or read. What is added goes behind the last: 2 MB, as usual, would
only keep the log of the last minutes in memory."""
_CHECKS: Final = """
CREATE TABLE checks (line INTEGER, tick INTEGER, seal TEXT NOT NULL,
                     PRIMARY KEY (line, tick)) WITHOUT ROWID;
"""
_SCHEMA: Final = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE log (line INTEGER, tick INTEGER, inputs BLOB NOT NULL, crc INTEGER NOT NULL,
                  PRIMARY KEY (line, tick)) WITHOUT ROWID;
CREATE TABLE snapshots (line INTEGER, tick INTEGER, kind TEXT NOT NULL, rules TEXT NOT NULL,
                        seal TEXT NOT NULL, taken REAL NOT NULL, world BLOB NOT NULL,
                        begins INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (line, tick));
{_CHECKS}
CREATE TABLE sessions (player TEXT PRIMARY KEY, eid INTEGER NOT NULL, token BLOB NOT NULL,
                       previous BLOB, dead BLOB NOT NULL, invite BLOB) WITHOUT ROWID;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
"""

_FROM_2: Final = f"""
ALTER TABLE snapshots ADD COLUMN begins INTEGER NOT NULL DEFAULT 0;
{_CHECKS}
PRAGMA user_version = {VERSION};
"""
_FROM_1: Final = f"""
ALTER TABLE sessions ADD COLUMN invite BLOB;
{_FROM_2}
"""
_UPGRADES: Final = {1: _FROM_1, 2: _FROM_2}

Connect = Callable[[Path], sqlite3.Connection]
_HASH_BYTES: Final = 32


def connect(path: Path) -> sqlite3.Connection:
    """A connection whose transactions we begin and end ourselves."""
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=2.0)


class Database:
    """The log, the snapshots and the sessions of one data folder."""

    def __init__(self, path: Path, connector: Connect = connect) -> None:
        self.path = path
        self._connector = connector
        self._open: sqlite3.Connection | None = None

    def prepare(self) -> None:
        """Open the file, making it if there is none; one of an older version is taken over.

        Raises:
            StoreError: when it is damaged, of another program or of a newer version.
        """
        with self._telling("opened"):
            db = self._connection()
            version = _number(db, "PRAGMA user_version")
            if version == 0 and not _number(db, "SELECT count(*) FROM sqlite_schema"):
                db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
            elif _number(db, "PRAGMA application_id") != APPLICATION_ID:
                raise StoreError(
                    f"{self.path} is not a save of Lanternhold. Move it away, or choose another "
                    "LANTERNHOLD_SERVER_DATA_DIR."
                )
            elif version not in range(1, VERSION + 1):
                raise StoreError(
                    f"{self.path} was made by a newer Lanternhold (save version {version}, this "
                    f"one knows {VERSION}). Update Lanternhold, or choose another "
                    "LANTERNHOLD_SERVER_DATA_DIR."
                )
            elif (finding := db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise StoreError(
                    f"{self.path} is damaged ({finding}). Restore a backup with `./lanternhold "
                    "restore`, or move the file away to begin a new world."
                )
            elif version in _UPGRADES:
                db.executescript(f"BEGIN IMMEDIATE; {_UPGRADES[version]} COMMIT;")

    def begin(self, epoch: int, line: int, tick: int) -> None:
        """A server goes on with world `line` after `tick`, in a new epoch.

        What the store holds beyond that tick could not be used (it was damaged, or of other
        rules) and goes: the log that is written from here on takes its place.
        """
        is_another = self.meta().get(LINE) != line
        with self._telling("written"):
            db = self._connection()
            db.execute("BEGIN IMMEDIATE")
            if is_another:
                db.execute("DELETE FROM sessions")  # of people of another world
            for table in ("log", "snapshots", "checks"):
                db.execute(f"DELETE FROM {table} WHERE line = ? AND tick > ?", (line, tick))  # noqa: S608
            self._write(db, Batch(last_tick=tick, meta={EPOCH: epoch, LINE: line}))
            db.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file. It opens again by itself when it is needed."""
        db, self._open = self._open, None
        if db is not None:
            with suppress(sqlite3.Error):
                db.close()

    def commit(self, batch: Batch) -> frozenset[str]:
        """Write `batch` in one transaction, durable when this returns.

        Returns:
            the players whose session was not written since the store held another token.

        Raises:
            StoreError: when nothing of it was written.
        """
        try:
            with self._telling("written"):
                db = self._connection()
                db.execute("BEGIN IMMEDIATE")
                refused = self._write(db, batch)
                db.execute("COMMIT")
                return refused
        except StoreError:
            self.close()  # rolls back; whatever state the connection was in is gone with it
            raise

    def _write(self, db: sqlite3.Connection, batch: Batch) -> frozenset[str]:
        meta = dict(batch.meta)
        if batch.last_tick is not None:
            meta[LAST_TICK] = batch.last_tick
        db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta.items())
        line = _number(db, "SELECT value FROM meta WHERE key = ?", LINE)
        if batch.snapshot:
            self._write_snapshot(db, line, batch.snapshot, batch)
        db.executemany(
            "INSERT OR REPLACE INTO log VALUES (?, ?, ?, ?)",
            ((line, tick, inputs, zlib.crc32(inputs)) for tick, inputs in batch.ticks),
        )
        db.executemany(
            "INSERT OR REPLACE INTO checks VALUES (?, ?, ?)",
            ((line, tick, seal) for tick, seal in batch.checks),
        )
        return frozenset(
            player
            for player, change in batch.sessions.items()
            if not _write_session(db, player, change.row, change.expected)
        )

    def _write_snapshot(
        self, db: sqlite3.Connection, line: int, row: SnapshotRow, batch: Batch
    ) -> None:
        """Add a snapshot and forget what is too old to matter.

        What is old is told by ticks: wall time jumps where a computer has no clock of its own, and
        the last minutes would be gone with the jump.
        """
        if batch.restart:
            keep = row.tick + 1
        else:
            keep = _number(
                db,
                "SELECT max(tick) FROM snapshots WHERE line = ? AND tick <= ?",
                line,
                batch.forget,
            )
        db.execute("DELETE FROM snapshots WHERE line = ? AND tick < ?", (line, keep))
        db.execute("DELETE FROM log WHERE line = ? AND tick <= ?", (line, keep))
        db.execute("DELETE FROM checks WHERE line = ? AND tick <= ?", (line, keep))
        began = _number(
            db, "SELECT begins FROM snapshots WHERE line = ? AND tick = ?", line, row.tick
        )
        db.execute(
            "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (line, row.tick, row.kind, row.rules, row.seal, time.time(), row.world,
             began or row.begins),
        )  # fmt: skip

    def meta(self) -> dict[str, int]:
        """All numbers kept beside the log."""
        with self._telling("read"):
            return dict(self._connection().execute("SELECT key, value FROM meta"))

    def lines(self) -> list[tuple[int, str]]:
        """The worlds there are, newest first: (line, kind). A line is one unbroken history."""
        with self._telling("read"):
            rows = self._connection().execute(
                "SELECT DISTINCT line, kind FROM snapshots ORDER BY line DESC"
            )
            return rows.fetchall()

    def snapshots(self, line: int) -> Iterator[SnapshotRow]:
        """The snapshots of a world, newest first."""
        with self._telling("read"):
            rows = self._connection().execute(
                "SELECT tick, kind, rules, seal, world, begins FROM snapshots WHERE line = ? "
                "ORDER BY tick DESC",
                (line,),
            )
            for tick, kind, rules, seal, world, begins in rows:
                yield SnapshotRow(tick, kind, rules, seal, world, bool(begins))

    def log(self, line: int, after: int) -> Iterator[tuple[int, bytes]]:
        """The entries after a tick, oldest first: (tick, inputs)."""
        with self._telling("read"):
            rows = self._connection().execute(
                "SELECT tick, inputs, crc FROM log WHERE line = ? AND tick > ? ORDER BY tick",
                (line, after),
            )
            for tick, inputs, crc in rows:
                if zlib.crc32(inputs) != crc:
                    raise StoreError(f"the log of tick {tick} is damaged")
                yield tick, inputs

    def sessions(self) -> list[SessionRow]:
        """Every session that may be resumed."""
        with self._telling("read"):
            rows = self._connection().execute(
                "SELECT player, eid, token, previous, dead, invite FROM sessions"
            )
            return [
                SessionRow(player, eid, TokenState(token, previous, _split(dead)), invite)
                for player, eid, token, previous, dead, invite in rows
            ]

    def _connection(self) -> sqlite3.Connection:
        if self._open is None:
            db = self._connector(self.path)
            try:
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")
                db.execute(f"PRAGMA cache_size = -{CACHE_KB}")
            except sqlite3.Error:
                db.close()
                raise
            self._open = db
        return self._open

    def _telling(self, verb: str) -> "_Telling":
        return _Telling(self.path, verb)


class _Telling:
    """Turns what SQLite raises into a StoreError that names the file."""

    def __init__(self, path: Path, verb: str) -> None:
        self._path = path
        self._verb = verb

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if isinstance(error, sqlite3.Error | OSError):
            raise StoreError(f"{self._path} could not be {self._verb}: {error}") from error


def _number(db: sqlite3.Connection, query: str, *values: object) -> int:
    row = db.execute(query, values).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _write_session(
    db: sqlite3.Connection, player: str, row: SessionRow | None, expected: bytes | None
) -> bool:
    """Compare and set: False if the store held another token than `expected`."""
    held = db.execute("SELECT token FROM sessions WHERE player = ?", (player,)).fetchone()
    if (held[0] if held else None) != expected:
        return False
    if row is None:
        db.execute("DELETE FROM sessions WHERE player = ?", (player,))
    else:
        db.execute(
            "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?)",
            (player, row.eid, *_flat(row.tokens), row.invite),
        )
    return True


def _flat(tokens: TokenState) -> tuple[bytes, bytes | None, bytes]:
    return tokens.current, tokens.previous, b"".join(tokens.dead)


def _split(dead: bytes) -> tuple[bytes, ...]:
    return tuple(dead[at : at + _HASH_BYTES] for at in range(0, len(dead), _HASH_BYTES))
