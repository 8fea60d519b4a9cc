import pytest

from client.pacing import NUDGE_MAX, Pacer


@pytest.mark.parametrize("tick_hz", [20, 30, 60])
@pytest.mark.parametrize("frame_s", [1 / 144, 1 / 60, 1 / 23])
def test_ticks_come_at_the_servers_rate_whatever_the_frame_rate(tick_hz, frame_s):
    pacer, now, ticks = Pacer(tick_hz, 5.0), 5.0, 0
    while now < 15.0:
        now += frame_s
        ticks += pacer.advance(now)
    assert abs(ticks - 10 * tick_hz) <= 1 + frame_s * tick_hz
    assert 0 <= pacer.fraction <= 1


def test_a_pause_of_the_process_is_not_made_up_for():
    pacer = Pacer(30, 0.0)
    pacer.advance(0.1)
    assert pacer.advance(60.0) == 1


def test_a_clock_that_goes_back_makes_no_ticks():
    pacer = Pacer(30, 10.0)
    pacer.advance(10.01)
    assert pacer.advance(9.0) == 0
    assert pacer.advance(9.01) == 0


@pytest.mark.parametrize(("wait", "sign"), [(6, -1), (-5, 1)])
def test_the_nudge_is_gentle_and_in_the_right_direction(wait, sign):
    pacer = Pacer(30, 0.0)
    for seq in range(1, 40):
        pacer.waited(wait, 0.0, seq, seq + 3)
    assert 0 < sign * (pacer.rate - 1.0) <= NUDGE_MAX + 1e-9


def test_waits_from_before_the_first_command_was_applied_are_no_waits():
    pacer = Pacer(30, 0.0, first_seq=7)
    for _ in range(20):
        pacer.waited(-128, 0.0, 6, 12)
    assert (pacer.wait, pacer.rate) == (1.0, 1.0)
    pacer.waited(3, 0.0, 7, 13)
    assert pacer.wait > 1.0


def test_jitter_asks_for_a_longer_wait():
    calm, rough = Pacer(30, 0.0), Pacer(30, 0.0)
    for seq in range(1, 40):
        calm.waited(3, 0.0, seq, seq + 3)
        rough.waited(3, 0.1, seq, seq + 3)
    assert calm.rate < 1.0 < rough.rate


def test_a_quarter_of_a_second_too_early_leaves_ticks_out_at_once_and_only_once():
    pacer = Pacer(30, 0.0)
    for seq in range(1, 20):
        pacer.waited(20, 0.0, seq, seq + 25)
    now, run = 0.0, 0
    for _ in range(120):
        now += 1 / 60
        run += pacer.advance(now)
    assert 17 <= 60 - run <= 24, "those that waited, and the nudge; not twice as many"


def test_snapshots_that_do_not_know_of_it_yet_do_not_make_it_happen_again():
    pacer = Pacer(30, 0.0)
    for seq in range(1, 40):
        pacer.waited(20, 0.0, seq, 26)
    for seq in range(40, 60):
        pacer.waited(1, 0.0, seq, seq + 3)
    assert 17 <= 60 - sum(pacer.advance(n / 60) for n in range(121)) <= 24


def test_a_burst_that_is_being_worked_off_leaves_nothing_out():
    pacer = Pacer(30, 0.0)
    for seq, wait in enumerate([1, 1, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 3, 3], 1):
        pacer.waited(wait, 0.0, seq, seq + wait)
    assert sum(pacer.advance(n / 60) for n in range(121)) >= 57
