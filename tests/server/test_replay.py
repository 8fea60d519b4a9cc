"""What was played comes back the same, from the log of a folder and from a file."""

import json
import os
import shutil
import sqlite3
import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game import people
from game.body import Command
from game.inputs import Act, ActKind, Close, Commands, Join, Leave, Presence
from game.rules import Mode, Rules
from game.world import World
from server import recording
from server.__main__ import main
from server.crash import crash_in
from server.history import MINUTE_S, HistoryError
from server.recordings import KEEP_FILES, LEFTOVER_S, Recordings
from server.replay import Verdict, replay
from server.saving import CHECK_S, Saving
from server.sessions import Sessions
from server.store.database import FILE, Database
from server.store.journal import Journal
from server.store.past import opened
from server.store.recovery import recover
from support.house import Disk

QUICK = {
    "map_tiles": 64,
    "lobby_ms": 500,
    "countdown_ms": 300,
    "round_ms": 5_000,
    "results_ms": 300,
    "star_every_ms": 1_500,
    "star_warning_ms": 500,
}
WORLDS = [
    Rules(**QUICK),
    Rules(**QUICK, teams=4, tick_hz=20),
    Rules(**QUICK, mode=Mode.VILLAGE, tick_hz=60),
]


class Server:
    """What a server saves, without the server: a world, its log, and a clock of ticks."""

    def __init__(self, folder, rules, seed=3):
        self.path = folder / FILE
        self.database = Database(self.path)
        self.database.prepare()
        found = recover(self.database, rules, seed)
        self.database.begin(found.epoch, found.line, found.world.tick)
        self.world, self.hz = found.world, rules.tick_hz
        self.now = found.world.tick / self.hz
        self.journal = Journal(Disk(self.database).submit, self.now)
        self.saving = Saving(self.world, Sessions(1), self.journal, 0, self.now)
        self.saving.snapshot(self.now, begins=not found.is_continued)

    def tick(self, inputs=()):
        self.world.step(inputs)
        self.now += 1 / self.hz
        self.saving.record(inputs, self.now)

    def play(self, random, ticks):
        for _ in range(ticks):
            self.tick(scribble(random, self.world))
            self.journal.poll(self.now)

    def flush(self):
        self.journal.poll(self.now)
        self.journal.hand_over(self.now)
        self.journal.poll(self.now)

    def stop(self):
        self.flush()
        self.database.close()

    def past(self):
        return opened(self.path)


def scribble(random, world):
    """The inputs of a tick, sensible and otherwise."""
    inputs = []
    for eid in random.sample(range(7), random.randrange(5)):
        seq = world.tick + 1
        inputs.append(
            random.choice([
                Join(eid, f"p{eid}", random.randrange(-1, 4)),
                Commands(eid, seq, (Command(random.randrange(32), random.randrange(200)),)),
                Commands(eid, seq, (Command(random.randrange(-9, 99), 1 << 40),) * 2),
                Act(eid, seq, random.choice(list(ActKind)), random.randrange(-2, 300)),
                Presence(eid, random.random() < 0.5),
                Leave(eid) if random.random() < 0.1 else Commands(eid, 0, ()),
            ])
        )  # fmt: skip
    return [*inputs, *([Close()] if random.random() < 0.005 else [])]


@pytest.fixture
def serve(tmp_path):
    """Starts servers on one folder, one after the other."""
    servers = []

    def start(rules=WORLDS[0], folder=tmp_path):
        for server in servers:
            server.stop()
        servers.append(Server(folder, rules))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def filed(history):
    """The history after it has been a file."""
    return recording.decode(recording.encode(history, "asked", 0))


