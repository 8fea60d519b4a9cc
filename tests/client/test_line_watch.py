"""What a line shows of its troubles: made for real, on wires and clocks of the tests."""

from random import Random

import pytest

from client.line_watch import LineWatch
from client.verdict import WELL, Blame, judge
from game.rules import Mode, Rules
from support.authority import Authority, Pilot, Play
from support.clock import FakeClock

HZ = 30


class Line:
    """A watch that is fed a picture a tick, and looked at sixty times a second."""

    def __init__(self, *, says_late=True, hz=HZ):
        self.hz = hz
        self.now = 100.0
        self.tick = 1000.0
        self.watch = LineWatch(hz, self.now, says_late=says_late)
        self._looks = 0.0

    def run(self, seconds, *, every=1, runs=True, comes=True, looks=True):
        """Let time pass; every so many ticks a picture comes, on time."""
        waiting = []
        end = self.now + seconds
        while self.now < end - 1e-9:
            self.now += 1 / self.hz
            self.tick += runs
            if runs and self.tick % every == 0:
                waiting.append(int(self.tick))
            if looks:
                self.watch.looked(self.now - 1 / (2 * self.hz))
                self.watch.looked(self.now)
            if comes:
                while waiting:
                    self.watch.arrived(waiting.pop(0), self.now)
        return waiting

    def burst(self, ticks):
        for tick in ticks:
            self.watch.arrived(tick, self.now)
        return self

    def seen(self, **changes):
        given = {"rtt_ms": 30, "draws": True} | changes
        return self.watch.evidence(self.now, **given)

    def blame(self):
        return judge(self.seen()).blame


def test_a_good_line_is_well():
    line = Line()
    line.run(5)
    seen = line.seen()
    assert judge(seen) == WELL
    assert seen.left_out == 0
    assert seen.fps == pytest.approx(60, abs=1)
    assert line.watch.ticks_per_s == pytest.approx(30, abs=0.1)
    assert line.watch.late_ms(line.now) == 0


def test_a_link_stall_ends_in_a_burst_and_is_the_links():
    line = Line()
    line.run(4)
    missed = line.run(0.8, comes=False)
    line.burst(missed).run(0.5)
    seen = line.seen()
    assert seen.stall_s == pytest.approx(0.8, abs=0.05)
    assert seen.is_on_schedule
    assert line.blame() is Blame.LINK
    assert "server is fine" in judge(seen).sentence


def test_a_link_stall_in_which_ticks_were_left_out_is_the_links_too():
    line = Line()
    line.run(4)
    missed = line.run(1.5, comes=False)
    line.burst(missed[:5]).run(0.5)  # as many as were on their way; then the newest
    assert "Your link stalls, the server is fine" in judge(line.seen()).sentence


def test_a_stall_of_the_way_up_leaves_all_of_it_out_and_is_the_links():
    line = Line()
    line.run(4)
    line.run(0.8, comes=False)
    line.run(0.5)
    assert "Your link stalls, the server is fine" in judge(line.seen()).sentence


def test_a_server_that_stood_still_is_late_by_its_own_word():
    line = Line()
    line.run(4)
    line.run(0.8, runs=False)
    line.watch.told_late(800, line.now)
    line.run(0.5)
    assert judge(line.seen()).sentence == "The server is late, by 0.8 s."


def test_a_server_that_stood_still_and_does_not_know_it_is_not_called_fine():
    """Its machine was suspended, clock and all: the ticks stay behind, and no LATE comes."""
    line = Line()
    line.run(4)
    line.run(0.8, runs=False)
    line.run(0.5)
    assert not line.seen().is_on_schedule
    assert line.blame() is Blame.UNKNOWN


def test_a_server_that_does_not_say_when_it_is_late_is_not_called_fine():
    line = Line(says_late=False)
    line.run(4)
    line.burst(line.run(0.8, comes=False)).run(0.5)
    assert line.blame() is Blame.UNKNOWN
    assert line.watch.late_ms(line.now) is None


def test_a_small_lateness_does_not_excuse_a_long_stall_of_the_link():
    line = Line()
    line.run(4)
    missed = line.run(0.8, comes=False)
    line.watch.told_late(60, line.now)
    line.burst(missed).run(0.5)
    assert judge(line.seen()).sentence.startswith("Your link stalls: nothing came for 0.8 s. And")


def test_a_computer_that_stood_still_blames_nobody_else():
    line = Line()
    line.run(4)
    line.burst(line.run(0.8, comes=False, looks=False)).run(0.5)
    assert line.seen().stall_s == 0
    assert judge(line.seen()).sentence == "This computer stood still for 0.8 s."


@pytest.mark.parametrize("every", [2, 3, 6])
def test_a_thin_link_has_pictures_left_out_evenly(every):
    line = Line()
    line.run(10, every=every)
    seen = line.seen()
    assert seen.stall_s == 0
    assert seen.left_out == pytest.approx(1 - 1 / every, abs=0.02)
    assert "too thin" in judge(seen).sentence


def test_five_pictures_a_second_with_jitter_are_thin_and_no_stalls():
    line = Line(hz=20)
    rng = Random(3)
    for _ in range(50):
        line.run(0.2, comes=False)
        line.watch.arrived(int(line.tick), line.now + rng.uniform(0, 0.08))
    assert "too thin" in judge(line.seen()).sentence


def test_an_uneven_line_is_uneven():
    line = Line()
    for number in range(60):
        line.burst(line.run(0.1, comes=False))
        if number % 4 == 0:
            line.burst(line.run(0.2, comes=False))
    assert "uneven" in judge(line.seen()).sentence


