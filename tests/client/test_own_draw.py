import itertools

import pytest

from client.own_draw import EASE_S, OwnDraw
from client.prediction import Prediction
from client.view import View
from game.body import Body, Command, Keys
from game.rules import UNIT, Rules
from protocol.messages import Welcome
from protocol.rules import to_wire

RULES = Rules(map_tiles=64)


@pytest.fixture
def view():
    return View(
        Welcome(
            minor=0, server="A test", world="home", epoch=1, player="0" * 32, eid=1,
            token="t" * 16, resumed=False, tick=1, tick_hz=30, rules=to_wire(RULES),
            rules_hash=RULES.hash(), last_act_id=0, last_seq=0, resume_s=60,
        )
    )  # fmt: skip


def begin(view, x=5 * UNIT):
    return Prediction(Body(x, 5 * UNIT), 0, RULES, view.ground)


def test_a_key_shows_in_the_next_frame(view):
    draw, prediction = OwnDraw(), begin(view)
    still = draw.draw(prediction, view, 0, 0.5, 1.0)
    moved = draw.draw(prediction, view, Keys.RIGHT, 0.5, 1.0)
    assert moved.x - still.x == pytest.approx(0.5 * RULES.speed / RULES.tick_hz / UNIT, abs=1e-4)
    assert moved.moving
    assert not still.moving
    assert moved.facing == 2


def test_frames_between_two_ticks_are_even(view):
    draw, prediction = OwnDraw(), begin(view)
    places = []
    for tick in range(4):
        places += [
            draw.draw(prediction, view, Keys.RIGHT, part / 4, tick + part / 4).x
            for part in range(4)
        ]
        prediction.command(Command(Keys.RIGHT))
    steps = [b - a for a, b in itertools.pairwise(places)]
    assert max(steps) == pytest.approx(min(steps), abs=1e-3)


def test_a_correction_is_eased_and_over_after_its_time(view):
    draw, prediction = OwnDraw(), begin(view)
    draw.draw(prediction, view, 0, 0.0, 1.0)
    prediction.command(Command())
    prediction.confirm(1, Body(6 * UNIT, 5 * UNIT))
    places = [draw.draw(prediction, view, 0, 0.0, 1.0 + EASE_S * n / 6).x for n in range(7)]
    assert places[0] == pytest.approx(5.0)
    assert places == sorted(places)
    assert places[3] == pytest.approx(5.5)
    assert places[-1] == pytest.approx(6.0)


def test_a_second_correction_during_the_first_does_not_jump(view):
    draw, prediction = OwnDraw(), begin(view)
    draw.draw(prediction, view, 0, 0.0, 1.0)
    prediction.command(Command())
    prediction.confirm(1, Body(6 * UNIT, 5 * UNIT))
    draw.draw(prediction, view, 0, 0.0, 1.0)
    half = draw.draw(prediction, view, 0, 0.0, 1.0 + EASE_S / 2).x
    prediction.command(Command())
    prediction.confirm(2, Body(int(5.2 * UNIT), 5 * UNIT))
    assert draw.draw(prediction, view, 0, 0.0, 1.0 + EASE_S / 2).x == pytest.approx(half, abs=1e-3)


def test_a_long_way_is_not_flown(view):
    draw, prediction = OwnDraw(), begin(view)
    draw.draw(prediction, view, 0, 0.0, 1.0)
    prediction.command(Command())
    prediction.confirm(1, Body(9 * UNIT, 5 * UNIT))
    assert draw.draw(prediction, view, 0, 0.0, 1.0).x == pytest.approx(9.0)


def test_after_a_resume_the_new_prediction_is_eased_into(view):
    draw = OwnDraw()
    draw.draw(begin(view), view, 0, 0.0, 1.0)
    again = begin(view, x=int(5.5 * UNIT))
    assert draw.draw(again, view, 0, 0.0, 2.0).x == pytest.approx(5.0)
    assert draw.draw(again, view, 0, 0.0, 2.0 + EASE_S).x == pytest.approx(5.5)