@settings(max_examples=15, deadline=None)
@given(
    which=st.integers(0, 2),
    seed=st.integers(0, 2**32),
    parts=st.lists(st.integers(0, 150), min_size=1, max_size=3),
)
def test_whatever_was_played_is_replayed_the_same(tmp_path_factory, which, seed, parts):
    """Over restarts too, from the log and from a file."""
    folder, random = tmp_path_factory.mktemp("world"), Random(seed)
    hashes = {}
    for ticks in parts:
        server = Server(folder, WORLDS[which])
        server.play(random, ticks)
        server.flush()
        hashes[server.world.tick] = server.world.hash()
        with server.past() as past:
            outcome = replay(past.whole())
            assert (outcome.verdict, outcome.tick) == (Verdict.SAME, server.world.tick)
            assert outcome.hash == server.world.hash()
            assert outcome.compared >= server.world.tick // (CHECK_S * server.hz) - 3 * len(parts)
            again = replay(filed(past.last_minute()))
            assert (again.verdict, again.hash) == (Verdict.SAME, server.world.hash())
        server.stop()
    assert max(hashes) == sum(parts)


def test_every_second_is_compared_while_somebody_plays(serve):
    server = serve()
    server.play(Random(1), 10 * server.hz)
    server.flush()
    with server.past() as past:
        outcome = replay(past.whole())
    assert outcome.compared >= 8
    assert server.world.tick - outcome.equal_until <= 2 * server.hz


def test_an_idle_world_is_not_kept_awake_by_its_hashes(serve):
    server = serve()
    server.flush()
    for _ in range(100 * server.hz):
        server.tick()
    server.journal.poll(server.now)
    with server.past() as past:
        assert 3 <= replay(past.whole()).compared <= 4


def test_the_last_minute_begins_a_minute_ago_or_a_little_more(serve):
    server = serve(Rules(**QUICK, tick_hz=20))
    server.play(Random(1), 150 * server.hz)
    server.flush()
    with server.past() as past:
        history = past.last_minute()
        assert MINUTE_S <= (history.last - history.start) / server.hz <= MINUTE_S + 31
        assert past.whole().start == 0
        assert replay(filed(history)).verdict is Verdict.SAME


def test_another_world_is_noticed_in_the_second_in_which_it_began(serve, monkeypatch):
    server = serve()
    server.play(Random(2), 200)
    server.flush()
    step = World.step

    def faulty(world, inputs):
        events = step(world, inputs)
        if world.tick == 100:
            world.rng.state ^= 1
        return events

    monkeypatch.setattr(World, "step", faulty)
    with server.past() as past:
        outcome = replay(past.whole())
        assert past.whole().checks[outcome.tick] == outcome.wanted != outcome.hash
    assert outcome.verdict is Verdict.DIFFERS
    assert outcome.equal_until < 100 <= outcome.tick <= outcome.equal_until + server.hz + 5


def test_other_rules_are_refused_with_both_hashes(serve, monkeypatch):
    server = serve()
    server.play(Random(3), 50)
    server.flush()
    was = server.world.rules.hash()
    monkeypatch.setattr("game.rules.BEHAVIOUR", 99)
    with server.past() as past, pytest.raises(HistoryError, match=was):
        replay(past.whole())


def test_what_a_start_mended_begins_a_history_of_its_own(serve):
    """The log before it leads to another world: to compare with that would be a false alarm."""
    server = serve()
    server.play(Random(4), 100)
    server.world.spawn((1, 0, 0))
    server.saving.snapshot(server.now)
    server.play(Random(5), 60)
    mended = serve()
    began = mended.world.tick
    mended.play(Random(6), 60)
    mended.flush()
    again = serve()  # and a stop right after a start does not hide it
    again.flush()
    with again.past() as past:
        assert past.whole().start == began
        assert replay(past.whole()).verdict is Verdict.SAME


def test_new_settings_begin_a_history_of_their_own(serve):
    server = serve()
    server.play(Random(4), 100)
    other = serve(Rules(**QUICK | {"round_ms": 9_000}))
    other.play(Random(5), 50)
    other.flush()
    with other.past() as past:
        assert past.whole().start == 0  # of the snapshot that was taken over
        assert replay(past.whole()).verdict is Verdict.SAME


def test_a_store_that_an_older_version_left_is_not_replayed_across_new_settings(serve):
    """It did not note where a history begins; the rules of each snapshot tell."""
    server = serve()
    server.play(Random(4), 100)
    server.saving.snapshot(server.now)
    server.play(Random(4), 20)
    other = serve(Rules(**QUICK | {"round_ms": 9_000}))
    began = other.world.tick
    other.play(Random(5), 50)
    other.flush()
    other.saving.snapshot(other.now)
    other.flush()
    other.database._connection().execute("UPDATE snapshots SET begins = 0")
    with other.past() as past:
        assert past.whole().start == began
        assert replay(past.whole()).verdict is Verdict.SAME


