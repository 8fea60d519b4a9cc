"""Flow control: on every line the world stays fresh, and a full one does not feed on itself."""

from collections import deque
from itertools import pairwise
from random import Random

import pytest

from protocol.flow import (
    ACK_S,
    ASSUMED_RTT_S,
    FIRST_MESSAGES,
    MAX_BYTES,
    MIN_BYTES,
    MIN_RTT_WINDOW_S,
    AckWindow,
    MinimumRtt,
)
from protocol.pace import BY_STEPS, CLEAN_S, LOOK_S, PATIENCE_MAX_S, WHOLE


def acked_once(rtt_s, *, hz=30, hold_ms=0):
    window = AckWindow(hz, 0.0)
    window.sent(1, 500, 10.0)
    window.acked(1, hold_ms, 10.0 + rtt_s + hold_ms / 1000)
    return window


def test_before_the_first_sample_a_common_round_trip_is_assumed():
    window = AckWindow(30, 0.0)
    assert window.rtt_s is None
    assert window.min_rtt_s == ASSUMED_RTT_S
    assert window.max_messages == FIRST_MESSAGES
    assert window.may_send(0.0)


def test_the_hold_is_no_part_of_the_round_trip():
    window = acked_once(0.080, hold_ms=70)
    assert window.rtt_s == pytest.approx(0.080)
    assert window.min_rtt_s == pytest.approx(0.080)
    assert window.jitter_s == pytest.approx(0.040)


@pytest.mark.parametrize(
    ("rtt_s", "hz", "messages"),
    [(0.0, 30, 5), (0.1, 30, 8), (0.0, 20, 4), (0.04, 60, 11), (5, 30, 32)],
)
def test_the_window_follows_the_smallest_round_trip_between_floor_and_ceiling(rtt_s, hz, messages):
    assert acked_once(rtt_s, hz=hz).max_messages == messages


def test_the_window_of_bytes_has_a_floor_and_a_ceiling():
    assert acked_once(0.0).max_bytes == MIN_BYTES
    assert MIN_BYTES < acked_once(0.1).max_bytes < MAX_BYTES
    assert acked_once(5.0).max_bytes == MAX_BYTES


def test_messages_close_the_window_and_one_ack_covers_all_before_it():
    window = acked_once(0.0)
    for tick in range(2, 7):
        assert window.may_send(11.0)
        window.sent(tick, 100, 11.0)
    assert not window.may_send(11.0)
    assert window.skipped == 1
    window.acked(5, 0, 11.1)
    assert (window.messages_in_flight, window.bytes_in_flight) == (1, 100)
    assert window.may_send(11.1)


def test_bytes_close_the_window_and_a_big_message_goes_out_alone():
    window = acked_once(0.0)
    window.sent(2, 60_000, 11.0)
    assert not window.may_send(11.0)
    window.acked(2, 0, 11.2)
    assert window.may_send(11.2)
    assert window.bytes_in_flight == 0


def test_what_is_stale_odd_or_impossible_is_ignored():
    window = acked_once(0.050)
    window.sent(5, 100, 20.0)
    window.sent(7, 100, 20.1)
    for tick in (0, 1, 4, 6, 8, 0xFFFF_FFFF):
        window.acked(tick, 0, 20.2)
    assert window.messages_in_flight == 2
    window.acked(7, 150, 20.2)  # held longer than it was away: a lie, but it has arrived
    assert window.messages_in_flight == 0
    assert window.rtt_s == pytest.approx(0.050)
    window.acked(7, 0, 99.0)
    assert window.rtt_s == pytest.approx(0.050)


def test_ticks_only_rise():
    window = acked_once(0.0)
    with pytest.raises(ValueError, match="tick 1 was sent after tick 1"):
        window.sent(1, 1, 11.0)


def test_silence_is_owed_acknowledgements():
    window = acked_once(0.050)
    assert window.silent_s(100.0) == 0.0
    window.sent(2, 100, 100.0)
    window.sent(3, 100, 101.0)
    assert window.silent_s(103.0) == pytest.approx(3.0)
    window.acked(2, 0, 103.0)
    assert window.silent_s(103.5) == pytest.approx(0.5)
    assert window.silent_s(102.0) == 0.0


