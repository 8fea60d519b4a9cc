"""What is asked of a router, what it grants, what it holds already, and why it refuses."""

import ipaddress
import secrets
from dataclasses import dataclass
from enum import StrEnum

from deploy.ports.pcp import NONCE_BYTES

LEASE_S = 3600
NAME = "Lanternhold"
UPNP = "UPnP"


@dataclass(frozen=True)
class Wish:
    """A TCP port that is to lead to this computer.

    Attributes:
        external: the port that friends call.
        internal: the port on this computer that answers. By IPv6 the two are the same: nothing is
            translated there, a router only opens its firewall.
        version: 4 or 6.
        lease_s: for how long it is asked each time.
        nonce: 12 bytes that belong to this mapping; with PCP only who has them changes it.
        tag: tells our entries in a router's table from those of another Lanternhold.
        former: the address and port to which our earlier mapping led, where there was one.
        is_listed: False for a mapping that the router is known not to show in its table: some keep
            one for each protocol.
        is_theirs: a person made the entry by hand, as it is wished: it is theirs to keep and to
            take away.
    """

    external: int
    internal: int
    version: int = 4
    lease_s: int = LEASE_S
    nonce: bytes = b"\0" * NONCE_BYTES
    tag: str = ""
    former: tuple[str, int] | None = None
    is_listed: bool = True
    is_theirs: bool = False

    @property
    def description(self) -> str:
        """How our entries are named in a router's table."""
        return f"{NAME} {self.tag}".strip()


@dataclass(frozen=True)
class Mapping:
    """What a router granted.

    Attributes:
        way: how: "PCP", "NAT-PMP", "UPnP IGD 2".
        client: our own address, to which it leads.
        lease_s: how long it holds without being renewed; 0 for ever.
        address: the router's public address, or "" where it does not say.
        epoch_s: the age of the router's tables, where it says; smaller than before: it forgot all.
        note: what the host should know, in a sentence, or "".
        is_listed: whether the router's table, where it shows one, has it.
    """

    way: str
    client: str
    external: int
    internal: int
    lease_s: int
    address: str = ""
    epoch_s: int | None = None
    note: str = ""
    is_listed: bool = True


@dataclass(frozen=True)
class Held:
    """An entry of a router's table, as UPnP tells it. `lease_s` 0 means for ever."""

    external: int
    client: str
    internal: int
    description: str
    lease_s: int
    is_enabled: bool = True


@dataclass(frozen=True)
class Model:
    """What a router says that it is; any of it may be ""."""

    name: str = ""
    maker: str = ""

    def __str__(self) -> str:
        """For sentences: "FRITZ!Box 7590 (AVM)"."""
        known = self.maker and self.maker.lower() not in self.name.lower()
        return f"{self.name} ({self.maker})" if known and self.name else self.name or self.maker


class Why(StrEnum):
    """Why a router refuses, the most telling first: one of them is told to the host."""

    CONFLICT = "conflict"
    NO_ADDRESS = "no public address"
    LOW_PORT = "not this port"
    SAME_PORTS = "equal ports only"
    TABLE_FULL = "table full"
    NOT_ALLOWED = "not allowed"
    MISMATCH = "another NAT between"
    SWITCHED_OFF = "switched off"
    NOT_UNDERSTOOD = "not understood"
    SILENT = "silent"


class Refusal(Exception):  # noqa: N818  # an answer of the router, told to a person by the mapper
    """A router said no, or nothing. `detail` is its own word: "718 ConflictInMappingEntry"."""

    def __init__(self, way: str, why: Why, detail: str = "") -> None:
        super().__init__(f"{way}: {detail or why}")
        self.way = way
        self.why = why
        self.detail = detail


def new_nonce() -> bytes:
    """A nonce for a new mapping."""
    return secrets.token_bytes(NONCE_BYTES)


def is_public(address: str) -> bool:
    """Whether an address is one of the internet; "" and nonsense are not."""
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False
