"""When players are told that the server's own ticks are late."""

from protocol.limits import LATE_S
from protocol.messages import Late
from server.lateness import TOLD_EVERY_S, Lateness


def test_ticks_in_time_are_not_talked_about():
    lateness = Lateness()
    assert [lateness.shown(LATE_S - 0.001, now / 30) for now in range(60)] == [None] * 60


def test_a_late_tick_is_told_at_once_and_a_run_of_them_once_a_second():
    lateness = Lateness()
    told = [lateness.shown(0.06 + tick / 1000, tick / 10) for tick in range(25)]
    assert [(tick, late.late_ms) for tick, late in enumerate(told) if late] == [
        (0, 60),
        (10, 70),
        (20, 80),
    ]
    assert TOLD_EVERY_S == 1.0


def test_the_most_of_a_quiet_second_is_told_when_it_is_over():
    lateness = Lateness()
    lateness.shown(0.1, 0.0)
    assert lateness.shown(0.4, 0.5) is None
    assert lateness.shown(0.0, 1.0) == Late(late_ms=400)
    assert lateness.shown(0.0, 2.0) is None


def test_time_that_was_given_up_is_lateness_though_the_tick_after_it_is_in_time():
    lateness = Lateness()
    lateness.lost(1.5)
    assert lateness.shown(0.0, 7.0) == Late(late_ms=1500)


def test_a_century_of_sleep_fits_in_the_message():
    lateness = Lateness()
    lateness.lost(3e9)
    assert lateness.shown(0.0, 7.0) == Late(late_ms=0xFFFF_FFFF)
