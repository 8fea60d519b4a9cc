from itertools import pairwise

import pytest

from game.ahead import Ahead
from game.noise import field, layered, quantile, ridges


@pytest.mark.parametrize(("size", "period"), [(64, 16), (30, 7), (16, 64), (9, 2)])
def test_a_field_is_whole_bounded_and_smooth(size, period):
    values = field(size, period, 5)
    assert len(values) == size * size
    assert min(values) >= 0
    assert max(values) < 65_536
    steepest = 65_536 * 2 // period
    for line in (values[:size], values[::size]):
        assert max(abs(a - b) for a, b in pairwise(line)) <= steepest


def test_a_field_follows_its_seed():
    assert field(20, 5, 1) == field(20, 5, 1)
    assert field(20, 5, 1) != field(20, 5, 2)
    assert len(set(field(64, 8, 1))) > 1_000


def test_layers_add_detail():
    values = Ahead(layered(32, 16, 3)).result()
    assert len(values) == 1_024
    assert max(values) <= 7 * 65_535


def test_quantiles_cut_where_they_say():
    values = [7, 3, 9, 1, 5]
    assert [quantile(values, part) for part in (0, 400, 999, 1_000)] == [1, 5, 9, 9]


def test_ridges_are_low_in_the_middle():
    assert ridges([1, 5, 9]) == [4, 0, 4]
