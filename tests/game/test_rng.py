import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rng import Rng, mixed


def test_the_published_sequence():
    # Seed 1234567 of the reference splitmix64.
    rng = Rng(1234567)
    assert [rng.bits() for _ in range(3)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


@given(st.integers(), st.integers(1, 1 << 40))
def test_below_stays_below(seed, bound):
    assert 0 <= Rng(mixed(seed)).below(bound) < bound


def test_both_ends_come_up():
    rng = Rng(1)
    assert {rng.between(-2, 2) for _ in range(200)} == {-2, -1, 0, 1, 2}


@pytest.mark.parametrize("seed", [-1, 0, 1 << 200])
def test_any_integer_can_be_mixed(seed):
    assert 0 <= mixed(seed) < 1 << 64