def test_a_damaged_snapshot_is_passed_over_and_a_damaged_tick_ends_it(serve):
    server = serve()
    server.play(Random(4), 40)
    server.saving.snapshot(server.now)
    server.play(Random(5), 40)
    server.flush()
    db = server.database._connection()
    db.execute("UPDATE snapshots SET world = x'00' WHERE tick = 0")
    with server.past() as past:
        assert past.whole().start == 40
        assert replay(past.whole()).verdict is Verdict.SAME
    db.execute("UPDATE log SET inputs = x'90' WHERE tick = 50")
    with server.past() as past, pytest.raises(HistoryError, match="tick 50 is damaged"):
        replay(past.whole())
    db.execute("UPDATE snapshots SET world = x'00'")
    with server.past() as past, pytest.raises(HistoryError, match="no whole snapshot"):
        past.last_minute()


def test_a_log_that_was_killed_is_read_from_its_files_alone(serve, tmp_path):
    server = serve()
    server.play(Random(4), 100)
    server.flush()
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in (FILE, f"{FILE}-wal"):
        shutil.copy(tmp_path / name, copy)
    with opened(copy / FILE) as past:
        assert replay(past.whole()).hash == server.world.hash()


def test_reading_never_holds_up_the_server(serve):
    server = serve()
    server.play(Random(4), 60)
    server.flush()
    with server.past() as past:
        last = past.whole().last
        server.play(Random(5), 60)
        server.flush()
        assert not server.journal.failing
        assert replay(past.whole()).tick == last


# ---------------------------------------------------------------------- a bug in a rule


def break_the_rules(monkeypatch):
    """A dash is a bug."""
    receive = people.receive

    def faulty(world, inputs):
        given = [i for i in inputs if isinstance(i, Commands)]
        if any(command.keys == 31 for i in given for command in i.commands):
            raise KeyError("no such moth")
        return receive(world, inputs)

    monkeypatch.setattr(people, "receive", faulty)


def crashed(server, folder):
    """A recording of a tick that the rules did not survive."""
    inputs = (Commands(1, 1, (Command(31),)),)
    error = KeyError("no such moth")
    return Recordings(folder).write("crash", crash_in(server.world.tick + 1, inputs, error))


