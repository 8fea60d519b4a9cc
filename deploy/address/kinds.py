"""What an address is good for: only a global one of the right family may be published."""

import ipaddress
from enum import IntEnum, StrEnum

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Family(IntEnum):
    """IPv4 or IPv6."""

    V4 = 4
    V6 = 6

    @property
    def record(self) -> str:
        """The type of its DNS record."""
        return "A" if self is Family.V4 else "AAAA"

    @classmethod
    def of_record(cls, record: str) -> "Family":
        """The family of a record type; ValueError for another one than A and AAAA."""
        try:
            return {"A": cls.V4, "AAAA": cls.V6}[record]
        except KeyError:
            raise ValueError(f"{record} is no record of an address") from None


class Kind(StrEnum):
    """What an address says about where its owner is."""

    GLOBAL = "global"
    PRIVATE = "private"  # RFC 1918 and fc00::/7: a network behind a router
    CARRIER = "carrier"  # 100.64/10: behind the provider's own NAT
    DS_LITE = "ds-lite"  # 192.0.0.0/29: IPv4 only through the provider's tunnel
    LOOPBACK = "loopback"
    LINK_LOCAL = "link-local"
    TUNNEL = "tunnel"  # 6to4, Teredo, NAT64, IPv4-mapped: not an address of its own
    RESERVED = "reserved"

    @property
    def sentence(self) -> str:
        """Why such an address is not published."""
        return _WHY[self]


_WHY = {
    Kind.GLOBAL: "it is a public address",
    Kind.PRIVATE: "it is private: it lies behind another router",
    Kind.CARRIER: "it belongs to the provider's own NAT (carrier-grade NAT)",
    Kind.DS_LITE: "it is the inner end of the provider's IPv4 tunnel (DS-Lite)",
    Kind.LOOPBACK: "it means this computer itself",
    Kind.LINK_LOCAL: "it is only good on one cable",
    Kind.TUNNEL: "it belongs to a tunnel between IPv4 and IPv6",
    Kind.RESERVED: "nobody on the internet has such an address",
}

_NETWORKS: tuple[tuple[str, Kind], ...] = (
    ("100.64.0.0/10", Kind.CARRIER),
    ("192.0.0.0/29", Kind.DS_LITE),
    ("10.0.0.0/8", Kind.PRIVATE),
    ("172.16.0.0/12", Kind.PRIVATE),
    ("192.168.0.0/16", Kind.PRIVATE),
    ("fc00::/7", Kind.PRIVATE),
    ("::ffff:0:0/96", Kind.TUNNEL),
    ("64:ff9b::/96", Kind.TUNNEL),
    ("64:ff9b:1::/48", Kind.TUNNEL),
    ("2002::/16", Kind.TUNNEL),
    ("2001::/32", Kind.TUNNEL),
)
_TABLE = tuple((ipaddress.ip_network(network), kind) for network, kind in _NETWORKS)


class UnfitError(ValueError):
    """An address that must not be published: its sentence says why."""

    def __init__(self, text: str, why: str, kind: Kind | None = None) -> None:
        super().__init__(f"{text}: {why}")
        self.why = why
        self.kind = kind


def kind_of(address: Address) -> Kind:
    """What an address is good for."""
    for network, kind in _TABLE:
        if address in network:
            return kind
    if address.is_loopback:
        return Kind.LOOPBACK
    if address.is_link_local:
        return Kind.LINK_LOCAL
    if address.is_multicast or not address.is_global:
        return Kind.RESERVED
    return Kind.GLOBAL


def publishable(text: str, family: Family) -> Address:
    """The address in `text`, when the whole world may be told it.

    Raises:
        UnfitError: it is none, of the other family, or not global.
    """
    shown = shorten(text)
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        raise UnfitError(shown, "it is no address") from None
    if address.version != family:
        raise UnfitError(shown, f"it is no IPv{family:d} address")
    if getattr(address, "scope_id", None):
        raise UnfitError(shown, "it is only good on one cable", Kind.LINK_LOCAL)
    kind = kind_of(address)
    if kind is not Kind.GLOBAL:
        raise UnfitError(shown, kind.sentence, kind)
    return address


def shorten(text: str, most: int = 60) -> str:
    """What a stranger said, fit to be shown: printable, on one line, short."""
    plain = "".join(c if c.isprintable() else " " for c in text[: most * 2])
    plain = " ".join(plain.split())
    return plain if len(plain) <= most else plain[: most - 3] + "..."
