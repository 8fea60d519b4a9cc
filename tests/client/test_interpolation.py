import itertools

import pytest

from client.interpolation import JUMP_TILES, Interpolation
from game.rules import UNIT, Rules
from protocol.hot import KIND_PLAYER, Mover

RULES = Rules()
HZ = RULES.tick_hz


def mover(x, eid=7, y=10.0, facing=2):
    return Mover(eid, KIND_PLAYER, facing, False, False, False, int(x * UNIT), int(y * UNIT))


def walked(speed=3.0, ticks=60, until=None):
    """Somebody who walks to the right at `speed` tiles a second, seen over an even line."""
    seen = Interpolation(RULES)
    for tick in range(ticks):
        at = tick if until is None else min(tick, until)
        seen.add(tick, (mover(5 + speed * at / HZ),), 100 + tick / HZ)
        seen.draw(100 + tick / HZ)
    return seen


def test_others_are_drawn_between_two_snapshots():
    seen = walked()
    now = 100 + 59 / HZ
    before, after = seen.draw(now + 0.004)[0], seen.draw(now + 0.012)[0]
    assert after.x - before.x == pytest.approx(3.0 * 0.008, rel=0.1)
    assert before.moving


def test_they_are_drawn_in_the_past_by_the_delay():
    seen = walked()
    now = 100 + 59 / HZ
    x = seen.draw(now)[0].x
    true = 5 + 3.0 * 59 / HZ
    assert true - x == pytest.approx(3.0 * seen.timeline.delay_s, abs=0.1)


def test_without_news_they_walk_on_a_little_and_stop():
    seen = walked()
    end = 100 + 59 / HZ
    places = [seen.draw(end + n / 60)[0].x for n in range(120)]
    true = 5 + 3.0 * 59 / HZ
    assert places[-1] == pytest.approx(true + 3.0 * 0.1, abs=0.05)
    assert places[-1] == places[-30]


def test_who_was_guessed_to_walk_on_but_stood_glides_back():
    seen = walked()
    stood = 5 + 3.0 * 59 / HZ
    end, places = 100 + 59 / HZ, []
    arrivals = [(tick, max(end + 0.4, 100 + tick / HZ)) for tick in range(60, 120)]
    for frame in range(1, 100):
        now = end + frame / 60
        while arrivals and arrivals[0][1] <= now:
            seen.add(arrivals.pop(0)[0], (mover(stood),), now)
        places.append(seen.draw(now)[0].x)
    jumps = [abs(b - a) for a, b in itertools.pairwise(places)]
    assert max(places) > stood + 0.2, "the guess must have gone wrong"
    assert max(jumps) < 0.15, "no frame may show more than a glide"
    assert places[-1] == pytest.approx(stood, abs=0.01)


def test_a_teleport_is_shown_as_a_jump_and_not_as_a_flight():
    seen = Interpolation(RULES)
    for tick in range(30):
        place = 5.0 if tick < 15 else 5.0 + JUMP_TILES + 8
        seen.add(tick, (mover(place),), 100 + tick / HZ)
        for part in (0.0, 0.25, 0.5, 0.75):
            x = seen.draw(100 + (tick + part) / HZ)[0].x
            assert min(abs(x - 5.0), abs(x - 15.0)) < 0.01


def test_who_leaves_the_view_is_gone_and_who_enters_is_there():
    seen = Interpolation(RULES)
    for tick in range(60):
        movers = (mover(5, eid=1),) if tick < 30 else (mover(9, eid=2),)
        seen.add(tick, movers, 100 + tick / HZ)
        seen.draw(100 + tick / HZ)
    assert [drawn.eid for drawn in seen.draw(100 + 59 / HZ)] == [2]


def test_a_snapshot_that_came_twice_or_late_is_ignored():
    seen = walked(ticks=10)
    seen.add(9, (mover(99),), 101.0)
    seen.add(3, (mover(99),), 101.0)
    assert all(drawn.x < 20 for drawn in seen.draw(101.0))


