import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from bench.told import Sight, Told
from bench.truth import check
from game.body import Body
from game.rules import UNIT
from protocol.hot import KIND_MOTH, KIND_PLAYER, Mover, Snap
from protocol.snap import decode_snap, encode_snap
from protocol.step import encode_step
from support.difference import difference
from tests.protocol.strategies import two_ticks

PLACES = {1: (10, 10), 2: (12, 11), 3: (30, 10), 4: (90, 90)}
MOTH = 60_001


def body(eid):
    x, y = PLACES[eid]
    return Body(x * UNIT + eid, y * UNIT, facing=eid)


def mover(eid, **changes):
    own = body(eid)
    values = {"kind": KIND_PLAYER, "facing": own.facing, "carrying": False, "dashing": False}
    values |= {"away": False, "x": own.x, "y": own.y}
    return Mover(eid, **(values | changes))


def moth(x=11):
    return Mover(MOTH, KIND_MOTH, 0, False, False, False, x * UNIT, 11 * UNIT)


def snap(eid, *movers, tick=7):
    return Snap(tick, 1, 1, body(eid), movers, (), ())


def by_snap(eid, movers):
    """What a player knows who was told `movers` whole."""
    told = Told(watched=True)
    told.snap(encode_snap(snap(eid, *movers)))
    return told.sight()


def by_step(eid, movers):
    """The same, by a STEP from another place in which nobody else was in view but a moth."""
    told = Told(watched=True)
    before = replace(snap(eid, moth(), tick=6), body=Body(40 * UNIT, 40 * UNIT, progress=3))
    before, after = (decode_snap(encode_snap(one)) for one in (before, snap(eid, *movers)))
    told.snap(encode_snap(before))
    told.step(encode_step(difference(before, after)))
    return told.sight()


WAYS = pytest.mark.parametrize("way", [by_snap, by_step])


def sights(way=by_snap, **changes):
    """What each of the four knows; a change takes the place of one's movers."""
    told = {
        "one": (mover(2), mover(3), moth()),
        "two": (mover(1), mover(3), moth()),
        "three": (mover(1), mover(2), moth()),
        "four": (),
    } | changes
    return {eid: way(eid, movers) for eid, movers in enumerate(told.values(), 1)}


def judge(way=by_snap, **changes):
    return check([sights(way, **changes)], players=4)


@WAYS
def test_what_is_true_is_found_good(way):
    truth = judge(way)
    assert truth.is_good
    assert (truth.frames, truth.movers) == (4, 9)


@WAYS
@pytest.mark.parametrize(
    ("changes", "counted"),
    [
        ({"one": (mover(2), moth())}, "missing"),
        ({"one": (mover(2), mover(3), moth(), mover(4, x=20 * UNIT, y=20 * UNIT))}, "extra"),
        ({"one": (mover(2), mover(3, x=30 * UNIT + UNIT // 2), moth())}, "wrong"),
        ({"one": (mover(2), mover(3, facing=0), moth())}, "wrong"),
        ({"one": (mover(2), mover(3, carrying=True), moth())}, "wrong"),
        ({"two": (mover(1), mover(3), moth(x=12))}, "wrong"),
    ],
)
def test_every_kind_of_lie_is_found(way, changes, counted):
    truth = judge(way, **changes)
    assert not truth.is_good
    assert getattr(truth, counted) >= 1
    assert truth.first_fault


@WAYS
def test_a_player_who_is_told_to_be_elsewhere_is_found(way, monkeypatch):
    known = sights(way)
    monkeypatch.setitem(PLACES, 2, (13, 11))
    known[2] = way(2, (mover(1), mover(3), moth()))
    assert check([known], players=4).wrong >= 1


def test_who_is_not_watched_tells_where_they_are():
    known = sights()
    known[2] = Sight(known[2].body, None)
    truth = check([known], players=4)
    assert truth.is_good
    assert truth.frames == 3


def test_the_own_body_read_in_two_ways_must_be_one():
    known = sights()
    known[2] = Sight(replace(known[2].body, felt=1), known[2].snap)
    assert check([known], players=4).wrong == 1


@pytest.mark.parametrize("end", [-1, 40])
def test_a_message_that_cannot_be_read_is_found(end):
    known, told = sights(), Told(watched=True)
    told.snap(encode_snap(snap(2, mover(1), mover(3), moth()))[:end])
    known[2] = told.sight()
    assert check([known], players=4).wrong == 1


def test_a_step_with_nothing_to_build_on_is_found():
    known, told = sights(), Told(watched=True)
    nobody = snap(2)
    told.step(encode_step(difference(replace(nobody, body=Body(0, 0)), nobody)))
    known[2] = told.sight()
    assert check([known], players=4).wrong == 1


def test_a_tick_that_too_few_were_told_shows_nothing():
    known = sights()
    del known[2]
    truth = check([known], players=4)
    assert truth.frames == 0
    assert not truth.is_good


@settings(max_examples=200, deadline=None)
@given(two_ticks())
def test_the_own_body_is_read_by_a_few_bytes(ticks):
    before, after = (decode_snap(encode_snap(one)) for one in ticks)
    watched, told = Told(watched=True), Told(watched=False)
    for one in (watched, told):
        one.snap(encode_snap(before))
        one.step(encode_step(difference(before, after)))
        assert one.sight().body == after.body
        assert (one.tick, one.last_seq) == (after.tick, after.last_seq)
        assert one.in_view == len(before.movers)
        assert one.load == after.body.load
    assert set(watched.sight().snap.movers) == set(after.movers)
    assert told.sight().snap is None
