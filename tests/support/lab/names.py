"""The lab's DNS: knot, which takes signed updates, and unbound as the cache of the friend."""

import shutil
from pathlib import Path
from typing import Literal

from support.lab import plan
from support.lab.daemons import Daemons
from support.lab.spaces import Spaces, resolv_conf

State = Literal["up", "down", "silent", "servfail"]


class Names:
    """The authority of three zones, and a cache in front of it."""

    def __init__(self, spaces: Spaces, daemons: Daemons, folder: Path) -> None:
        self._spaces = spaces
        self._daemons = daemons
        self._folder = folder / "knot"
        self._unbound = folder / "unbound"
        self._longest_s = 86400

    def start(self) -> None:
        """Start the authority, without waiting."""
        shutil.rmtree(self._folder, ignore_errors=True)
        for name in ("zones", "db", "run"):
            (self._folder / name).mkdir(parents=True)
        (self._folder / "knot.conf").write_text(_KNOT.format(folder=self._folder, plan=plan))
        self._zone(plan.ZONE, "")
        self._zone(plan.TAKEN_ZONE, f"play A {plan.ECHO}\n")
        self._zone(
            "inet.test",
            f"ns A {plan.DNS}\nacme A {plan.ACME}\necho A {plan.ECHO}\necho2 A {plan.ECHO_2}\n",
        )
        self._run()

    def wait(self) -> None:
        """Wait until it answers."""
        self._daemons.wait_tcp("knotd", "inet", plan.DNS, 53)

    def write(self, name: str, kind: str, value: str | None, ttl_s: int) -> None:
        """Give a name of the zone one record of a kind, or none for None."""
        text = f"server {plan.DNS}\nzone {plan.ZONE}.\ndel {name}.{plan.ZONE}. {kind}\n"
        if value is not None:
            text += f"add {name}.{plan.ZONE}. {ttl_s} {kind} {value}\n"
        key = f"hmac-sha256:{plan.DDNS_KEY_NAME}:{plan.DDNS_KEY}"
        self._spaces.run("inet", ["knsupdate", "-v", "-y", key], said=f"{text}send\nquit\n")

    def ask(self, name: str, kind: str, *, of: str) -> list[str]:
        """What a server answers for a name; the friend asks."""
        said = self._spaces.run("friend", ["kdig", "+short", f"@{of}", name, kind], check=False)
        return said.stdout.split()

    def be(self, state: State) -> None:
        """How the authority fares: well; gone; there but mute; unable to answer for the zone."""
        self._spaces.drop_table("inet", "inet mute")
        if state == "silent":
            self._spaces.nft("inet", _MUTE % plan.DNS)
        elif state == "down":
            self._daemons.stop("knotd")
        else:
            self._know_the_zone(state != "servfail")
            if not self._daemons.is_running("knotd"):
                self._run()
                self.wait()

    def _know_the_zone(self, knows: bool) -> None:
        """Put the zone and its changes away, or back: a server without them says SERVFAIL."""
        zone, changes = self._folder / "zones" / f"{plan.ZONE}.zone", self._folder / "db"
        away = self._folder / "away"
        if zone.exists() == knows:
            return
        self._daemons.stop("knotd")
        if knows:
            shutil.rmtree(changes)
            (away / zone.name).rename(zone)
            (away / "db").rename(changes)
        else:
            away.mkdir(exist_ok=True)
            zone.rename(away / zone.name)
            changes.rename(away / "db")
            changes.mkdir()

    def cache(self, *, on: bool, longest_s: int | None = None) -> None:
        """Whether the friend asks a cache in their router, or the authority itself.

        Args:
            longest_s: from its next start on it remembers nothing for longer, whatever the TTL.
        """
        self._longest_s = longest_s or self._longest_s
        if on and not self._daemons.is_running("unbound"):
            self._unbound.mkdir(parents=True, exist_ok=True)
            file = self._unbound / "unbound.conf"
            file.write_text(
                _UNBOUND.format(folder=self._unbound, plan=plan, longest_s=self._longest_s)
            )
            self._daemons.start("unbound", "frouter", ["unbound", "-d", "-c", file])
            self._daemons.wait_tcp("unbound", "friend", plan.FRIEND_ROUTER, 53)
        server = plan.FRIEND_ROUTER if on else plan.DNS
        (self._spaces.config("friend") / "resolv.conf").write_text(resolv_conf(server))

    def forget_cached(self) -> None:
        """Empty the friend's cache."""
        self._daemons.stop("unbound")
        self.cache(on=True)

    def _run(self) -> None:
        self._daemons.start("knotd", "inet", ["knotd", "-c", self._folder / "knot.conf"])

    def _zone(self, zone: str, records: str) -> None:
        head = (
            f"$ORIGIN {zone}.\n$TTL 60\n"
            "@ SOA ns.inet.test. host.inet.test. 1 3600 600 86400 30\n@ NS ns.inet.test.\n"
        )
        (self._folder / "zones" / f"{zone}.zone").write_text(head + records)


_KNOT = """server:
  rundir: "{folder}/run"
  listen: [ {plan.DNS}@53, {plan.DNS6}@53 ]
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
log:
  - target: stderr
    any: info
database:
  storage: "{folder}/db"
  journal-db-max-size: 16M
  kasp-db-max-size: 5M
  timer-db-max-size: 5M
key:
  - id: {plan.DDNS_KEY_NAME}
    algorithm: hmac-sha256
    secret: {plan.DDNS_KEY}
acl:
  - id: ddns_acl
    key: {plan.DDNS_KEY_NAME}
    action: update
template:
  - id: default
    storage: "{folder}/zones"
    zonefile-sync: -1
    zonefile-load: difference
    journal-content: changes
zone:
  - domain: {plan.ZONE}
    acl: ddns_acl
  - domain: {plan.TAKEN_ZONE}
  - domain: inet.test
"""

_UNBOUND = """server:
  directory: "{folder}"
  chroot: ""
  username: ""
  pidfile: "{folder}/pid"
  use-syslog: no
  interface: {plan.FRIEND_ROUTER}
  access-control: 0.0.0.0/0 allow
  num-threads: 1
  module-config: "iterator"
  target-fetch-policy: "0 0 0 0 0"
  do-ip6: no
  infra-host-ttl: 5
  cache-max-ttl: {longest_s}
  local-zone: "test." nodefault
stub-zone:
  name: "{plan.ZONE}"
  stub-addr: {plan.DNS}
stub-zone:
  name: "{plan.TAKEN_ZONE}"
  stub-addr: {plan.DNS}
stub-zone:
  name: "inet.test"
  stub-addr: {plan.DNS}
remote-control:
  control-enable: no
"""

_MUTE = """table inet mute {
  chain input { type filter hook input priority 0;
    ip daddr %s meta l4proto { tcp, udp } th dport 53 drop; }
}
"""
