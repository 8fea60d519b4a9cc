import pytest

from bench.truth import check
from game.body import Body
from game.rules import UNIT
from protocol.hot import KIND_MOTH, KIND_PLAYER, Mover, Snap
from protocol.snap import encode_snap

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


def frame(eid, *movers):
    return encode_snap(Snap(7, 1, 1, body(eid), movers, (), ()))


def frames(**changes):
    """What each of the four is told; a change takes the place of one's movers."""
    told = {
        "one": (mover(2), mover(3), moth()),
        "two": (mover(1), mover(3), moth()),
        "three": (mover(1), mover(2), moth()),
        "four": (),
    } | changes
    return {eid: frame(eid, *movers) for eid, movers in enumerate(told.values(), 1)}


def judge(**changes):
    return check([frames(**changes)], players=4)


def test_what_is_true_is_found_good():
    truth = judge()
    assert truth.is_good
    assert (truth.frames, truth.movers) == (4, 9)


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
def test_every_kind_of_lie_is_found(changes, counted):
    truth = judge(**changes)
    assert not truth.is_good
    assert getattr(truth, counted) >= 1
    assert truth.first_fault


def test_a_frame_that_cannot_be_read_is_found():
    told = frames()
    told[2] = told[2][:-1]
    assert check([told], players=4).wrong == 1


def test_a_tick_that_too_few_were_told_shows_nothing():
    told = frames()
    del told[2]
    truth = check([told], players=4)
    assert truth.frames == 0
    assert not truth.is_good