def test_the_shown_round_trip_is_smooth():
    window = acked_once(0.100)
    for tick in range(2, 60):
        window.sent(tick, 100, tick)
        window.acked(tick, 0, tick + (0.100 if tick % 2 else 0.140))
    assert window.rtt_s == pytest.approx(0.120, abs=0.015)
    assert window.jitter_s == pytest.approx(0.020, abs=0.01)


def test_a_minimum_is_forgotten_after_thirty_seconds():
    minimum = MinimumRtt()
    assert minimum.add(0.5, 0.0) == 0.5
    assert minimum.add(0.1, 1.0) == 0.1
    assert minimum.add(0.3, 1.5) == 0.1
    assert minimum.add(0.4, MIN_RTT_WINDOW_S - 4) == 0.1
    assert minimum.add(0.4, MIN_RTT_WINDOW_S + 1) == 0.4
    assert minimum.add(0.6, 10 * MIN_RTT_WINDOW_S) == 0.6


class Line:
    """A line that carries `bytes_per_s` with `delay_s` each way, and a client that acks."""

    def __init__(
        self, bytes_per_s, delay_s, *, hz=30, size=2000, ack_every_s=0.0, jitter_s=0.0,
        paced=False, step_size=None, paces=WHOLE,
    ):  # fmt: skip
        self.hz, self.size = hz, size
        self.jitter_s, self.chance = jitter_s, Random(1)
        self.bytes_per_s, self.delay_s, self.ack_every_s = bytes_per_s, delay_s, ack_every_s
        self.step_size = step_size or size  # of what follows the tick before
        self.window = AckWindow(hz, 0.0, paces)
        self.told = 0  # the newest tick that was
        self.last_at = 0.0
        self.free_at = 0.0  # when the line has carried all that was put on it
        self.arriving, self.acks = deque(), deque()
        self.newest, self.newest_at, self.last_ack_at = (0, 0.0), 0.0, 0.0
        self.ages, self.gaps, self.sent = [], [], 0

        self.is_paced, self.paces = paced, []  # (when, every)

    def run(self, seconds, begin=0):
        steps = 4  # looks at the client four times a tick
        for step in range(begin * self.hz * steps, int((begin + seconds) * self.hz * steps)):
            now = step / (self.hz * steps)
            self._deliver(now)
            if self.is_paced and step % (steps * self.hz) == 0 and self.window.judge(now):
                self.paces.append((now, self.window.every))
            if step % steps == 0:
                self._tick(step // steps + 1, now)

    def _tick(self, tick, now):
        if self.window.may_send(now):
            size = self.step_size if self.told == tick - 1 else self.size
            self.told = tick
            self.window.sent(tick, size, now)
            self.sent += 1
            self.free_at = max(now, self.free_at) + size / self.bytes_per_s
            late = self.jitter_s * self.chance.random()
            self.last_at = max(self.last_at, self.free_at + self.delay_s + late)
            self.arriving.append((self.last_at, tick, now))
        self.ages.append(now - self.newest[1])

    def _deliver(self, now):
        while self.arriving and self.arriving[0][0] <= now:
            at, tick, made = self.arriving.popleft()
            self.gaps.append(at - self.newest_at)
            self.newest, self.newest_at = (tick, made), at
        if self.newest[0] and now - self.last_ack_at >= self.ack_every_s:
            self.last_ack_at = now
            hold_ms = int((now - self.newest_at) * 1000)
            self.acks.append((now + self.delay_s, self.newest[0], hold_ms))
        while self.acks and self.acks[0][0] <= now:
            _, tick, hold_ms = self.acks.popleft()
            self.window.acked(tick, hold_ms, now)


@pytest.mark.parametrize("delay_s", [0.001, 0.025, 0.1, 0.3])
@pytest.mark.parametrize("hz", [20, 30, 60])
@pytest.mark.parametrize("ack_every_s", [0.0, ACK_S])
def test_a_line_with_room_is_never_held_back(delay_s, hz, ack_every_s):
    line = Line(10_000_000, delay_s, hz=hz, ack_every_s=ack_every_s)
    line.run(3)  # until the round trip is known
    line.window.skipped = 0
    line.run(37, begin=3)
    assert line.window.skipped == 0
    assert max(line.ages[3 * hz :]) <= delay_s + 3 / hz


@pytest.mark.parametrize("room", [1.05, 1.15, 1.3])
def test_a_line_with_room_for_steps_alone_gets_back_to_all_of_them(room):
    """SNAPs in every second tick take more than it carries."""
    bytes_per_s = room * 380 * 30
    line = Line(bytes_per_s, 0.02, size=1010, step_size=380, paced=True, paces=BY_STEPS)
    line.run(20)
    line.bytes_per_s = bytes_per_s / 2
    line.run(30, begin=20)
    assert line.window.every == 3
    line.bytes_per_s = bytes_per_s
    line.run(150, begin=50)
    before = line.sent
    line.run(60, begin=200)
    assert line.window.every == 1
    assert line.sent - before > 0.98 * 60 * line.hz


@pytest.mark.parametrize("bytes_per_s", [20_000, 30_000, 45_000, 58_000])
@pytest.mark.parametrize("paced", [False, True])
def test_a_line_too_narrow_for_the_stream_stays_fresh_for_five_minutes(bytes_per_s, paced):
    line = Line(bytes_per_s, 0.02, paced=paced)
    line.run(300)
    settled = sorted(line.ages[300:])
    one = line.size / bytes_per_s  # seconds that a single SNAP takes
    assert settled[len(settled) // 2] < 0.15 + 2 * one
    assert settled[-1] < 0.35 + 3 * one
    assert line.sent * line.size > 0.95 * 300 * bytes_per_s  # and it is used


def test_without_the_trim_a_full_line_would_hold_a_window_of_old_worlds(monkeypatch):
    monkeypatch.setattr("protocol.flow.QUEUE_S", 1e9)
    line = Line(30_000, 0.02)
    line.run(60)
    assert sorted(line.ages[900:])[450] > 0.4


def test_without_the_probe_a_full_line_would_feed_on_its_own_queue(monkeypatch):
    monkeypatch.setattr("protocol.flow.PROBE_S", 1e9)
    monkeypatch.setattr("protocol.flow.QUEUE_S", 1e9)
    line = Line(30_000, 0.02)
    line.run(300)
    assert min(line.ages[-300:]) > 1.0


def test_what_is_told_at_the_beginning_is_not_taken_for_the_line():
    """A roster and cells of 12 KB stand in the line before the first SNAP."""

    line = Line(30_000, 0.02)
    line.free_at = 12_000 / line.bytes_per_s
    line.run(6)
    assert max(line.ages) < 0.9
    assert max(line.ages[3 * line.hz :]) < 0.5


@pytest.mark.parametrize("jitter_s", [0.05, 0.1, 0.2])
def test_jitter_is_not_taken_for_a_queue(jitter_s):
    line = Line(1_000_000, 0.02, jitter_s=jitter_s)
    line.run(60)
    assert line.sent > 0.85 * 60 * line.hz


def test_what_a_queue_took_comes_back_when_it_is_gone():
    line = Line(20_000, 0.02)
    line.run(20)
    narrow = line.window.max_messages
    line.bytes_per_s = 1_000_000
    line.run(10, begin=20)
    assert narrow <= 4 < line.window.max_messages
    assert max(line.ages[-60:]) < 0.1


def test_a_line_that_stalls_recovers_at_once():
    line = Line(1_000_000, 0.02)
    line.run(10)
    line.free_at = 13.0  # nothing moves for three seconds
    line.run(10, begin=10)
    assert line.window.silent_s(20.0) < 0.2
    assert max(line.ages[-6 * 30 :]) < 0.2


@pytest.mark.parametrize(
    ("share", "seldomest"), [(0.8, 1), (0.6, 2), (0.4, 2), (0.32, 3), (0.2, 3)]
)
def test_a_line_too_narrow_for_every_tick_is_told_more_seldom(share, seldomest):
    line = Line(share * 60_000, 0.02, paced=True)
    line.run(60)
    lowered = line.paces[: seldomest - 1]
    assert lowered == [(2 * LOOK_S * step, 1 + step) for step in range(1, seldomest)]
    assert max([every for _, every in line.paces], default=1) == seldomest


def test_at_a_pace_that_the_line_keeps_others_move_evenly():
    line = Line(25_000, 0.02, paced=True)
    line.run(20)
    ragged = _unevenness(line)
    line = Line(36_000, 0.02, paced=True)
    line.run(12)
    assert line.window.every == 2
    line.gaps.clear()
    line.run(8, begin=12)
    assert _unevenness(line) < ragged / 2
    assert max(line.gaps) < 2.6 / line.hz


def _unevenness(line):
    """How far the steps between two SNAPs are from all alike, in seconds."""
    return sum(abs(one - other) for one, other in pairwise(line.gaps)) / len(line.gaps)


def test_the_pace_comes_back_when_the_line_has_room_again():
    line = Line(12_000, 0.02, paced=True)
    line.run(30)
    assert line.window.every == WHOLE[-1]
    line.bytes_per_s = 1_000_000
    line.run(40, begin=30)
    assert [every for _, every in line.paces[2:]] == [2, 1]
    cleared = [now for now, _ in line.paces[2:]]
    assert 40 <= cleared[0] <= 40 + LOOK_S
    assert cleared[1] - cleared[0] == CLEAN_S
    line.ages.clear()
    line.run(10, begin=70)
    assert max(line.ages) < 0.1


def test_a_line_between_two_paces_swings_ever_more_seldom():
    line = Line(20_000, 0.02, paced=True)  # room for every third, not for every second
    line.run(900)
    ups = [now for now, every in line.paces if every == 2][1:]
    waits = [late - early for early, late in pairwise(ups)]
    assert waits[0] < 40
    assert all(late > early - 2 * LOOK_S for early, late in pairwise(waits))
    assert waits[-1] > PATIENCE_MAX_S


@pytest.mark.parametrize("jitter_s", [0.05, 0.1])
def test_jitter_and_stalls_are_no_reason_to_tell_seldom(jitter_s):
    line = Line(1_000_000, 0.05, jitter_s=jitter_s, paced=True)
    for second in range(0, 60, 10):
        line.run(10, begin=second)
        line.free_at = second + 12.0  # nothing moves for two seconds
    assert line.paces == []


def test_a_line_that_mostly_stalls_is_not_told_seldom():
    """It has room whenever it moves: a slower pace would help nobody."""
    line = Line(1_000_000, 0.02, paced=True)
    for second in range(0, 60, 5):
        line.run(5, begin=second)
        line.free_at = second + 8.0  # nothing moves for three seconds of five
    assert line.window.skipped > 0.3 * 60 * line.hz, "or it proves nothing"
    assert line.paces == []


def test_the_deaf_are_cut_and_not_told_seldom():
    window = AckWindow(30, 0.0)
    for tick in range(1, 900):
        now = tick / 30
        if window.may_send(now):
            window.sent(tick, 500, now)
        assert not window.judge(now)
    assert window.skipped > 800
    assert window.silent_s(30.0) > 29.9


def test_at_a_pace_ticks_between_are_left_out_and_are_not_counted_as_full():
    window = acked_once(0.0)
    window._gap = 2  # as at the pace of every third
    sent = []
    for tick in range(2, 14):
        now = 20 + tick / 30
        if window.may_send(now):
            window.sent(tick, 100, now)
            window.acked(tick, 0, now)
            sent.append(tick)
    assert sent == [2, 5, 8, 11]
    assert window.skipped == 0


def test_between_two_samples_the_smallest_round_trip_counts():
    window = AckWindow(30, 0.0)
    for tick, rtt_s in enumerate((0.2, 0.05, 0.3, 0.12), 1):
        at = 1 + 0.04 * tick
        window.sent(tick, 100, at - rtt_s)
        window.acked(tick, 0, at)
    assert window.min_rtt_s == pytest.approx(0.05)
    assert 0.12 < window.rtt_s < 0.2
