"""The routers' port mapping daemon: real miniupnpd, with the habits that the options ask for."""

import signal
from collections.abc import Mapping
from pathlib import Path

from support.lab import cables, plan
from support.lab.daemons import Daemons
from support.lab.plan import Host, Options
from support.lab.spaces import Spaces

PORT = 5555  # of the UPnP description
_PMP_PORT = 5351


class Gateway:
    """The router that the house is behind, and the modem above it if there is one."""

    def __init__(self, spaces: Spaces, daemons: Daemons, options: Options, folder: Path) -> None:
        self._spaces = spaces
        self._daemons = daemons
        self._options = options
        self._folder = folder

    def start(self) -> None:
        """Start the daemons, without waiting."""
        self._versions()
        if self._options.has_daemon:
            self._start("router", "br-lan", plan.LAN, self._options.policy)
            if self._options.double_nat:
                self._start("modem", "sub0", "10.0.0.0/24", "open")

    def wait(self) -> None:
        """Wait until they answer."""
        if self._options.igd != "none":
            self._daemons.wait_tcp("miniupnpd-router", "home", plan.ROUTER, PORT)
            if self._options.double_nat:
                self._daemons.wait_tcp("miniupnpd-modem", "router", plan.BEHIND_MODEM[1], PORT)

    def stop(self) -> None:
        """End the daemons as a power cut would; their rules stay."""
        for host in ("router", "modem"):
            self._daemons.stop(f"miniupnpd-{host}", signal.SIGKILL)

    def forget(self, *, announce: bool) -> None:
        """Restart the router without its mappings and connections; the modem keeps its own.

        Args:
            announce: whether it tells the house so, as NAT-PMP and PCP ask of it.
        """
        self._daemons.stop("miniupnpd-router", signal.SIGKILL)
        for file in self._folder.glob("router*.leases"):
            file.unlink()
        self._spaces.nft("router", cables.router_rules("br-lan") + ("" if announce else _SILENCE))
        self._spaces.run("router", ["conntrack", "-F"], check=False)
        self._versions()
        if self._options.has_daemon:
            self._start("router", "br-lan", plan.LAN, self._options.policy)
        self.wait()

    def hairpin(self, mapped: Mapping[int, tuple[str, int]]) -> None:
        """Which public ports the house reaches from inside, and whose port answers each."""
        self._spaces.drop_table("router", "inet hairpin")
        own = f'iifname "br-lan" ip daddr != {plan.ROUTER} fib daddr type local'
        rules = [
            f"    {own} tcp dport {public} dnat ip to {address}:{port};"
            for public, (address, port) in mapped.items()
        ]
        if rules:
            self._spaces.nft("router", _HAIRPIN % "\n".join(rules))

    def _versions(self) -> None:
        """NAT-PMP is version 0 on its port and PCP version 2: the daemon has one switch."""
        options = self._options
        self._spaces.drop_table("router", "inet versions")
        unspoken = [version for version, on in ((0, options.natpmp), (2, options.pcp)) if not on]
        if unspoken and len(unspoken) < 2:
            self._spaces.nft("router", _UNSPOKEN % (_PMP_PORT, unspoken[0]))

    def _start(self, host: Host, lan: str, net: str, policy: str) -> None:
        file = self._folder / f"{host}.conf"
        file.write_text(self._conf(host, lan, net, policy))
        self._daemons.start(
            f"miniupnpd-{host}",
            host,
            ["miniupnpd", "-d", "-f", file, "-P", self._folder / f"{host}.pid"],
        )

    def _conf(self, host: Host, lan: str, net: str, policy: str) -> str:
        options = self._options
        allowed = {"open": "1-65535", "high": "1024-65535", "deny": ""}[policy]
        lines = [
            *("ext_ifname=wan0", "ext_ifname6=wan0", f"listening_ip={lan}", f"http_port={PORT}"),
            f"enable_upnp={_yes(options.igd != 'none')}",
            f"enable_natpmp={_yes(options.natpmp or options.pcp)}",
            f"force_igd_desc_v1={_yes(options.igd == 'v1')}",
            *("min_lifetime=120", "max_lifetime=86400", "secure_mode=yes", "system_uptime=no"),
            *("upnp_table_name=filter", "upnp_nat_table_name=filter", "notify_interval=60"),
            f"lease_file={self._folder}/{host}.leases",
            f"lease_file6={self._folder}/{host}6.leases",
            f"uuid=c76f8333-9e96-410f-ab6d-8668c95dbe{'ca' if host == 'router' else 'cf'}",
            *("serial=LAB1", "model_number=1", "model_name=LabRouter 1"),
            *("friendly_name=Lab router", "manufacturer_name=Lab"),
        ]
        if host == "router" and options.told_public:
            lines.append(f"ext_ip={plan.PUBLIC['A']}")
        if allowed:
            lines.append(f"allow {allowed} {net} {allowed}")
        return "\n".join([*lines, "deny 0-65535 0.0.0.0/0 0-65535", ""])


def _yes(it: bool) -> str:
    return "yes" if it else "no"


_HAIRPIN = """table inet hairpin {
  chain prerouting { type nat hook prerouting priority -101;
%s
  }
}
"""

_UNSPOKEN = """table inet versions {
  chain input { type filter hook input priority -10;
    udp dport %d @th,64,8 %d drop; }
}
"""

_SILENCE = """table inet silence {
  chain output { type filter hook output priority 0;
    udp dport { 1900, 5350 } drop; }
}
"""
