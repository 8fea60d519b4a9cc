"""The rules of ufw as its own files hold them, and what they mean for a connection."""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ANYWHERE = {"0.0.0.0/0", "::/0"}
ALLOWING = {"allow", "limit"}


@dataclass(frozen=True)
class Rule:
    """A rule of ufw.

    It stands in such a line: `### tuple ### allow tcp 22 0.0.0.0/0 any 192.168.1.0/24 in_eth0`.

    Attributes:
        action: allow, limit, deny or reject.
        protocol: tcp, udp or any.
        ports: "22", "80,443", "8000:8100" or "any".
        way: "in", "out", or with an interface "in_eth0".
        tuple: the words of the line.
    """

    action: str
    protocol: str
    ports: str
    to: str
    source_ports: str
    source: str
    way: str
    tuple: str

    @property
    def is_for_everybody(self) -> bool:
        """Whether it holds for every source, address of ours and interface."""
        return self.source in ANYWHERE and self.to in ANYWHERE and self.way == "in"

    def concerns(self, port: int) -> bool:
        """Whether it can decide over a TCP connection to a port."""
        return (
            self.way.startswith("in")
            and self.protocol in {"tcp", "any"}
            and self.source_ports == "any"
            and _holds(self.ports, port)
        )

    def is_from(self, peer: str) -> bool:
        """Whether an address is among its sources."""
        address = ipaddress.ip_address(peer.partition("%")[0])
        network = ipaddress.ip_network(self.source, strict=False)
        return address.version == network.version and address in network


def read(text: str) -> tuple[Rule, ...]:
    """The rules of a user.rules file, in their order: the first that fits decides."""
    found = []
    for line in re.findall(r"^### tuple ### (.+)$", text, re.MULTILINE):
        words = line.split()
        if words[0].startswith("route:") or len(words) < 7:
            continue  # of packets that only pass through
        # With application profiles, `dapp sapp` stand before the direction.
        way = next((word for word in words[6:] if re.match(r"(in|out)(_|$)", word)), "in")
        action = words[0].partition("_")[0]
        protocol, ports, to, source_ports, source = words[1:6]
        found.append(Rule(action, protocol, ports, to, source_ports, source, way, line))
    return tuple(found)


def first_for_everybody(rules: Iterable[Rule], port: int) -> Rule | None:
    """The rule that decides over strangers at a port; None leaves it to the default."""
    return next((rule for rule in rules if rule.is_for_everybody and rule.concerns(port)), None)


def lets_in(rules: Sequence[Rule], port: int, peer: str, *, by_default: bool) -> bool:
    """Whether one address certainly comes in at a port.

    Where a rule is for one interface or one address of ours, the worse is assumed: it holds when
    it denies, and it does not when it allows.
    """
    for rule in rules:
        if not rule.concerns(port) or not rule.is_from(peer):
            continue
        is_sure = rule.way == "in" and rule.to in ANYWHERE
        if rule.action not in ALLOWING:
            return False
        if is_sure:
            return True
    return by_default


def _holds(ports: str, port: int) -> bool:
    if ports == "any":
        return True
    for part in ports.split(","):
        first, _, last = part.partition(":")
        if int(first) <= port <= int(last or first):
            return True
    return False
