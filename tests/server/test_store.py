"""The store: what is promised is there, whatever fails and wherever the file ends."""

import shutil
import sqlite3

import pytest

from game import saving
from game.body import Command, Keys
from game.inputs import ActKind, Join
from game.invariants import broken
from game.rules import Mode, Rules
from game.world import World
from protocol.messages import Saved
from protocol.resume import TokenState
from server.saving import IDLE_SNAPSHOT_S
from server.store.database import FILE, VERSION, Database, connect
from server.store.journal import BACKLOG_BYTES, IDLE_S, ROUTINE_S, URGENT_S, Journal
from server.store.lock import FolderLock
from server.store.recovery import SPARE_TICKS, recover
from server.store.rows import (
    LAST_TICK,
    TICK_CEILING,
    Batch,
    SessionRow,
    SnapshotRow,
    StoreError,
    decode_inputs,
    kind_of,
)
from server.store.writer import Writer
from support.house import Disk

RULES = Rules(map_tiles=64)
RIGHT = Command(int(Keys.RIGHT))


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / FILE)
    database.prepare()
    database.begin(1, 1, 0)
    yield database
    database.close()


def snapshot(world):
    return SnapshotRow(
        world.tick, kind_of(world.rules), world.rules.hash(), world.hash(), world.encode()
    )


def session(player, token, eid=1):
    return SessionRow(player, eid, TokenState(token * 32))


# ---------------------------------------------------------------------- the journal's policy


class Clerk:
    """A journal on a disk that commits when told."""

    def __init__(self, database):
        self.disk = Disk(database)
        self.journal = Journal(self.disk.submit, 0.0)
        self.kept = []

    def promise(self, name):
        self.journal.promise(lambda _refused: self.kept.append(name))


@pytest.fixture
def clerk(database):
    return Clerk(database)


def test_a_promise_is_kept_soon_but_commits_are_grouped(clerk):
    clerk.journal.append(1, ())
    clerk.promise("a")
    clerk.journal.poll(URGENT_S - 0.01)
    assert clerk.disk.commits == 0
    clerk.promise("b")
    clerk.journal.poll(URGENT_S)
    clerk.journal.poll(URGENT_S + 0.01)
    assert clerk.kept == ["a", "b"]
    assert clerk.disk.commits == 1


def test_without_a_promise_once_a_second_and_idle_even_less(clerk):
    world = World.create(RULES, 1)
    clerk.journal.append(1, ())
    clerk.journal.poll(ROUTINE_S)
    assert clerk.disk.commits == 0
    clerk.journal.poll(IDLE_S)
    assert clerk.disk.commits == 1
    clerk.journal.snapshot(snapshot(world))
    clerk.journal.poll(IDLE_S + 0.01)
    clerk.journal.poll(IDLE_S + ROUTINE_S)
    assert clerk.disk.commits == 2


def test_a_commit_under_way_is_never_waited_for(clerk):
    clerk.disk.holds = True
    clerk.promise("a")
    clerk.journal.poll(1.0)
    clerk.promise("b")
    clerk.journal.poll(2.0)
    assert clerk.journal.is_busy
    clerk.disk.release()
    clerk.journal.poll(2.1)
    assert clerk.kept == ["a"]
    clerk.disk.release()
    clerk.journal.poll(2.2)
    assert clerk.kept == ["a", "b"]
    assert not clerk.journal.is_busy


def test_what_failed_is_written_before_what_came_later(clerk, database, lines):
    clerk.disk.fails = True
    clerk.journal.change("p", session("p", b"1"), None)
    clerk.journal.append(1, ())
    clerk.promise("a")
    clerk.journal.poll(1.0)
    clerk.journal.poll(1.1)
    assert clerk.journal.failing
    clerk.journal.change("p", session("p", b"2"), b"1" * 32)
    clerk.journal.append(2, ())
    clerk.promise("b")
    clerk.disk.fails = False
    clerk.journal.poll(1.5)
    assert clerk.disk.commits == 0  # not at once again
    clerk.journal.poll(2.2)
    clerk.journal.poll(2.3)
    assert clerk.kept == ["a", "b"]
    assert not clerk.journal.failing
    assert database.sessions() == [session("p", b"2")]
    assert database.meta()[LAST_TICK] == 2
    assert lines.getvalue().count("cannot save") == 1
    assert "saving works again" in lines.getvalue()


