"""What the network can reach on this computer: measured where somebody measured, else said so."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from deploy.firewall.sockets import Listener
from deploy.ledger import JsonObject
from deploy.settings import Settings

CADDY_ADMIN = 2019
MOST = 40  # ports that a report asks a prober about


class Reach(StrEnum):
    """What a connection from outside met."""

    OPEN = "open"
    REFUSED = "closed"
    SILENT = "silent"


Prober = Callable[[Sequence[int]], Awaitable[Mapping[int, Reach]]]
"""Connects to TCP ports of this computer from another one; ports it could not try are left out."""


@dataclass(frozen=True)
class Exposed:
    """A port.

    Attributes:
        port, what: which, and what stands behind it.
        is_meant: whether it should be reachable.
        listens: "all" addresses, "loopback" only, or "nobody".
        reach: what was measured from outside; None for not measured.
    """

    port: int
    what: str
    is_meant: bool
    listens: str
    reach: Reach | None = None

    @property
    def is_fault(self) -> bool:
        """Whether it is reachable, or for all we know, though it should not be."""
        is_open = self.reach is Reach.OPEN or (self.reach is None and self.listens == "all")
        return is_open and not self.is_meant

    @property
    def sentence(self) -> str:
        """For people; it never says more than was measured."""
        name = f"TCP {self.port} ({self.what})"
        if self.reach is Reach.OPEN:
            return f"{name} is reachable from outside" + (
                "." if self.is_meant else ", and should not be. Let it listen on 127.0.0.1."
            )
        if self.reach is not None:
            return f"{name} is {self.reach} from outside: proven by a connection that was tried."
        if self.listens == "all":
            return f"{name} listens on every address. Whether outside reaches it was not measured."
        if self.listens == "loopback":
            return f"{name} listens for this computer alone."
        return f"{name}: nobody listens."

    def as_json(self) -> JsonObject:
        """For --json."""
        return {
            "port": self.port,
            "what": self.what,
            "is_meant": self.is_meant,
            "listens": self.listens,
            "reach": self.reach,
            "is_fault": self.is_fault,
        }


async def measure(
    chosen: Settings, listeners: Sequence[Listener], prober: Prober | None = None
) -> list[Exposed]:
    """Our own ports, then whatever else listens for others, each as it was found.

    Args:
        chosen: the ports of this clone.
        listeners: who listens here.
        prober: connects from outside, or None.
    """
    known = ours(chosen)
    others = {
        item.port: item.program or "another program"
        for item in reversed(listeners)  # of several programs, the first that is named
        if not item.is_private and item.port not in known
    }
    ports = [*known, *sorted(others)][:MOST]
    reached = await prober(ports) if prober else {}
    return [
        Exposed(
            port,
            known.get(port, ("", False))[0] or others[port],
            # What is not ours may be meant by the host; we only name our own as faults.
            port not in known or known[port][1],
            _listens(port, listeners),
            reached.get(port),
        )
        for port in ports
    ]


def ours(chosen: Settings) -> dict[int, tuple[str, bool]]:
    """Our ports: what each is, and whether outside may reach it."""
    named = {
        chosen.https_port: ("the game and its page", True),
        chosen.http_port: ("the page without encryption", True),
        chosen.game_port: ("the game behind its door", False),
        chosen.private_port: ("metrics and administration", False),
        chosen.keeper_port: ("the keeper's metrics", False),
        chosen.prometheus_port: ("Prometheus", False),
        chosen.grafana_port: ("Grafana", False),
        CADDY_ADMIN: ("Caddy's administration", False),
    }
    return {port: what for port, what in named.items() if port}


def _listens(port: int, listeners: Sequence[Listener]) -> str:
    found = [item for item in listeners if item.port == port]
    if not found:
        return "nobody"
    return "loopback" if all(item.is_private for item in found) else "all"
