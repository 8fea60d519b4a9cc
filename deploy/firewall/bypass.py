"""How Docker's published ports go around the firewall, proven by Docker's own rules.

Docker rewrites the target of such a packet before the firewall looks at what comes in (DNAT), so
the packet passes through to a container and never meets the rules for this computer. IPv6 does
so only where Docker looks after ip6tables; otherwise Docker's proxy takes it in on this computer,
and there the firewall's rules do hold.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deploy.firewall.root import AsRoot
from deploy.firewall.sockets import Listener

LISTS = {
    4: ("iptables", "-w", "-t", "nat", "-S", "DOCKER"),
    6: ("ip6tables", "-w", "-t", "nat", "-S", "DOCKER"),
}
NFT_LISTS = {
    4: ("nft", "list", "table", "ip", "docker-bridges"),
    6: ("nft", "list", "table", "ip6", "docker-bridges"),
}
PROXY = "docker-proxy"


@dataclass(frozen=True)
class Bypass:
    """Docker's own rules, by port, for IPv4 and for IPv6; and the ports that its proxy takes in.

    Attributes:
        rules: {4: {8443: "-A DOCKER ... -j DNAT --to-destination 172.18.0.2:8443"}, 6: {}}.
        by_proxy: ports that docker-proxy listens on for IPv6.
    """

    rules: Mapping[int, Mapping[int, str]]
    by_proxy: tuple[int, ...] = ()

    def met_by_firewall(self, ports: Sequence[int]) -> list[int]:
        """Those of the ports whose IPv6 packets the firewall does see."""
        return [port for port in ports if port in self.by_proxy and port not in self.rules[6]]


def read(runner: AsRoot, listeners: Sequence[Listener], ports: Sequence[int]) -> Bypass:
    """Ask the kernel, in the words of either of Docker's ways to make rules."""
    rules = {}
    for version in (4, 6):
        rules[version] = dnat(runner(LISTS[version]).out) or dnat(runner(NFT_LISTS[version]).out)
    taken = tuple(
        port
        for port in ports
        if any(
            item.port == port and item.program in {PROXY, ""} and item.address in {"*", "::"}
            for item in listeners
        )
    )
    return Bypass(rules, taken)


def dnat(said: str) -> dict[int, str]:
    """The rules that send a port to a container, from either list."""
    found = {}
    for line in said.splitlines():
        port = re.search(r"(?:--dport|dport) (\d+)", line)
        if port and re.search(r"-j DNAT --to-destination \S+|dnat (?:ip6? )?to \S+", line):
            found[int(port[1])] = line.strip()
    return found