def test_trouble_is_forgotten_after_some_seconds():
    line = Line()
    line.run(4)
    line.burst(line.run(0.8, comes=False)).run(4.9)
    assert line.blame() is Blame.LINK
    line.run(0.3)
    assert judge(line.seen()) == WELL


def test_a_server_that_was_late_leaves_no_suspicion_behind():
    line = Line()
    line.run(4)
    line.run(0.8, runs=False)
    line.watch.told_late(800, line.now)
    blames = set()
    for _ in range(100):
        line.run(0.1)
        blames.add(line.blame())
    assert blames == {Blame.SERVER, Blame.NOBODY}


def test_a_computer_that_stood_still_leaves_no_suspicion_behind():
    """What was not acknowledged meanwhile was not sent: pictures stop, and some are left out."""
    line = Line()
    line.run(4)
    missed = line.run(0.8, comes=False, looks=False)
    line.burst(missed[:5])
    blames = set()
    for _ in range(100):
        line.run(0.1)
        blames.add(line.blame())
    assert blames == {Blame.COMPUTER, Blame.NOBODY}


def test_pictures_left_out_in_the_wake_of_a_stall_are_never_a_thin_link():
    line = Line()
    line.run(4)
    line.burst(line.run(0.8, comes=False)[:5])
    line.run(0.1)
    line.run(0.34, every=10_000)
    sentences = set()
    for _ in range(100):
        line.run(0.1)
        sentences.add(judge(line.seen()).sentence)
    assert not any("too thin" in sentence for sentence in sentences)
    assert any("Your link stalls, the server is fine" in sentence for sentence in sentences)


def test_while_a_server_finds_its_pace_again_no_link_is_blamed():
    """After a halt it leaves pictures out, and hiccups a little some seconds later."""
    line = Line()
    line.run(4)
    line.run(0.8, runs=False)
    line.watch.told_late(780, line.now)
    line.run(0.6, every=10_000)
    blames = set()
    for step in range(100):
        line.run(0.1)
        if step == 47:
            line.watch.told_late(94, line.now)
        blames.add(line.blame())
    assert blames == {Blame.SERVER, Blame.NOBODY}


def test_a_silence_is_nobodys_before_it_is_over():
    line = Line()
    line.run(4)
    line.run(0.8, comes=False)
    assert line.seen().silent_s == pytest.approx(0.8, abs=0.05)
    assert line.blame() is Blame.UNKNOWN


def test_the_age_of_what_was_seen_is_told_once():
    line = Line()
    line.run(4)
    assert line.watch.take_stale_s() == pytest.approx(1 / 30, abs=0.001)
    line.run(0.6, comes=False)
    line.burst([int(line.tick)]).run(4.4)
    assert 0.2 < line.watch.take_stale_s() < 0.6
    assert line.watch.take_stale_s() == 0


def test_before_the_first_picture_nothing_is_known():
    watch = LineWatch(HZ, 5.0, says_late=True)
    watch.looked(5.1)
    assert watch.ticks_per_s == watch.take_stale_s() == 0
    assert judge(watch.evidence(5.1, rtt_ms=0, draws=True)).blame is Blame.UNKNOWN


# ------------------------------------------------------------ the real session, real bytes


VILLAGE = Rules(mode=Mode.VILLAGE, map_tiles=64, moths=0, star_every_ms=0)


@pytest.fixture
def played():
    clock = FakeClock(100.0)
    play = Play(Authority(VILLAGE), clock)
    ada = play.join(Pilot(play.authority, clock, Random(3), delay_s=0.04, jitter_s=0.02))
    play.run(6)
    return clock, play, ada


def verdict(clock, pilot):
    return judge(pilot.session.watch.evidence(clock(), rtt_ms=80, draws=True))


def test_a_session_on_a_good_line_is_well_and_says_so_to_the_host(played):
    clock, play, ada = played
    play.run(10)
    assert verdict(clock, ada) == WELL
    told = play.authority.seats[1].stats
    assert len(told) == 3
    assert {stats.corrections for stats in told} == {0}
    assert 55 <= told[-1].fps <= 60
    assert 20 < told[-1].stale_ms < 100
    assert 1 < told[-1].jitter_ms < 40


def test_a_session_tells_a_stalled_link_from_a_stalled_server(played):
    clock, play, ada = played
    ada.down.stall(clock() + 0.1, clock() + 0.9)
    play.run(2)
    assert "Your link stalls, the server is fine" in verdict(clock, ada).sentence
    play.run(6)
    assert verdict(clock, ada) == WELL
    play.stand_still(0.8)
    play.run(2)
    assert verdict(clock, ada).sentence == "The server is late, by 0.8 s."
    play.run(6)
    play.stand_still(0.8, says_so=False)
    play.run(2)
    assert verdict(clock, ada).blame is Blame.UNKNOWN


def test_a_bot_draws_nothing_and_says_so(played):
    clock, play, _ = played
    bob = play.join(Pilot(play.authority, clock, Random(4), name="Bob", is_bot=True))
    play.run(8)
    assert [stats.fps for stats in play.authority.seats[2].stats] == [0]
    assert bob.session.watch.looks_per_s > 50


def test_a_stalled_session_saves_its_words_for_later(played):
    clock, play, ada = played
    before = len(play.authority.seats[1].stats)
    ada.down.stall(clock() + 0.5, clock() + 3.5)
    play.run(3.3)
    assert len(play.authority.seats[1].stats) == before
    play.run(3)
    assert len(play.authority.seats[1].stats) == before + 1
