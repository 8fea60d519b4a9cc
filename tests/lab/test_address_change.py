"""The provider gives the house another address while a friend plays through its name."""

import pytest

from lab.address_change import kept_house, move, says_that_it_waits
from support.lab import Lab

CACHED_S = 9  # more than a client needs to notice; `scripts/prove address` does it with 60


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with (
        Lab(ipv6=False) as lab,
        kept_house(lab, tmp_path_factory.mktemp("house") / "clone") as home,
    ):
        yield home


def test_a_friend_is_back_in_the_same_body(home, tmp_path):
    figures, _ = move(home, tmp_path / "friend", to="B", patience_s=20)
    assert figures["dns_right_s"] <= 2
    assert figures["friend_back_s"] <= 10
    assert (figures["same_body"], figures["joins"], figures["resumes"]) == (True, 1, 1)


def test_behind_a_cache_the_client_says_that_it_waits_and_is_back_when_the_cache_is(home, tmp_path):
    home.lab.resolver(True, longest_s=CACHED_S)
    figures, said = move(home, tmp_path / "friend", to="A", patience_s=30)
    assert CACHED_S - 1 <= figures["friend_back_s"] <= CACHED_S + 10
    assert (figures["same_body"], figures["joins"], figures["resumes"]) == (True, 1, 1)
    assert says_that_it_waits(said)
