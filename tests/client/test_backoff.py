from random import Random

import pytest

from client.backoff import DELAYS_S, JITTER, Backoff


def test_waits_grow_to_four_seconds_and_stay_there():
    backoff = Backoff(Random(1))
    waits = [backoff.next_delay_s() for _ in range(8)]
    for wait, nominal in zip(waits, (*DELAYS_S, 4.0, 4.0, 4.0), strict=True):
        assert nominal * (1 - JITTER) <= wait <= nominal * (1 + JITTER)
    assert len(set(waits[4:])) == 4, "without jitter a whole party would knock at one moment"


@pytest.mark.parametrize("seed", range(20))
def test_what_the_server_asks_for_is_the_least(seed):
    assert 30.0 <= Backoff(Random(seed)).next_delay_s(30.0) < 31.0


def test_success_starts_it_again():
    backoff = Backoff(Random(1))
    for _ in range(5):
        backoff.next_delay_s()
    backoff.succeeded()
    assert backoff.next_delay_s() < 0.5
