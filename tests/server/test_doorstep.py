import pytest

from server.addresses import Origin
from server.doorstep import KEPT_FREE, WAITING_PER_ADDRESS, WAITING_TOTAL, Doorstep

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
    answers = [doorstep.refusal(HOME, 0.0) for _ in range(12)]
    assert answers == [None] * 10 + ["address"] * 2
    assert doorstep.refusal(HOME, 1.1) is None


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
