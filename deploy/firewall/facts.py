"""What is known of this computer's firewall, as values; `reading` gets them."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from deploy.firewall.bypass import Bypass
from deploy.firewall.nftables import Chain
from deploy.firewall.sockets import Listener, Session
from deploy.ledger import JsonObject
from deploy.modes import Mode


class Kind(StrEnum):
    """Which firewall is at work."""

    UFW = "ufw"
    FIREWALLD = "firewalld"
    NFTABLES = "nftables"
    NONE = "none"
    WINDOWS = "windows"
    MACOS = "macos"

    @property
    def is_ours_to_change(self) -> bool:
        """Whether we carry a plan out ourselves, and take it back."""
        return self in {Kind.UFW, Kind.FIREWALLD}


@dataclass(frozen=True)
class Facts:
    """What a plan is made of.

    Attributes:
        kind: the firewall at work.
        mode: how the server runs; None before the first `up`, judged as embedded.
        ports: the door's own ports, which the router maps to.
        now: what ufw or firewalld said; see there. {} for others.
        chains: base chains of plain nftables that keep the ports closed, whatever `kind` is.
        bypass: Docker's rules, in Docker mode.
        listeners: who listens on this computer.
        ssh: the ports of SSH.
        sessions: who is logged in by it.
        has_ipv6: whether this computer has a global IPv6 address.
        program: the program that listens in embedded mode.
        ufw_is_off: ufw is installed and switched off.
    """

    kind: Kind
    mode: Mode | None
    ports: tuple[int, ...]
    now: JsonObject
    chains: tuple[Chain, ...] = ()
    bypass: Bypass | None = None
    listeners: tuple[Listener, ...] = ()
    ssh: tuple[int, ...] = ()
    sessions: tuple[Session, ...] = ()
    has_ipv6: bool = False
    program: Path = Path("caddy")
    ufw_is_off: bool = False

    @property
    def needed(self) -> tuple[int, ...]:
        """The ports that the firewall itself must let in."""
        if self.bypass is None:
            return self.ports
        return tuple(self.bypass.met_by_firewall(self.ports)) if self.has_ipv6 else ()
