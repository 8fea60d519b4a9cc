import itertools
from random import Random

import pytest

from client.timeline import (
    DELAY_MAX_S,
    DELAY_MIN_S,
    EXTRAPOLATE_S,
    HURRY,
    LEAP_FROM_S,
    Lateness,
    Timeline,
)

HZ = 30


def play(timeline, arrivals, until, frame_s=1 / 60):
    """Feed (tick, at) in order of time; the cursor of every frame."""
    arrivals, now, cursors = list(arrivals), arrivals[0][1], []
    while now < until:
        now += frame_s
        while arrivals and arrivals[0][1] <= now:
            timeline.arrived(*arrivals.pop(0))
        cursors.append((now, timeline.advance(now)))
    return cursors


def steady(first, last, start=100.0):
    return [(tick, start + tick / HZ) for tick in range(first, last)]


def test_on_an_even_line_the_delay_is_the_least_and_there_is_always_something_to_draw_between():
    timeline = Timeline(HZ)
    cursors = play(timeline, steady(1, 300), 109.9)
    assert timeline.delay_s == DELAY_MIN_S
    now, cursor = cursors[-1]
    assert (now - 100.0) * HZ - cursor == pytest.approx(DELAY_MIN_S * HZ, abs=0.5)


def test_jitter_makes_the_delay_longer_but_never_endless():
    rng, timeline = Random(2), Timeline(HZ)
    last = 0.0
    for tick in range(1, 300):
        last = max(last, 100 + tick / HZ + rng.uniform(0, 0.15))
        timeline.arrived(tick, last)
    assert 0.12 < timeline.delay_s < 0.25
    for tick in range(300, 600):
        timeline.arrived(tick, 100 + tick / HZ + rng.choice([0.0, 0.2, 0.9]))
    assert timeline.delay_s == DELAY_MAX_S


@pytest.mark.parametrize("seed", range(8))
def test_time_never_runs_backwards(seed):
    rng, timeline = Random(seed), Timeline(HZ)
    at, arrivals = 0.0, []
    for tick in range(1, 600):
        stall = rng.choice([0.0] * 60 + [0.4, 1.5])
        at = max(at, 100 + tick / HZ + rng.uniform(0, 0.05)) + stall
        arrivals.append((tick, at))
    cursors = [cursor for _, cursor in play(timeline, arrivals, at + 1)]
    assert all(b >= a for a, b in itertools.pairwise(cursors))
    assert max(cursors) <= 599 + EXTRAPOLATE_S * HZ + 1e-6


def test_during_a_stall_it_goes_on_a_tenth_of_a_second_and_then_waits():
    timeline = Timeline(HZ)
    cursors = play(timeline, steady(1, 60), 105.0)
    assert cursors[-1][1] == pytest.approx(59 + EXTRAPOLATE_S * HZ)
    assert cursors[-1][1] == cursors[-60][1]


def after_a_stall(stall_s):
    """The cursor of every frame: `stall_s` of nothing, and then the newest alone."""
    first = 60 + round(stall_s * HZ)
    return play(Timeline(HZ), steady(1, 60) + steady(first, first + 60), 103.8 + stall_s)


def behind_s(now, cursor):
    return (now - 100.0) - cursor / HZ


def test_what_a_stall_held_back_is_hurried_through_and_never_leapt_over():
    cursors = after_a_stall(0.6)
    steps = [b - a for (_, a), (_, b) in itertools.pairwise(cursors)]
    hurried = HURRY * HZ / 60
    assert max(steps) == pytest.approx(hurried)
    late = [now for now, cursor in cursors if behind_s(now, cursor) > 0.25]
    assert max(late) - min(late) < 0.6 + 0.3, "it must be made up soon"


def test_nobody_is_hurried_along_a_guess():
    timeline = Timeline(HZ)
    burst = [(tick, 102.6) for tick in range(60, 66)]  # and nothing after it
    cursors = [cursor for _, cursor in play(timeline, steady(1, 60) + burst, 103.5)]
    guessed = [b - a for a, b in itertools.pairwise(cursors) if a >= 65]
    assert cursors[-1] == pytest.approx(65 + EXTRAPOLATE_S * HZ)
    assert max(guessed) < 1.05 * HZ / 60


def test_a_stall_that_is_too_long_is_leapt_over():
    cursors = after_a_stall(LEAP_FROM_S + 0.5)
    assert max(b - a for (_, a), (_, b) in itertools.pairwise(cursors)) > LEAP_FROM_S * HZ
    assert behind_s(*cursors[-1]) < DELAY_MAX_S


def test_a_server_that_stood_still_is_believed_soon_after():
    """Its ticks are all a second late from then on: that is its new time, not lateness."""
    timeline = Timeline(HZ)
    late = [(tick, at + 1.0) for tick, at in steady(60, 200)]
    cursors = play(timeline, steady(1, 60) + late, 107.5)
    now, cursor = next(seen for seen in cursors if seen[0] > 105.0)
    assert cursor < (now - 101.0) * HZ, "nothing is guessed any more two seconds later"
    now, cursor = cursors[-1]
    behind_s = (now - 101.0) - cursor / HZ
    assert 0.05 < behind_s < DELAY_MAX_S


def test_lateness_is_counted_from_the_quickest():
    lateness = Lateness()
    assert lateness.jitter_s == 0.0
    for offset in (5.0, 5.1, 5.0, 5.2, 5.0):
        lateness.add(offset)
    assert lateness.best_s == 5.0
    assert lateness.jitter_s == pytest.approx(0.1)
