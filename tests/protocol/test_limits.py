"""The token bucket: never more than its burst and its rate, whatever the clock does."""

from hypothesis import given
from hypothesis import strategies as st

from protocol.limits import TokenBucket


def test_a_bucket_is_full_at_first_and_fills_with_time():
    bucket = TokenBucket(2, 3, now=100.0)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert not bucket.take(100.4)
    assert bucket.take(100.5)
    assert not bucket.take(100.5)
    assert [bucket.take(1000.0) for _ in range(4)] == [True, True, True, False]


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing():
    bucket = TokenBucket(1, 1, now=50.0)
    assert bucket.take(50.0)
    assert not bucket.take(10.0)
    assert not bucket.take(50.9)
    assert bucket.take(51.0)


def test_a_bucket_without_rate_is_for_once():
    bucket = TokenBucket(0, 1)
    assert bucket.take(0.0)
    assert not bucket.take(1e9)


@given(st.floats(0, 100), st.integers(0, 50), st.lists(st.floats(0, 2), min_size=1, max_size=100))
def test_no_order_of_times_gives_more_than_rate_and_burst(rate, burst, steps):
    bucket = TokenBucket(rate, burst)
    now, taken = 0.0, 0
    for step in steps:
        now += step
        taken += bucket.take(now)
        assert taken <= burst + rate * now + 1e-6


def test_what_was_taken_while_it_was_full_is_back_when_it_is_and_no_sooner():
    bucket = TokenBucket(1, 1)
    assert bucket.take(0.0)
    assert not bucket.take(1 - 1e-10)
    assert bucket.take(1.0)


def test_what_is_given_back_counts_once():
    bucket = TokenBucket(1, 2)
    assert bucket.take(0.0)
    bucket.give_back()
    assert [bucket.take(9.0) for _ in range(3)] == [True, True, False]


@given(
    st.sampled_from([(0, 1), (80, 160), (10, 30), (1, 8), (3, 1), (0.3, 2.5), (2, 0.5)]),
    st.lists(
        st.one_of(
            st.just(0.0),
            st.floats(-0.1, 3.0),
            st.integers(-3, 3).map(lambda n: 0.0125 + n * 1e-11),  # just when one of 80 is back
            st.just("given back"),
        ),
        max_size=300,
    ),
    st.floats(0, 1e6),
)
def test_it_decides_as_one_that_counts_at_each_take(bounds, steps, began):
    rate, burst = bounds
    bucket = TokenBucket(rate, burst, began)
    level, at, now = burst, began, began
    for step in steps:
        if step == "given back":
            bucket.give_back()
            level = min(level + 1, burst)
            continue
        now += step
        if now > at:
            level, at = min(level + (now - at) * rate, burst), now
        taken = level >= 1
        level -= taken
        assert bucket.take(now) is taken


def test_what_is_given_back_may_be_taken_again_and_never_more_than_at_first():
    bucket = TokenBucket(1.0, 2.0)
    assert [bucket.take(0.0) for _ in range(3)] == [True, True, False]
    bucket.give_back()
    assert [bucket.take(0.0) for _ in range(2)] == [True, False]
    bucket.give_back(9.0)
    assert [bucket.take(0.0) for _ in range(3)] == [True, True, False]
