import json

import pytest

from server.addresses import Origin
from server.status import FRESH_S, PER_ADDRESS, TOTAL, StatusPage

HOME = Origin("203.0.113.9")
BRIDGE = Origin("172.18.0.1", is_shared=True)


class Facts:
    """Counts how often they are asked for."""

    made = 0

    def __call__(self):
        self.made += 1
        return {"players": self.made}


@pytest.fixture
def facts():
    return Facts()


@pytest.fixture
def page(facts):
    return StatusPage(facts)


def test_it_is_made_once_a_second(page, facts):
    answers = [json.loads(page.answer(HOME, now))["players"] for now in (0.0, 0.5, FRESH_S, 1.9)]
    assert answers == [1, 1, 2, 2]
    assert facts.made == 2


def test_one_address_gets_so_many_and_others_theirs(page):
    rate, burst = PER_ADDRESS
    answers = [page.answer(HOME, 0.0) for _ in range(int(burst) + 3)]
    assert [answer is None for answer in answers] == [False] * int(burst) + [True] * 3
    assert page.answer(Origin("203.0.113.10"), 0.0) is not None
    assert page.answer(HOME, 1.0 / rate) is not None


def test_all_together_have_a_limit_too(page, facts):
    answers = [page.answer(BRIDGE, 0.0) for _ in range(200)]
    assert sum(answer is not None for answer in answers) == TOTAL[1]
    assert page.answer(HOME, 0.0) is None
    assert page.answer(HOME, 1.0) is not None
    assert facts.made == 2