def test_the_crash_of_the_server_comes_back_from_its_file(serve, tmp_path, monkeypatch, capsys):
    server = serve()
    for _ in range(90):
        server.tick([Join(1, "Ann")])
    server.flush()
    path = crashed(server, tmp_path)
    break_the_rules(monkeypatch)
    assert main(["replay", str(path)]) == 1
    out, err = capsys.readouterr()
    assert "Traceback" in err
    assert 'raise KeyError("no such moth")' in err
    assert "Tick 91 crashes" in out
    assert main(["replay", str(path), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["verdict"], said["tick"], said["hash"]) == ("crashed", 91, None)
    assert "no such moth" in said["fault"]
    assert "no such moth" in said["recorded_fault"]


def test_once_it_is_mended_the_same_file_is_replayed_to_its_end(serve, tmp_path, capsys):
    server = serve()
    server.play(Random(1), 90)
    server.flush()
    assert main(["replay", str(crashed(server, tmp_path))]) == 0
    out = capsys.readouterr().out
    assert "all equal" in out
    assert "The live server ended in tick 91 with KeyError: 'no such moth'" in out


def test_a_tick_that_does_not_follow_on_what_is_saved_is_only_named(serve, tmp_path):
    """The disk refused: what the crash did to the world before it is not known."""
    server = serve()
    server.play(Random(1), 60)
    server.flush()
    server.tick()
    path = crashed(server, tmp_path)
    history = recording.decode(path.read_bytes())
    assert (history.last, history.crash.tick, history.crash.inputs) == (60, 62, None)
    assert replay(history).verdict is Verdict.SAME


def test_a_fault_names_no_folder_of_the_host():
    try:
        Rules().step(None)
    except TypeError as error:
        fault = crash_in(1, None, error).fault
    assert fault.startswith("TypeError: ")
    assert " in rules.py:" in fault
    assert "/" not in fault.rpartition(" in ")[2]


# ---------------------------------------------------------------------- the command


def test_the_command_on_a_folder(serve, tmp_path, monkeypatch, capsys):
    server = serve()
    server.play(Random(7), 100)
    server.flush()
    assert main(["replay", str(tmp_path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["verdict"] == "same"
    assert (said["start"], said["last"], said["tick"]) == (0, 100, 100)
    assert said["hash"] == server.world.hash()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANTERNHOLD_SERVER_DATA_DIR", str(tmp_path))
    assert main(["replay"]) == 0
    assert server.world.hash() in capsys.readouterr().out


def test_a_difference_is_told_with_both_hashes(serve, tmp_path, capsys):
    server = serve()
    server.play(Random(7), 100)
    server.flush()
    server.database._connection().execute("UPDATE checks SET seal = ? WHERE tick > 50", ("0" * 64,))
    assert main(["replay", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "It differs: at tick " in out
    assert "0" * 64 in out
    assert main(["replay", str(tmp_path), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["verdict"] == "differs"
    assert said["wanted"] == "0" * 64
    assert said["equal_until"] <= 50 < said["tick"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"", "no recording of Lanternhold"),
        (b"LHREC\r\n\x02" + bytes(50), "version 02 of the format"),
        (recording.MAGIC + bytes(90), "damaged"),
    ],
)
def test_what_cannot_be_replayed_is_told_in_a_sentence(tmp_path, capsys, content, words):
    path = tmp_path / "x.lhrec"
    if content is not None:
        path.write_bytes(content)
    assert main(["replay", str(path)]) == 2
    out, err = capsys.readouterr()
    assert (out, "Traceback" in err) == ("", False)
    assert words in err


def test_a_folder_without_a_world_or_of_another_version(serve, tmp_path, capsys):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert main(["replay", str(empty)]) == 2
    assert "There is no saved world" in capsys.readouterr().err
    serve().flush()
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("PRAGMA user_version = 2")
    db.close()
    assert main(["replay", str(tmp_path)]) == 2
    assert "not written by this version" in capsys.readouterr().err
    (empty / FILE).write_bytes(b"This is not a database. " * 100)
    assert main(["replay", str(empty)]) == 2
    assert "could not be read" in capsys.readouterr().err


# ---------------------------------------------------------------------- the folder


def test_recordings_are_private_and_few(serve, tmp_path):
    server = serve()
    server.flush()
    kept = Recordings(tmp_path)
    first = kept.write("asked")
    for _ in range(KEEP_FILES + 3):
        server.play(Random(1), 1)
        server.flush()
        newest = kept.write("crash")
    names = {file.name for file in kept.folder.iterdir()}
    assert len(names) == KEEP_FILES + 1
    assert {first.name, newest.name} <= names
    assert newest.stat().st_mode & 0o077 == kept.folder.stat().st_mode & 0o077 == 0


def test_what_a_killed_server_had_half_written_goes_and_what_is_being_written_stays(
    serve, tmp_path
):
    serve().flush()
    kept = Recordings(tmp_path)
    kept.folder.mkdir()
    old, young = (kept.folder / f".asked-{n}{recording.SUFFIX}.x1_y" for n in (1, 2))
    for file in (old, young):
        file.write_bytes(b"half")
    long_ago = time.time() - LEFTOVER_S - 1
    os.utime(old, (long_ago, long_ago))
    newest = kept.write("asked")
    assert set(kept.folder.iterdir()) == {young, newest}


def test_recordings_have_a_size_together(serve, tmp_path, monkeypatch):
    server = serve()
    server.flush()
    kept = Recordings(tmp_path)
    kept.write("asked")
    server.play(Random(1), 1)
    server.flush()
    monkeypatch.setattr("server.recordings.KEEP_BYTES", 10)
    newest = kept.write("crash")
    assert list(kept.folder.iterdir()) == [newest]
