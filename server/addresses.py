"""Who is at the other end: addresses behind proxies, and how often each may do something."""

import ipaddress
from collections.abc import Sequence
from typing import Final, NamedTuple

from protocol.limits import TokenBucket
from server.settings import Network

ADDRESSES_MAX: Final = 10_000


class Origin(NamedTuple):
    """Where a connection comes from.

    `is_shared`: the address is one of our own machinery, so that many people may stand behind it
    and its limits would be everybody's.
    """

    address: str
    is_shared: bool = False

    @property
    def household(self) -> str:
        """What limits count by."""
        return household(self.address)


def origin_of(socket_address: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> Origin:
    """Where a player comes from: the nearest address that is not a proxy that says more.

    `forwarded` are the X-Forwarded-For headers; they are believed only from a trusted address,
    and only as far back as each hop is trusted. Trust makes nobody's address a shared one: whole
    home networks are trusted where a proxy's address in them is not known beforehand.
    """
    hops = [hop.strip() for header in forwarded for hop in header.split(",")]
    address = socket_address
    while hops and is_trusted(address, trusted):
        candidate = hops.pop()
        if _parsed(candidate) is None:
            break
        address = candidate
    is_proxy = address == socket_address and is_trusted(address, trusted)
    is_bridge = is_trusted(address, trusted) and _is_first(address)
    return Origin(address, is_proxy or is_bridge or _is_loopback(address))


def is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    """Whether `address` is believed when it says for whom it speaks."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in trusted)


def household(address: str) -> str:
    """What limits count by: an IPv4 address, or the /64 that one IPv6 household has."""
    parsed = _parsed(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed or "unknown")


def _is_loopback(address: str) -> bool:
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback


def _is_first(address: str) -> bool:
    """Whether it is the first address of its network, as far as can be told from outside of it.

    That is Docker's bridge, which passes on players over IPv6 and this computer's own under its
    own address, and on a home network the router, which does so for whoever calls the public
    address from within. The server is on none of these networks and cannot ask.
    """
    parsed = _parsed(address)
    host_bits = 64 if isinstance(parsed, ipaddress.IPv6Address) else 8
    return parsed is not None and int(parsed) % (1 << host_bits) == 1


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(parsed, "ipv4_mapped", None)
    return mapped or parsed


class Rates:
    """A token bucket for each household, in a table that strangers cannot make grow."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: dict[str, TokenBucket] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, home: str, now: float) -> bool:
        """Whether `home` may do it once more."""
        bucket = self._buckets.pop(home, None) or TokenBucket(self._rate, self._burst, now)
        while len(self._buckets) >= ADDRESSES_MAX:
            del self._buckets[next(iter(self._buckets))]
        self._buckets[home] = bucket  # last again: the table forgets the longest unseen
        return bucket.take(now)

    def give_back(self, home: str) -> None:
        """The last time counts no more."""
        if home in self._buckets:
            self._buckets[home].give_back()
