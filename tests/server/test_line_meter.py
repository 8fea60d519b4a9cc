"""The figures of one player's line: who measures what, and what the host reads of it."""

import json

import pytest

from game.body import IDLE
from game.world import World
from protocol.codec import encode
from protocol.hot import Snap
from protocol.messages import Late, Stats
from server.admin import Admin
from server.line_meter import READINGS, LineMeter
from server.recordings import Recordings

WORDS = Stats(fps=58, stale_ms=120, jitter_ms=30, corrections=2)


def players(house):
    admin = Admin(house.match, "token", Recordings(house.settings.data_dir))
    return admin.order("players", b"{}")["players"]


def line(house):
    return players(house)[0]["line"]


def test_rates_are_those_of_the_last_seconds():
    meter = LineMeter(10.0)
    assert meter.reading.skipped_share == 0.0
    meter.begin(100)
    for second in range(1, 11):
        meter.sent_bytes += 1000 * second
        meter.skipped += 12 if second > 5 else 0
        meter.silence_s = second / 10 if second < 8 else 0.05
        meter.read(10.0 + second, 99 + 30 * second)
    assert meter.reading.sent_bytes == pytest.approx(8000)  # the mean of 6 to 10
    assert (meter.reading.snapshots, meter.reading.skipped) == (18, 12)
    assert meter.snapshots == 10 * 30 - 5 * 12
    assert meter.reading.skipped_share == pytest.approx(0.4)
    assert meter.reading.silence_s == 0.7
    assert meter.reading.skipping_s == 5
    assert READINGS == 5


def test_bytes_are_counted_once():
    meter = LineMeter(0.0)
    meter.sent_bytes, meter.received_bytes = 500, 20
    assert (meter.new_bytes(), meter.new_bytes()) == ((500, 20), (0, 0))


def test_the_host_reads_how_each_line_is(house):
    ann = house.join()
    ann.peer._line.bytes_received = 4_000
    house.wait(6, ann)
    found = line(house)
    assert found["snapshots_per_second"] == pytest.approx(30, abs=1)
    assert found["skipped"] == 0
    assert found["sent_bytes_per_second"] > 500
    assert found["silence_ms"] < 200
    assert found["told"] is None
    assert players(house)[0]["resumes"] == 0
    json.dumps(players(house))


def test_a_line_that_takes_nothing_shows_as_silence_and_as_skipped(house):
    ann = house.join()
    house.wait(2, ann)
    house.tick(30 * 4)
    found = line(house)
    assert found["skipped"] > 0.5
    assert found["silence_ms"] > 2500
    assert house.value("lanternhold_client_skipped_ratio_count") > 0


def test_a_player_without_commands_is_late(house):
    ann = house.join()
    ann.move(IDLE)
    house.tick(40)
    assert line(house)["late_inputs_per_second"] > 5
    assert house.value("lanternhold_inputs_late_total") > 20


def test_whoever_comes_back_is_counted(house):
    token = house.join().conversation.token
    house.resume(token)
    assert players(house)[0]["resumes"] == 1


def test_a_line_that_is_cut_has_no_figures(house):
    house.join().vanish()
    house.tick()
    assert players(house)[0]["away"]
    assert line(house) is None


def test_bytes_of_every_connection_are_counted_also_of_one_that_never_joined(house):
    stranger = house.visit()
    stranger.peer._line.bytes_received = 77
    stranger.vanish()
    assert house.value("lanternhold_received_bytes_total") == 77


def test_what_a_client_says_of_itself_is_shown_and_counted(house):
    ann = house.join()
    ann.say(encode(WORDS))
    assert line(house)["told"] == {
        "fps": 58,
        "stale_ms": 120,
        "jitter_ms": 30,
        "corrections": 2,
    }
    for name, total in {
        "staleness_seconds": 0.12,
        "jitter_seconds": 0.03,
        "corrections": 2,
        "frames_per_second": 58,
    }.items():
        assert house.value(f"lanternhold_client_{name}_count") == 1
        assert house.value(f"lanternhold_client_{name}_sum") == pytest.approx(total)


def test_a_program_that_draws_nothing_does_not_count_as_a_slow_screen(house):
    house.join().say(encode(Stats(stale_ms=1, jitter_ms=1, corrections=0)))
    assert house.value("lanternhold_client_frames_per_second_count") == 0
    assert line(house)["told"]["fps"] == 0


def test_words_of_a_client_change_nothing_but_what_is_shown(house):
    ann, bob = house.join(), house.join("Bob", address="192.0.2.2")
    for _ in range(3):
        ann.say(encode(Stats(fps=1000, stale_ms=60_000, jitter_ms=60_000, corrections=1000)))
    for visitor in (ann, bob):
        visitor.listen()
    before = len(ann.all(Snap)), len(bob.all(Snap))
    house.wait(5, ann, bob)
    assert len(ann.all(Snap)) - before[0] == len(bob.all(Snap)) - before[1]
    assert [one["line"]["skipped"] for one in players(house)] == [0, 0]
    assert ann.peer.window.max_messages == bob.peer.window.max_messages


def test_a_late_server_says_so_right_before_the_first_late_snapshot(house):
    ann = house.join()
    ann.listen()
    now = house.clock.advance(0.2)
    house.match.tick(now - 0.14)
    late, snap = ann.listen()
    assert late == Late(late_ms=140)
    assert isinstance(snap, Snap)


def test_a_tick_that_is_slow_itself_says_so_before_its_own_snapshot(house, monkeypatch):
    ann = house.join()
    ann.listen()
    step = World.step

    def slowly(world, inputs):
        house.clock.advance(0.08)
        return step(world, inputs)

    monkeypatch.setattr(World, "step", slowly)
    house.tick()
    late, snap = ann.listen()
    assert late == Late(late_ms=80)
    assert isinstance(snap, Snap)


def test_whoever_knows_no_late_is_told_none(house):
    ann = house.join()
    ann.listen()
    ann.peer.conversation.hello = Stranger(minor=0)
    house.match.lost(3.0)
    house.tick()
    assert [type(message) for message in ann.listen()] == [Snap]


class Stranger:
    def __init__(self, minor):
        self.minor = minor