def test_a_backlog_that_grows_too_long_is_replaced_by_a_snapshot(clerk, database, monkeypatch):
    monkeypatch.setattr("server.store.journal.BACKLOG_BYTES", 2_000)
    assert BACKLOG_BYTES > 2**24
    world = World.create(RULES, 1)
    database.commit(Batch(snapshot=snapshot(world)))
    clerk.disk.fails = True
    for _ in range(300):
        joins = tuple(make_joins(world.tick))
        world.step(joins)
        clerk.journal.append(world.tick, joins)
        clerk.journal.poll(world.tick * 0.5)
        if clerk.journal.wants_snapshot:
            clerk.journal.snapshot(snapshot(world))
    clerk.promise("a")
    clerk.disk.fails = False
    clerk.journal.poll(1_000.0)
    clerk.journal.poll(1_001.0)
    assert clerk.kept == ["a"]
    assert recover(database, RULES, 0).world.hash() == world.hash()


def test_a_backlog_dropped_after_a_failure_waits_for_its_snapshot(clerk, database, monkeypatch):
    """A commit that hangs and then fails: nothing is told to be saved that was thrown away."""
    monkeypatch.setattr("server.store.journal.BACKLOG_BYTES", 2_000)
    journal, disk = clerk.journal, clerk.disk
    world = World.create(RULES, 1)
    database.commit(Batch(snapshot=snapshot(world)))
    disk.holds = True

    def played(ticks):
        for _ in range(ticks):
            joins = tuple(make_joins(world.tick))
            world.step(joins)
            journal.append(world.tick, joins)

    played(100)
    journal.poll(10.0)
    played(100)
    clerk.promise("a")
    assert not journal.wants_snapshot  # each half fits
    disk.fails = True
    disk.release()
    disk.fails = disk.holds = False
    journal.poll(20.0)
    assert journal.wants_snapshot
    assert journal.is_busy
    journal.poll(30.0)
    assert clerk.kept == []
    journal.snapshot(snapshot(world))
    journal.poll(40.0)
    journal.poll(50.0)
    assert clerk.kept == ["a"]
    assert not journal.is_busy
    assert recover(database, RULES, 0).world.hash() == world.hash()


def make_joins(tick):
    return [Join(tick + 1, f"name{tick}")]


# ---------------------------------------------------------------------- the database


def test_a_session_is_written_by_compare_and_set(database):
    batch = Batch()
    batch.change("p", session("p", b"1"), None)
    assert database.commit(batch) == frozenset()
    late = Batch()
    late.change("p", session("p", b"3"), b"2" * 32)
    assert database.commit(late) == {"p"}
    assert database.sessions() == [session("p", b"1")]
    gone = Batch()
    gone.change("p", None, b"1" * 32)
    assert database.commit(gone) == frozenset()
    assert database.sessions() == []


def test_dead_tokens_are_kept(database):
    row = SessionRow("p", 9, TokenState(b"c" * 32, b"b" * 32, (b"a" * 32, b"0" * 32)))
    batch = Batch()
    batch.change("p", row, None)
    database.commit(batch)
    assert database.sessions() == [row]


def test_what_is_forgotten_goes_up_to_the_snapshot_before_it(database):
    """So that there is a whole way from any tick that may be asked for."""
    world = World.create(RULES, 1)
    for _ in range(60):
        world.step(())
        batch = Batch(ticks=[(world.tick, b"\x90")], checks=[(world.tick, world.hash())])
        if world.tick % 4 == 0:
            batch.snapshot, batch.forget = snapshot(world), world.tick - 21
        database.commit(batch)
    kept = [row.tick for row in database.snapshots(1)]
    assert kept == [60, 56, 52, 48, 44, 40, 36]
    assert [tick for tick, _ in database.log(1, 0)] == list(range(37, 61))
    checks = database._connection().execute("SELECT tick, seal FROM checks ORDER BY tick")
    assert checks.fetchall()[0][0] == 37


