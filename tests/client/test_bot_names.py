from itertools import islice
from random import Random

from client.bot_names import bot_names, numbered
from client.draw.palette import team_style
from game import names


def test_nobody_can_be_mistaken_for_another_or_for_a_team():
    called = list(bot_names(Random(1)))
    assert len(called) > 2500, "more than the players and the bots that a server may have"
    teams = [team_style(team).name for team in range(4)]
    assert len({names.skeleton(name) for name in [*called, *teams]}) == len(called) + len(teams)


def test_a_few_bots_have_plain_words_in_an_order_of_chance():
    one, other = (list(islice(bot_names(Random(seed)), 32)) for seed in (1, 2))
    assert all(name.isalpha() for name in one)
    assert one != other


def test_every_name_may_be_used():
    for name in [*bot_names(Random(1)), *numbered("x" * (names.LENGTH_MAX - 4))]:
        assert names.clean(name) == name
