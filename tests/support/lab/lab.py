"""What homes go through: every step a method of the lab."""

import json
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from support.lab import authority, mapper, names, plan
from support.lab.built import BuiltLab
from support.lab.plan import Host
from support.lab.spaces import LabError


class Lab(BuiltLab):
    """A home, its router, its provider, the internet and a friend; use it as a context manager.

    `BuiltLab` tells how it is made and how it ends.
    """

    # -- the house and its router

    def change_address(self, to: Literal["A", "B"]) -> None:
        """The provider gives the house another public address; the old one leads nowhere."""
        if self.options.cgnat:
            raise LabError("behind a carrier NAT the house has no public address to change")
        new, old = plan.PUBLIC[to], self.public
        if new == old:
            return
        holder: Host = "modem" if self.options.double_nat else "router"
        self.spaces.ip("isp", f"route replace blackhole {old}/32")
        if f"blackhole {new}" in self.exec("isp", ["ip", "route"]).stdout:
            self.spaces.ip("isp", f"route del blackhole {new}/32")
        self.spaces.ip(
            holder,
            f"""addr add {new}/28 dev wan0
            addr del {old}/28 dev wan0
            route replace default via {plan.GATEWAY[to]}""",
        )
        self.exec(holder, ["conntrack", "-F"], check=False)
        self.public = new

    def reboot_router(self, *, announce: bool = True) -> None:
        """The router starts anew: mappings and connections are forgotten.

        Args:
            announce: whether it tells the house so, as NAT-PMP and PCP ask of it.
        """
        self.gateway.forget(announce=announce)

    def lose_leases(self) -> None:
        """The router forgets its mappings and says nothing."""
        self.reboot_router(announce=False)

    def hairpin(self, on: bool, mapped: Mapping[int, int] | None = None) -> None:
        """Whether the house reaches its own public address; `mapped` is public to own port."""
        ports = (mapped or {443: 8443, 80: 8080}) if on else {}
        self.gateway.hairpin({public: (self.home, own) for public, own in ports.items()})

    def block(self, *ports: int) -> None:
        """The provider lets no connection in to these TCP ports; none lifts it."""
        self.spaces.drop_table("isp", "inet block")
        if ports:
            wanted = ", ".join(str(port) for port in ports)
            self.spaces.nft("isp", _BLOCK % wanted)

    def move_home(self, address: str) -> None:
        """DHCP gives the host's computer another address on the home network."""
        self.spaces.ip(
            "home",
            f"""addr del {self.home}/24 dev eth0
            addr add {address}/24 dev eth0
            route replace default via {plan.ROUTER}""",
        )
        self.home = address

    def unplug(self, host: Literal["home", "lanpc"]) -> None:
        """Pull a computer's network cable."""
        self.spaces.ip(host, "link set eth0 down")

    def plug(self, host: Literal["home", "lanpc"]) -> None:
        """Put it back."""
        lines = f"link set eth0 up\nroute replace default via {plan.ROUTER}\n"
        if self.options.ipv6 and not self.options.double_nat:
            address = plan.HOME6 if host == "home" else plan.LANPC6
            lines += f"addr replace {address}/64 dev eth0 nodad\n"
            lines += f"route replace default via {plan.ROUTER6}"
        self.spaces.ip(host, lines)

    def map_port(
        self, host: Literal["home", "lanpc"], public: int, own: int, *, lease_s: int = 3600
    ) -> None:
        """A computer of the house gets a public TCP port mapped to one of its own."""
        address = self.home if host == "home" else plan.LANPC
        with self.inside(host):
            mapper.map_tcp(plan.ROUTER, address, public, own, lease_s)
        if self.mappings().get(public) != f"{address}:{own}":
            raise LabError(f"the router did not map {public} to {address}:{own}")

    def hold_port(self, public: int) -> None:
        """The other computer of the house takes a public port for itself."""
        self.map_port("lanpc", public, public)

    def mappings(self) -> dict[int, str]:
        """The TCP ports that the router forwards: public port to address:port."""
        rules = self.exec("router", ["nft", "list", "chain", "inet", "filter", _MAPPED]).stdout
        found = re.findall(r"(?:tcp|0x6 th) dport (\d+) dnat ip to ([\d.:]+)", rules)
        return {int(port): target for port, target in found}

    # -- the internet

    def dns(
        self,
        value: str | None = None,
        *,
        name: str = "play",
        kind: str = "A",
        ttl_s: int = 60,
    ) -> None:
        """Write a record of the zone behind everybody's back; None removes it."""
        self.names.write(name, kind, value, ttl_s)

    def ask_dns(self, name: str = plan.NAME, kind: str = "A", *, cached: bool = False) -> list[str]:
        """What the authority, or the friend's cache, answers."""
        return self.names.ask(name, kind, of=plan.FRIEND_ROUTER if cached else plan.DNS)

    def dns_state(self, state: names.State) -> None:
        """How the authority fares: up, down, silent (no answer), servfail."""
        self.names.be(state)

    def resolver(self, on: bool, *, longest_s: int | None = None) -> None:
        """Whether the friend asks a cache, which keeps answers for their TTL.

        Args:
            longest_s: from its next start on it remembers nothing for longer.
        """
        self.names.cache(on=on, longest_s=longest_s)

    def flush_resolver(self) -> None:
        """Empty that cache."""
        self.names.forget_cached()

    def acme(self, state: authority.State) -> None:
        """How the certificate authority fares: up, down, silent, limiting (rate limits)."""
        self.authority.be(state)

    @property
    def acme_api_root(self) -> Path:
        """What verifies the https of the certificate authority and of the echo servers."""
        return self.authority.api_root

    def acme_root(self) -> Path:
        """What verifies the certificates that the authority gives out."""
        return self.authority.root()

    def lie(self, said: str | None, *, echo: str = plan.ECHO) -> None:
        """Let an echo server (HTTP, HTTPS, STUN and DNS) name another address; None ends it."""
        lies = json.loads(self.lies.read_text()) if self.lies.exists() else {}
        lies.pop(echo, None)
        fresh = self.lies.with_suffix(".new")
        fresh.write_text(json.dumps(lies if said is None else lies | {echo: said}))
        fresh.replace(self.lies)

    def reach(
        self,
        port: int,
        address: str | None = None,
        *,
        by: Host = "friend",
        timeout_s: float = 1.0,
    ) -> Literal["open", "closed", "silent"]:
        """Whether a TCP port of the house takes connections from outside, and how it does not."""
        with self.inside(by):
            try:
                socket.create_connection((address or self.public, port), timeout_s).close()
            except ConnectionRefusedError:
                return "closed"
            except OSError:
                return "silent"
        return "open"

    def link(self, **conditions: float) -> dict[str, dict[str, int]]:
        """Conditions of the friend's line, both ways: delay, jitter (s), loss (0 to 1), rate, ...

        It stands still for `stall` seconds in each `every`. The rate is in bit/s, 0 for no limit;
        loss=1 cuts the line. What is not named stays. The first call lays the line anew, which
        ends connections. Returns what happened to packets.
        """
        return self.line.set(both=conditions)

    def link_each(
        self, up: Mapping[str, float], down: Mapping[str, float]
    ) -> dict[str, dict[str, int]]:
        """The same for each direction; up is from the friend towards the house."""
        return self.line.set(up=up, down=down)


_MAPPED = "prerouting_miniupnpd"
_BLOCK = """table inet block {
  chain forward { type filter hook forward priority -10;
    iifname "wan0" tcp dport { %s } ct state new drop; }
}
"""
