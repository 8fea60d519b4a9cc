import ipaddress

import pytest

from server.addresses import (
    ADDRESSES_MAX,
    WAITING_PER_ADDRESS,
    WAITING_TOTAL,
    Doorstep,
    household,
    is_trusted,
    origin_of,
)

OURS = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("172.18.0.0/16")]


@pytest.mark.parametrize(
    ("socket_address", "forwarded", "origin"),
    [
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),  # the first was the player's claim
        ("127.0.0.1", ["203.0.113.9, 172.18.0.5"], "203.0.113.9"),
        ("127.0.0.1", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
        ("203.0.113.7", ["1.1.1.1"], "203.0.113.7"),  # no proxy of ours: not believed
        ("127.0.0.1", ["nonsense"], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.9, \x00"], "127.0.0.1"),
        ("::ffff:127.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("", ["203.0.113.9"], ""),
    ],
)
def test_whose_connection_it_is(socket_address, forwarded, origin):
    assert origin_of(socket_address, forwarded, OURS) == origin


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
    ],
)
def test_what_limits_count_by(address, counted):
    assert household(address) == counted


def test_our_own_addresses():
    assert is_trusted("127.9.9.9", OURS)
    assert not is_trusted("128.0.0.1", OURS)
    assert not is_trusted("no address", OURS)


def test_one_address_waits_with_few_connections_only():
    doorstep = Doorstep(OURS)
    places = []
    for number in range(WAITING_PER_ADDRESS):
        assert doorstep.refusal("203.0.113.9", number * 10.0) is None
        places.append(doorstep.enter("203.0.113.9"))
    assert doorstep.refusal("203.0.113.9", 1_000.0) == "address"
    assert doorstep.refusal("203.0.113.10", 1_000.0) is None
    places[0].leave()
    places[0].leave()  # admitted, and later gone: counted once
    assert doorstep.refusal("203.0.113.9", 1_000.0) is None
    doorstep.enter("203.0.113.9")
    assert doorstep.refusal("203.0.113.9", 2_000.0) == "address"


def test_one_address_cannot_hammer():
    doorstep = Doorstep(OURS)
    answers = [doorstep.refusal("203.0.113.9", 0.0) for _ in range(12)]
    assert answers == [None] * 10 + ["address"] * 2
    assert doorstep.refusal("203.0.113.9", 1.1) is None


def test_our_own_proxy_has_the_total_limit_only():
    doorstep = Doorstep(OURS)
    for _ in range(WAITING_TOTAL):
        assert doorstep.refusal("127.0.0.1", 0.0) is None
        doorstep.enter("127.0.0.1")
    assert doorstep.refusal("127.0.0.1", 0.0) == "crowded"
    assert doorstep.refusal("203.0.113.9", 0.0) == "crowded"


def test_strangers_cannot_make_the_table_grow():
    doorstep = Doorstep(OURS)
    for number in range(ADDRESSES_MAX + 500):
        doorstep.refusal(str(ipaddress.ip_address(0x0B00_0000 + number)), 0.0)
    assert len(doorstep._rates) == ADDRESSES_MAX
