import msgspec
import pytest

from game.rules import TICK_RATES, UNIT, Mode, Rules


@pytest.mark.parametrize("hz", TICK_RATES)
def test_speeds_are_whole_numbers_at_every_rate(hz):
    rules = Rules(tick_hz=hz)
    for speed in (rules.speed, rules.moth_speed):
        assert speed % 60 == 0
        assert rules.step(speed) * hz == speed


def test_times_are_rounded_up():
    rules = Rules(tick_hz=30)
    assert [rules.ticks(ms) for ms in (0, 1, 33, 34, 1_000)] == [0, 1, 1, 2, 30]


def test_a_step_is_shorter_than_a_tile_even_in_a_dash():
    rules = Rules(tick_hz=min(TICK_RATES))
    assert rules.step(rules.speed) * rules.dash_factor + 2 * rules.half_width < 2 * UNIT
    assert 2 * rules.half_width < UNIT


def test_every_rule_changes_the_hash():
    plain = Rules()
    seen = {plain.hash()}
    for name in Rules.__struct_fields__:
        value = getattr(plain, name)
        other = Mode.VILLAGE if name == "mode" else value + 1
        seen.add(msgspec.structs.replace(plain, **{name: other}).hash())
    assert len(seen) == len(Rules.__struct_fields__) + 1
    assert all(len(digest) == 16 for digest in seen)


def test_a_village_is_one_team_and_a_rush_two_to_four():
    assert Rules(mode=Mode.VILLAGE, teams=4).team_count() == 1
    assert [Rules(teams=n).team_count() for n in (0, 1, 2, 3, 4, 9)] == [2, 2, 2, 3, 4, 4]
