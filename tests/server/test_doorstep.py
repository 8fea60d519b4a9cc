import pytest

from server.addresses import Origin
from server.doorstep import (
    KEPT_FREE,
    NEW_PER_ADDRESS,
    WAITING_PER_ADDRESS,
    WAITING_TOTAL,
    Doorstep,
)

HOME = Origin("203.0.113.9")
OTHER = Origin("203.0.113.10")
BRIDGE = Origin("172.18.0.1", is_shared=True)


@pytest.fixture
def doorstep():
    return Doorstep()


def test_one_address_waits_with_few_connections_only(doorstep):
    places = []
    for number in range(WAITING_PER_ADDRESS):
        assert doorstep.refusal(HOME, number * 10.0) is None
        places.append(doorstep.enter(HOME))
    assert doorstep.refusal(HOME, 1_000.0) == "address"
    assert doorstep.refusal(OTHER, 1_000.0) is None
    places[0].leave()
    places[0].leave()  # admitted, and later gone: counted once
    assert doorstep.refusal(HOME, 1_000.0) is None
    doorstep.enter(HOME)
    assert doorstep.refusal(HOME, 2_000.0) == "address"


def test_one_address_cannot_hammer(doorstep):
    at_once = round(NEW_PER_ADDRESS[1])
    answers = [doorstep.refusal(HOME, 0.0) for _ in range(at_once + 2)]
    assert answers == [None] * at_once + ["address"] * 2
    assert doorstep.refusal(HOME, 1.1) is None


def test_a_whole_party_behind_one_address_comes_back_at_once_and_again(doorstep):
    for _ in range(5):
        places = []
        for _ in range(WAITING_PER_ADDRESS):
            assert doorstep.refusal(HOME, 0.0) is None
            places.append(doorstep.enter(HOME))
        assert doorstep.refusal(HOME, 0.0) == "address"
        for place in places:
            place.admitted()
            place.leave()  # and later gone


def test_our_own_machinery_has_the_total_limit_only_and_others_still_get_in(doorstep):
    for _ in range(WAITING_TOTAL - KEPT_FREE):
        assert doorstep.refusal(BRIDGE, 0.0) is None
        doorstep.enter(BRIDGE)
    assert doorstep.refusal(BRIDGE, 0.0) == "crowded"
    assert doorstep.refusal(HOME, 0.0) is None
    doorstep.enter(HOME)
    assert doorstep.refusal(HOME, 0.0) == "crowded"  # one each, from here on
    for number in range(1, KEPT_FREE):
        origin = Origin(f"198.51.100.{number}")
        assert doorstep.refusal(origin, 0.0) is None
        doorstep.enter(origin)
    assert doorstep.refusal(OTHER, 0.0) == "crowded"
