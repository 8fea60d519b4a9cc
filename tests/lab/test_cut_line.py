"""The line of friends is cut and comes back; `scripts/prove cut` does it for half a minute."""

import pytest

from lab.cut_line import cut, open_house
from support.lab import Lab

CUT_S = 6  # more than a silent line is waited for
FRIENDS = 3


@pytest.fixture(scope="module")
def came_to(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cut")
    with Lab(ipv6=False) as lab, open_house(lab, folder / "clone") as (home, invite):
        return cut(home, invite, folder, friends=FRIENDS, seconds=CUT_S, patience_s=30)


def test_everybody_is_back_in_their_body(came_to):
    assert came_to["same_body"]


def test_no_act_is_lost_and_none_is_done_twice(came_to):
    assert came_to["acts"] >= FRIENDS * 2
    assert (came_to["acts_lost"], came_to["acts_doubled"]) == (0, 0)


def test_the_players_were_told_before_the_line_was_back(came_to):
    assert max(came_to["noticed_s"]) < CUT_S
