from array import array
from itertools import pairwise

import pytest

from game.ahead import SLICE, Ahead
from game.noise import field, layered, quantiles, ridges
from game.rng import Rng


def made(work):
    return Ahead(work).result()


@pytest.mark.parametrize(("size", "period"), [(64, 16), (30, 7), (16, 64), (9, 2)])
def test_a_field_is_whole_bounded_and_smooth(size, period):
    values = made(field(size, period, 5))
    assert len(values) == size * size
    assert min(values) >= 0
    assert max(values) < 65_536
    steepest = 65_536 * 2 // period
    for line in (values[:size], values[::size]):
        assert max(abs(a - b) for a, b in pairwise(line)) <= steepest


def test_a_field_follows_its_seed():
    assert made(field(20, 5, 1)) == made(field(20, 5, 1))
    assert made(field(20, 5, 1)) != made(field(20, 5, 2))
    assert len(set(made(field(64, 8, 1)))) > 1_000


def test_layers_add_detail():
    values = made(layered(32, 16, 3))
    assert len(values) == 1_024
    assert max(values) <= 7 * 65_535


def test_quantiles_cut_where_they_say():
    assert made(quantiles([7, 3, 9, 1, 5], 0, 400, 999, 1_000)) == [1, 5, 9, 9]


@pytest.mark.parametrize("top", [0, 1, 2_047, 65_535, 2_000_000])
def test_quantiles_are_those_of_the_sorted_values(top):
    rng = Rng(top)
    values = [rng.below(top + 1) // (1 + rng.below(9)) for _ in range(3 * SLICE // 2)]
    parts = (0, 18, 62, 500, 760, 999)
    want = [sorted(values)[len(values) * part // 1_000] for part in parts]
    assert made(quantiles(values, *parts)) == want


def test_ridges_are_low_in_the_middle():
    assert list(made(ridges(array("i", [1, 5, 9])))) == [4, 0, 4]
