from random import Random

import pytest

from client.backoff import DELAYS_S, EAGER, JITTER, Backoff


def test_waits_grow_to_a_second_so_that_a_line_that_is_back_is_soon_found():
    backoff = Backoff(Random(1))
    waits = [backoff.next_delay_s() for _ in range(EAGER)]
    nominal = (*DELAYS_S, *[DELAYS_S[-1]] * EAGER)
    for wait, middle in zip(waits, nominal, strict=False):
        assert middle * (1 - JITTER) <= wait <= middle * (1 + JITTER)
    assert max(waits) < 1.3
    assert len(set(waits)) == EAGER, "without jitter a whole party would knock at one moment"


def test_after_two_minutes_nobody_is_in_a_hurry():
    backoff = Backoff(Random(1))
    passed_s = sum(backoff.next_delay_s() for _ in range(EAGER))
    assert 100 < passed_s < 140
    assert all(3.0 <= backoff.next_delay_s() <= 5.0 for _ in range(8))


def test_whoever_is_sent_away_until_the_server_is_back_does_not_come_all_at_once():
    waits = sorted(Backoff(Random(seed)).next_delay_s(2.0) for seed in range(64))
    assert waits[0] >= 2.0
    assert 0.4 < waits[-1] - waits[0] <= 0.5
    assert sum(1 for wait in waits if wait < 2.1) < 32


@pytest.mark.parametrize("seed", range(20))
def test_what_the_server_asks_for_is_the_least(seed):
    assert 30.0 <= Backoff(Random(seed)).next_delay_s(30.0) <= 31.0


def test_success_starts_it_again():
    backoff = Backoff(Random(1))
    for _ in range(5):
        backoff.next_delay_s()
    backoff.succeeded()
    assert backoff.next_delay_s() < 0.5