def test_a_file_of_somebody_else_is_not_touched(tmp_path):
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    database = Database(tmp_path / FILE)
    with pytest.raises(StoreError, match="not a save of Lanternhold"):
        database.prepare()
    database.close()


VERSION_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE log (line INTEGER, tick INTEGER, inputs BLOB NOT NULL, crc INTEGER NOT NULL,
                  PRIMARY KEY (line, tick)) WITHOUT ROWID;
CREATE TABLE snapshots (line INTEGER, tick INTEGER, kind TEXT NOT NULL, rules TEXT NOT NULL,
                        seal TEXT NOT NULL, taken REAL NOT NULL, world BLOB NOT NULL,
                        PRIMARY KEY (line, tick));
CREATE TABLE sessions (player TEXT PRIMARY KEY, eid INTEGER NOT NULL, token BLOB NOT NULL,
                       previous BLOB, dead BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO sessions VALUES ('p', 9, zeroblob(32), NULL, x'');
PRAGMA application_id = 0x4C484C44;
PRAGMA user_version = 1;
"""


def test_a_save_of_the_version_before_is_taken_over_with_its_sessions(tmp_path):
    with sqlite3.connect(tmp_path / FILE) as old:
        old.executescript(VERSION_1)
    old.close()
    for _ in range(2):  # the second time there is nothing left to do
        database = Database(tmp_path / FILE)
        database.prepare()
        assert database.sessions() == [SessionRow("p", 9, TokenState(bytes(32)))]
        assert database._connection().execute("PRAGMA user_version").fetchone() == (VERSION,)
        database.close()
    database.prepare()
    row = SessionRow("p", 9, TokenState(b"c" * 32), b"i" * 32)
    batch = Batch()
    batch.change("p", row, bytes(32))
    assert database.commit(batch) == frozenset()
    assert database.sessions() == [row]
    database.close()


def test_a_save_of_a_newer_version_is_not_touched(database, tmp_path):
    database._connection().execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(StoreError, match="newer Lanternhold"):
        database.prepare()


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / FILE).write_bytes(b"This is not a database. " * 100)
    database = Database(tmp_path / FILE)
    with pytest.raises(StoreError, match=f"{FILE} could not be opened"):
        database.prepare()
    database.close()


def test_one_server_per_folder(tmp_path):
    lock = FolderLock(tmp_path)
    with pytest.raises(StoreError, match="Another server is running"):
        FolderLock(tmp_path)
    lock.release()
    FolderLock(tmp_path).release()


def test_the_writer_writes_on_its_own_thread(database):
    writer = Writer(database)
    assert writer.submit(Batch(meta={"x": 5})).result(10).seconds >= 0
    writer.close()
    assert database.meta()["x"] == 5


@pytest.mark.parametrize("data", [b"\xc1", b"\x91\x95\x01\x01\xa1\x80\xff\xc2"])
def test_an_entry_that_is_damaged_is_never_applied(data):
    with pytest.raises(StoreError, match="damaged"):
        decode_inputs(data)


# ---------------------------------------------------------------------- recovery


def busy(house, seconds=3):
    """Two players walk about and do things; returns them."""
    ann, bob = house.join("Ann"), house.join("Bob")
    for second in range(seconds):
        ann.say(ann.conversation.act(ActKind.READY, second % 2))
        for _ in range(10):
            ann.move(*[RIGHT] * 3)
            bob.move(Command(int(Keys.DOWN)))
            house.tick(3)
    return ann, bob


def test_a_crash_loses_nothing_that_was_committed(build):
    house = build()
    busy(house)
    house.wait(ROUTINE_S + 0.1)
    assert build().world.hash() == hash_at(house, build)


def hash_at(house, build):
    """The hash that the house's world had at the tick that is on disk now."""
    last = house.database.meta()[LAST_TICK]
    world = World.create(house.settings.rules(), 7)
    entries = dict(house.database.log(1, 0))
    while world.tick < last:
        data = entries.get(world.tick + 1)
        world.step(decode_inputs(data) if data else ())
    return world.hash()


def test_wire_ticks_go_on_above_all_that_were_told(build):
    bases = []
    for name in ("Ann", "Bob", "Cy"):
        house = build()
        house.join(name)
        bases.append((house.match.tick_base + house.world.tick, house.recovered.epoch))
        assert house.database.meta()[TICK_CEILING] >= bases[-1][0] + SPARE_TICKS // 2
    assert [epoch for _, epoch in bases] == [1, 2, 3]
    assert bases[2][0] > bases[1][0] > bases[0][0]


def test_a_change_of_rules_takes_the_snapshot_and_tells_the_host(build):
    house = build()
    busy(house)
    house.match.save()
    house.wait(2)
    saved = next(house.database.snapshots(1))
    after = build(round_seconds=90)
    assert after.recovered.world.tick == saved.tick
    assert after.recovered.world.rules.round_ms == 90_000
    assert any("rules have changed" in note for note in after.recovered.notes)
    after.join("Cy")
    after.wait(2)
    wanted = {eid: player.name for eid, player in after.world.players.items()}
    again = build(round_seconds=90)  # and the old rules' log has not come in between
    assert {eid: player.name for eid, player in again.world.players.items()} == wanted


def test_an_idle_world_is_saved_now_and_then_so_that_a_recovery_is_short(build):
    house = build()
    house.wait(2)
    before = next(house.database.snapshots(1)).tick
    house.clock.advance(IDLE_SNAPSHOT_S)
    house.wait(2)
    assert next(house.database.snapshots(1)).tick > before


def test_another_kind_of_world_leaves_the_first_one_where_it_is(build):
    house = build(mode=Mode.VILLAGE)
    busy(house)
    house.match.save()
    house.wait(2)
    tick = house.world.tick
    party = build(map_tiles=128)
    assert party.recovered.is_new
    assert any("are kept" in note for note in party.recovered.notes)
    party.wait(2)
    home = build(mode=Mode.VILLAGE)
    assert not home.recovered.is_new
    assert home.recovered.world.tick >= tick - 60


def test_a_damaged_snapshot_falls_back_to_an_older_one_and_its_log(build):
    house = build()
    busy(house)
    house.match.save()
    house.wait(2)
    wanted = hash_at(house, build)
    newest = next(house.database.snapshots(1))
    for damage in (newest.world[:-1], b"", flipped(newest.world, len(newest.world) // 2)):
        house.database._connection().execute(
            "UPDATE snapshots SET world = ? WHERE tick = ?", (damage, newest.tick)
        )
        recovered = recover(house.database, house.settings.rules(), 0)
        assert recovered.world.hash() == wanted
        assert any(f"tick {newest.tick}" in note for note in recovered.notes)


def flipped(data, at):
    return data[:at] + bytes((data[at] ^ 0x55,)) + data[at + 1 :]


def test_a_snapshot_encodes_the_world_once(build, monkeypatch):
    """It is made in the tick."""
    house = build()
    encode, made = saving.encode, []
    monkeypatch.setattr(saving, "encode", lambda world: made.append(1) or encode(world))
    house.match.save()
    assert len(made) == 1
    house.wait(2)
    row = next(house.database.snapshots(1))
    assert row.seal == World.decode(row.world, house.settings.rules()).hash()


def test_a_fault_of_ours_does_not_cost_the_host_the_world(build):
    """The running server only reports it: then the saved one must go on as well."""
    house = build(mode=Mode.VILLAGE)
    busy(house)
    house.world.spawn((1, 0, 0))
    house.match.save()
    house.wait(2)
    after = build(mode=Mode.VILLAGE)
    assert {player.name for player in after.world.players.values()} == {"Ann", "Bob"}
    (note,) = after.recovered.notes
    assert "items came" in note
    assert "report it" in note
    assert broken(after.world) == []


def test_a_damaged_entry_of_the_log_ends_the_replay_there(build):
    house = build()
    busy(house)
    house.wait(2)
    house.database._connection().execute("UPDATE log SET inputs = x'90' WHERE tick = 40")
    after = build()
    assert after.recovered.world.tick < 40
    assert any("log ends early" in note for note in after.recovered.notes)
    after.join("Cy")
    after.wait(2)
    assert build().world.tick == after.database.meta()[LAST_TICK] < 100


def test_a_file_cut_off_anywhere_loads_an_earlier_moment_or_is_refused(build, tmp_path):
    """The write-ahead log at each of many lengths: what is there is whole, never invented."""
    house = build()
    busy(house, seconds=2)
    house.wait(2)
    wal = (tmp_path / f"{FILE}-wal").read_bytes()
    entries = dict(house.database.log(1, 0))
    hashes, world = {}, World.create(house.settings.rules(), 7)
    hashes[0] = world.hash()
    while world.tick < house.world.tick:
        data = entries.get(world.tick + 1)
        world.step(decode_inputs(data) if data else ())
        hashes[world.tick] = world.hash()
    seen = set()
    for number, length in enumerate(range(0, len(wal), max(1, len(wal) // 25))):
        folder = tmp_path / f"cut{number}"
        folder.mkdir()
        shutil.copy(tmp_path / FILE, folder / FILE)
        (folder / f"{FILE}-wal").write_bytes(wal[:length])
        database = Database(folder / FILE)
        database.prepare()
        recovered = recover(database, house.settings.rules(), 7)
        assert recovered.world.hash() == hashes[recovered.world.tick]
        seen.add(recovered.world.tick)
        database.close()
    assert len(seen) >= 4


def test_a_main_file_cut_off_is_refused_with_its_name(build, tmp_path):
    house = build()
    busy(house, seconds=1)
    house.wait(2)
    house.close()
    size = (tmp_path / FILE).stat().st_size
    for length in (size // 2, size - 100, 4096, 200):
        folder = tmp_path / f"short{length}"
        folder.mkdir()
        (folder / FILE).write_bytes((tmp_path / FILE).read_bytes()[:length])
        database = Database(folder / FILE)
        with pytest.raises(StoreError, match=FILE):
            prepared(database, house)
        database.close()


def prepared(database, house):
    database.prepare()
    return recover(database, house.settings.rules(), 7)


class Failing:
    """A connection whose Nth call of any kind fails, once."""

    def __init__(self, fail_at):
        self.left = fail_at
        self.failed = False

    def __call__(self, path):
        return _FailingConnection(connect(path), self)

    def count(self):
        self.left -= 1
        if self.left == 0:
            self.failed = True
            raise sqlite3.OperationalError("disk I/O error")


class _FailingConnection:
    def __init__(self, real, plan):
        self._real = real
        self._plan = plan

    def execute(self, *arguments):
        self._plan.count()
        return self._real.execute(*arguments)

    def executemany(self, query, rows):
        self._plan.count()
        return self._real.executemany(query, rows)

    def executescript(self, script):
        return self._real.executescript(script)

    def close(self):
        self._real.close()


@pytest.mark.parametrize("number", range(20, 52, 2))
def test_whichever_call_fails_the_game_goes_on_and_nothing_is_lost_or_doubled(build, number):
    plan = Failing(number)
    house = build(connector=plan)
    ann, _ = busy(house, seconds=2)
    assert house.world.players[ann.eid].last_act == 2
    house.wait(3)
    assert plan.failed
    assert not house.journal.failing
    assert ann.last(Saved).act_id == 2
    told = hash_at(house, build)
    after = build()
    assert after.recovered.world.hash() == told
    assert after.recovered.world.players[ann.eid].last_act == 2


def test_a_full_disk_is_survived(build):
    """SQLite itself says that the disk is full; later there is room again."""
    house = build()
    ann, _ = busy(house, seconds=1)
    house.wait(2)
    told = ann.last(Saved).act_id
    db = house.database._connection()
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")
    house.database.close = lambda: None  # a full disk stays full for a new connection too
    rollback(db)
    ann.say(ann.conversation.act(ActKind.READY, 1))
    for _ in range(40):
        house.match.save()
        house.wait(1, ann)
        rollback(db)
    assert house.value("lanternhold_store_failed") == 1
    assert ann.last(Saved).act_id == told
    db.execute("PRAGMA max_page_count = 1000000")
    house.wait(3, ann)
    assert house.value("lanternhold_store_failed") == 0
    assert ann.last(Saved).act_id == told + 1
    del house.database.close
    assert build().recovered.world.players[ann.eid].last_act == told + 1


def rollback(db):
    if db.in_transaction:
        db.execute("ROLLBACK")
