from hypothesis import given
from hypothesis import strategies as st

from game.body import Body
from game.items import EMPTY, POINTS, Item, plus, split, total, worth

cargoes = st.tuples(*[st.integers(0, 9)] * 3)


def test_one_more_of_each():
    assert [plus(EMPTY, item) for item in Item] == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert plus((1, 2, 3), Item.GLIMMER, 4) == (1, 2, 7)


def test_worth_is_the_sum_of_points():
    assert worth((1, 1, 1)) == sum(POINTS)
    assert worth((8, 0, 0)) < worth((0, 8, 0)) < worth((0, 0, 8))


def test_the_most_valuable_falls_first():
    assert split((3, 3, 1), 2) == ((0, 1, 1), (3, 2, 0))
    assert split((1, 0, 0), 5) == ((1, 0, 0), EMPTY)


@given(cargoes, st.integers(0, 30))
def test_a_split_loses_nothing(cargo, count):
    fallen, kept = split(cargo, count)
    assert total(fallen, kept) == cargo
    assert sum(fallen) == min(count, sum(cargo))
    assert min(*fallen, *kept) >= 0


@given(cargoes)
def test_a_load_is_the_number_of_items(cargo):
    assert Body(0, 0, cargo=cargo).load == sum(cargo)
