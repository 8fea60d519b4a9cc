"""Who lives in the lab, at which address, and what kind of internet it is to be.

All public IPv4 addresses are cut from 192.0.1.0/24: miniupnpd and `ipaddress` take it for public,
and it is nobody's. Public IPv6 addresses are from 3ffe::/16 for the same reason.
"""

from dataclasses import dataclass
from typing import Final, Literal

Host = Literal["home", "lanpc", "router", "modem", "isp", "inet", "frouter", "friend"]
HOSTS: Final[tuple[Host, ...]] = (
    *("home", "lanpc", "router", "modem", "isp", "inet", "frouter", "friend"),
)

# In the house.
LAN = "192.168.1.0/24"
ROUTER = "192.168.1.1"
HOME = "192.168.1.10"
LANPC = "192.168.1.20"
HOME6 = "3ffe:1:1::10"
LANPC6 = "3ffe:1:1::20"
ROUTER6 = "3ffe:1:1::1"

# What the provider gives out: an address and the gateway of its /28.
PUBLIC: Final = {"A": "192.0.1.2", "B": "192.0.1.18"}
GATEWAY: Final = {"A": "192.0.1.1", "B": "192.0.1.17"}
WAN6 = "3ffe:ff::2"
CARRIER = ("100.64.1.2", "100.64.1.1")  # the router's side and the provider's, under a carrier NAT
BEHIND_MODEM = ("10.0.0.2", "10.0.0.1")  # the same with a second router in the house

# Out on the internet.
DNS = "192.0.1.53"
DNS6 = "3ffe:9::53"
ACME = "192.0.1.80"
ECHO = "192.0.1.99"
ECHO_2 = "192.0.1.98"
ECHOES6 = ("3ffe:9::99", "3ffe:9::98")  # HTTP alone
FRIEND_PUBLIC = "192.0.1.34"
FRIEND = "192.168.50.2"
FRIEND_ROUTER = "192.168.50.1"

# Names and keys.
ZONE = "example.test"  # takes updates signed with the key
TAKEN_ZONE = "taken.test"  # is somebody else's
NAME = "play.example.test"
DDNS_KEY_NAME = "ddns"
DDNS_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # HMAC-SHA256, base64
ACME_DIRECTORY = "https://acme.inet.test:14000/dir"


@dataclass(frozen=True)
class Options:
    """What kind of internet.

    Attributes:
        cgnat: the provider shares one public address among its customers.
        double_nat: a second router (`modem`) stands between the router and the provider. It too
            has miniupnpd, of the same kind; its policy is open.
        claims_public: the router has been told the public address above it and maps ports though
            its own address is private. None: only with `double_nat`.
        igd: the UPnP that the router speaks; none turns UPnP off.
        natpmp, pcp: whether it speaks these, on one port, independently of UPnP.
        policy: which ports it maps: all, those from 1024 on, or none.
        ipv6: whether house and friend have IPv6.
        resolver: whether the friend's router has a caching resolver that the friend asks.
        acme: whether there is a certificate authority.
        certificate_s: how long its certificates are good for.
    """

    cgnat: bool = False
    double_nat: bool = False
    claims_public: bool | None = None
    igd: Literal["v1", "v2", "none"] = "v2"
    natpmp: bool = True
    pcp: bool = True
    policy: Literal["open", "high", "deny"] = "open"
    ipv6: bool = True
    resolver: bool = False
    acme: bool = True
    certificate_s: int = 90 * 86400

    @property
    def wan(self) -> tuple[str, str]:
        """The router's address towards the internet at the start, and its gateway."""
        if self.double_nat:
            return BEHIND_MODEM
        return CARRIER if self.cgnat else (PUBLIC["A"], GATEWAY["A"])

    @property
    def has_daemon(self) -> bool:
        """Whether the router has anything that maps ports."""
        return self.igd != "none" or self.natpmp or self.pcp

    @property
    def told_public(self) -> bool:
        """Whether the router has been told a public address that is not its own."""
        return self.double_nat if self.claims_public is None else self.claims_public
