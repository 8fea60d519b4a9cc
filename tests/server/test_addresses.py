import ipaddress

import pytest

from server.addresses import ADDRESSES_MAX, Rates, household, is_trusted, origin_of

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
    assert origin_of(socket_address, forwarded, OURS).address == origin


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


PRIVATE = [
    ipaddress.ip_network(text)
    for text in ("127.0.0.0/8", "::1/128", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
]
"""What Compose trusts: the proxy's address in there is not known beforehand."""


@pytest.mark.parametrize(
    ("socket_address", "forwarded", "is_shared"),
    [
        ("172.18.0.3", ["192.168.1.50"], False),  # a device of the home network
        ("172.18.0.3", ["fd12:3456::77"], False),
        ("172.18.0.3", ["203.0.113.9"], False),
        ("172.18.0.3", ["203.0.113.1"], False),  # the first of somebody else's network
        ("172.18.0.3", ["172.19.0.1"], True),  # Docker's bridge: IPv6, and this computer itself
        ("172.18.0.3", ["fd12:3456::1"], True),
        ("172.18.0.3", ["192.168.1.1"], True),  # the router, for whoever calls it from within
        ("172.18.0.3", ["127.0.0.1"], True),
        ("172.18.0.3", [], True),  # a proxy that does not say for whom it speaks
        ("127.0.0.1", ["::1"], True),
        ("203.0.113.9", [], False),
        ("nonsense", [], False),
    ],
)
def test_who_is_our_own_machinery(socket_address, forwarded, is_shared):
    assert origin_of(socket_address, forwarded, PRIVATE).is_shared is is_shared


def test_strangers_cannot_make_the_table_grow():
    rates = Rates(1.0, 1.0)
    for number in range(ADDRESSES_MAX + 500):
        assert rates.take(str(number), 0.0)
    assert len(rates) == ADDRESSES_MAX
    assert not rates.take(str(ADDRESSES_MAX), 0.0)
    assert rates.take("0", 0.0)  # forgotten
