from array import array

import pytest

from game.ahead import Ahead
from game.symmetry import is_first, orbit, order, symmetric


def test_each_number_of_teams_has_its_order():
    assert [order(teams) for teams in (1, 2, 3, 4)] == [1, 2, 4, 4]


@pytest.mark.parametrize("size", [8, 10])
@pytest.mark.parametrize("turns", [1, 2, 4])
def test_orbits_part_the_map_and_each_has_one_first(size, turns):
    seen = []
    for ty in range(size):
        for tx in range(size):
            images = list(orbit(tx, ty, size, turns))
            assert len(set(images)) == turns
            assert {frozenset(orbit(*image, size, turns)) for image in images} == {
                frozenset(images)
            }
            if is_first(tx, ty, size, turns):
                seen += images
    assert sorted(seen) == [(tx, ty) for tx in range(size) for ty in range(size)]


@pytest.mark.parametrize("turns", [1, 2, 4])
def test_a_symmetric_field_is_equal_on_orbits_and_sums_them(turns):
    size = 6
    raw = [i * i for i in range(36)]
    values = Ahead(symmetric(array("i", raw), size, turns)).result()
    for ty in range(size):
        for tx in range(size):
            images = list(orbit(tx, ty, size, turns))
            want = sum(raw[y * size + x] for x, y in images)
            assert all(values[y * size + x] == want for x, y in images)