def test_nobody_is_drawn_before_the_first_snapshot():
    assert Interpolation(RULES).draw(5.0) == []


def guessed_too_far(then):
    """Drawn x of somebody who seemed to run when the line stalled; `then(tick)` is the truth."""
    seen = Interpolation(RULES)
    for tick in range(60):  # in the last tick before the stall two steps were done
        x = 5 + 0.1 * tick + (0.1 if tick == 59 else 0.0)
        seen.add(tick, (mover(x),), 100 + tick / HZ)
        seen.draw(100 + tick / HZ)
    places, end = [], 100 + 59 / HZ
    arrivals = [(tick, max(end + 0.2, 100 + tick / HZ)) for tick in range(60, 120)]
    for frame in range(1, 100):
        now = end + frame / 60
        while arrivals and arrivals[0][1] <= now:
            tick, at = arrivals.pop(0)
            seen.add(tick, (mover(then(tick)),), at)
        places.append(seen.draw(now)[0].x)
    return places


def test_who_walks_on_more_slowly_than_was_guessed_is_waited_for_and_not_drawn_backwards():
    places = guessed_too_far(lambda tick: 5 + 0.1 * 60 + 0.02 * (tick - 59))
    steps = [b - a for a, b in itertools.pairwise(places)]
    assert min(steps) >= -1e-9
    assert places[-1] == pytest.approx(5 + 6 + 0.02 * 50, abs=0.1)


def test_who_stops_while_being_waited_for_glides_to_where_they_stand():
    stop = 5 + 0.1 * 60 + 0.02 * 4
    places = guessed_too_far(lambda tick: min(stop, 5 + 0.1 * 60 + 0.02 * (tick - 59)))
    steps = [b - a for a, b in itertools.pairwise(places)]
    assert min(steps) < -1e-3, "the guess must have gone wrong"
    assert max(map(abs, steps)) < 0.15, "no frame may show more than a glide"
    assert places[-1] == pytest.approx(stop, abs=0.01)


def test_a_pause_of_two_ticks_is_no_stop():
    steps = {tick: tick - 59 - min(2, max(0, tick - 62)) for tick in range(60, 120)}
    places = guessed_too_far(lambda tick: 5 + 0.1 * 60 + 0.1 * steps[tick])
    assert min(b - a for a, b in itertools.pairwise(places)) >= -1e-9


WALK = RULES.speed / UNIT / HZ  # tiles in a tick


def after_a_stall(then):
    """Drawn x of somebody who walks 3 s, as TCP tells it through a stall of half a second.

    What was on its way comes together, then what the server sent after it heard of that: between
    the two it skipped the ticks that the line did not take. `then(tick)` is where they are.
    """
    seen, began = Interpolation(RULES), 100.0
    arrivals = [(tick, began + tick / HZ) for tick in range(60)]
    arrivals += [(tick, began + 2.5) for tick in range(60, 64)]
    arrivals += [(tick, began + max(2.6, tick / HZ)) for tick in range(77, 92)]
    places = []
    for frame in range(180):
        now = began + frame / 60
        while arrivals and arrivals[0][1] <= now:
            tick, at = arrivals.pop(0)
            seen.add(tick, (mover(then(tick)),), at)
        places += [drawn.x for drawn in seen.draw(now)]
    return places


def test_who_walked_on_while_ticks_were_skipped_is_drawn_walking_and_never_backwards():
    places = after_a_stall(lambda tick: 5 + WALK * tick)
    steps = [b - a for a, b in itertools.pairwise(places)]
    assert min(steps) >= -1e-9
    assert max(steps) < 3 * WALK / 2, "no frame may show a leap"
    assert places[-1] > 5 + WALK * 80


def test_who_was_put_elsewhere_while_ticks_were_skipped_jumps():
    places = after_a_stall(lambda tick: 5 + WALK * tick + (20 if tick > 70 else 0))
    steps = sorted(b - a for a, b in itertools.pairwise(places))
    assert steps[-1] > 20
    assert steps[-2] < 3 * WALK / 2
