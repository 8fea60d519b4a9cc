"""Who is at the other end: addresses behind proxies, and how many connections each may hold."""

import ipaddress
from collections import Counter
from collections.abc import Sequence
from typing import Final

from protocol.limits import TokenBucket
from server.settings import Network

WAITING_PER_ADDRESS: Final = 8
"""Connections of one address that have not been admitted yet."""
NEW_PER_ADDRESS: Final = (1.0, 10.0)
"""New connections of one address: per second, at once."""
WAITING_TOTAL: Final = 128
"""Connections in all that have not been admitted yet."""
ADDRESSES_MAX: Final = 10_000


def origin_of(socket_address: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """The address that stands for a player: the nearest one that is not our own proxy.

    `forwarded` are the X-Forwarded-For headers; they are believed only from a trusted address,
    and only as far back as each hop is trusted.
    """
    hops = [hop.strip() for header in forwarded for hop in header.split(",")]
    address = socket_address
    while hops and is_trusted(address, trusted):
        candidate = hops.pop()
        if _parsed(candidate) is None:
            break
        address = candidate
    return address


def is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    """Whether `address` is one of our own: its limits would be everybody's limits."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in trusted)


def household(address: str) -> str:
    """What limits count by: an IPv4 address, or the /64 that one IPv6 household has."""
    parsed = _parsed(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed or "unknown")


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(parsed, "ipv4_mapped", None)
    return mapped or parsed


class Doorstep:
    """Limits on connections that have not said who they are.

    Whoever was admitted counts no more: a whole family behind one address can play.
    """

    def __init__(self, trusted: Sequence[Network]) -> None:
        self._trusted = trusted
        self._waiting: Counter[str] = Counter()
        self._rates: dict[str, TokenBucket] = {}

    def refusal(self, address: str, now: float) -> str | None:
        """Why a new connection from `address` is refused ("address", "crowded"), or None."""
        if self._waiting.total() >= WAITING_TOTAL:
            return "crowded"
        if is_trusted(address, self._trusted):
            return None
        home = household(address)
        if self._waiting[home] >= WAITING_PER_ADDRESS or not self._rate(home, now).take(now):
            return "address"
        return None

    def enter(self, address: str) -> "Place":
        """A connection from `address` waits on the doorstep until its place is left."""
        home = household(address)
        self._waiting[home] += 1
        return Place(self._waiting, home)

    def _rate(self, home: str, now: float) -> TokenBucket:
        bucket = self._rates.pop(home, None) or TokenBucket(*NEW_PER_ADDRESS, now)
        while len(self._rates) >= ADDRESSES_MAX:
            del self._rates[next(iter(self._rates))]
        self._rates[home] = bucket  # last again: the table forgets the longest unseen
        return bucket


class Place:
    """A connection's place on the doorstep."""

    def __init__(self, waiting: Counter[str], home: str) -> None:
        self._waiting = waiting
        self._home: str | None = home

    def leave(self) -> None:
        """It was admitted, or is gone; the second time says nothing new."""
        home, self._home = self._home, None
        if home is None:
            return
        self._waiting[home] -= 1
        if self._waiting[home] <= 0:
            del self._waiting[home]
