"""The lab itself: built, and made to go through what homes go through."""

import atexit
import contextlib
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from support.lab import authority, cables, mapper, names, plan
from support.lab.authority import CertificateAuthority
from support.lab.daemons import Daemons
from support.lab.gateway import Gateway
from support.lab.line import FriendLine
from support.lab.names import Names
from support.lab.plan import Host, Options
from support.lab.spaces import NETNS, LabError, Spaces

TTL_S = 900
_HERE = Path(__file__).parent
_numbers = itertools.count()


class Lab:
    """A home, its router, its provider, the internet and a friend; use it as a context manager.

    Any number may run side by side. Whatever happens to this process, the lab ends: at the end of
    the `with`, at the interpreter's exit, by its reaper when this process is killed, or when
    `ttl_s` is over.

    Args:
        options: what kind of internet; each may also be given by its name.
        name: to find it by hand (`ip netns`); else one that nobody else has.
        ttl_s: the longest that it may live.
        keep: let it outlive this process; `ttl_s` still holds.
    """

    def __init__(
        self,
        options: Options | None = None,
        *,
        name: str | None = None,
        ttl_s: float = TTL_S,
        keep: bool = False,
        **chosen: Any,
    ) -> None:
        self.options = options or Options(**chosen)
        self.name = name or f"{os.getpid()}x{next(_numbers)}"
        self.folder = Path(tempfile.gettempdir()) / f"lh-{self.name}"
        self.public = plan.PUBLIC["A"]
        self.home = plan.HOME
        self.spaces = Spaces(self.name)
        self.daemons = Daemons(self.spaces, self.folder / "logs")
        self._names = Names(self.spaces, self.daemons, self.folder)
        self._authority = CertificateAuthority(self.spaces, self.daemons, self.folder)
        self._gateway = Gateway(self.spaces, self.daemons, self.options, self.folder)
        self._line = FriendLine(self.spaces, self.daemons, self.options, self.folder)
        self._ttl_s = ttl_s
        self._keep = keep
        self._reaper: subprocess.Popen[bytes] | None = None

    # -- built and taken down

    def up(self) -> float:
        """Build it; every server in it answers. Returns the seconds that it took."""
        began_s = time.monotonic()
        sweep()
        self.down()
        self.folder.mkdir(mode=0o700, parents=True)
        self._start_reaper()
        try:
            self._build()
        except BaseException:
            self.down()
            raise
        if not self._keep:
            atexit.register(self.down)
        return time.monotonic() - began_s

    def down(self) -> None:
        """Take it down. It may be called at any time, any number of times."""
        self.spaces.remove()
        self.daemons.reap()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._reaper:
            self._reaper.kill()
            self._reaper.wait()
            self._reaper = None
        atexit.unregister(self.down)

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.down()

    def _build(self) -> None:
        options = self.options
        self.spaces.make()
        cables.lay(self.spaces, options)
        self._gateway.start()
        self._names.start()
        self._authority.prepare()
        if options.acme:
            self._authority.start(options.certificate_s)
        self._start_outside()
        self._gateway.wait()
        self._names.wait()
        if options.acme:
            self._authority.wait()
        self.daemons.wait_tcp("outside", "inet", plan.ACME, authority.REFUSING_PORT)
        if options.resolver:
            self._names.cache(on=True)

    def _start_outside(self) -> None:
        certificate, key = self._authority.api_certificate
        config = {
            "echoes": [plan.ECHO, plan.ECHO_2],
            "acme": [plan.ACME, authority.PORT, authority.REFUSING_PORT],
            "certificate": str(certificate),
            "key": str(key),
            "lies": str(self._lies),
        }
        file = self.folder / "outside.json"
        file.write_text(json.dumps(config))
        script = _HERE / "outside.py"
        self.daemons.start("outside", "inet", [sys.executable, "-I", "-S", script, file])

    def _start_reaper(self) -> None:
        maker = [] if self._keep else [str(os.getpid())]
        words = [self.name, str(self.folder), str(self._ttl_s), *maker]
        self._reaper = subprocess.Popen(
            [sys.executable, "-m", "support.lab.reaper", *words],
            cwd=_HERE.parents[1],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    # -- programs in it

    def exec(
        self,
        host: Host,
        argv: Sequence[object],
        *,
        check: bool = True,
        said: str | None = None,
        timeout_s: float = 30,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on a host to its end, with the host's own resolver.

        Args:
            check: whether a failure raises, with all that the command said.
            said: its standard input.
            env: its whole environment; None for this process's.
        """
        return self.spaces.run(
            host, argv, check=check, said=said, timeout_s=timeout_s, env=env, cwd=cwd
        )

    def start(
        self,
        key: str,
        host: Host,
        argv: Sequence[object],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a command that goes on; `log(key)` is what it says, `stop(key)` ends it."""
        return self.daemons.start(key, host, argv, env=env, cwd=cwd)

    def stop(self, key: str) -> None:
        """End what was started under that key."""
        self.daemons.stop(key)

    def log(self, key: str) -> str:
        """What a program has written: yours, or miniupnpd-router, knotd, pebble, outside, ..."""
        return self.daemons.log(key)

    def command(self, host: Host, argv: Sequence[object]) -> list[str]:
        """A command line that runs on a host, for what starts processes by itself."""
        return self.spaces.command(host, argv)

    def listen(self, host: Host, port: int) -> socket.socket:
        """A socket on a host that takes connections on a TCP port; close it."""
        with self.inside(host):
            return socket.create_server(("", port))

    @contextlib.contextmanager
    def inside(self, host: Host) -> Iterator[None]:
        """Let this thread's new sockets be on a host: see `Spaces.inside` for its limits."""
        with self.spaces.inside(host):
            yield

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
        self._gateway.forget(announce=announce)

    def lose_leases(self) -> None:
        """The router forgets its mappings and says nothing."""
        self.reboot_router(announce=False)

    def hairpin(self, on: bool, mapped: Mapping[int, int] | None = None) -> None:
        """Whether the house reaches its own public address; `mapped` is public to own port."""
        ports = (mapped or {443: 8443, 80: 8080}) if on else {}
        self._gateway.hairpin({public: (self.home, own) for public, own in ports.items()})

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
        self._names.write(name, kind, value, ttl_s)

    def ask_dns(self, name: str = plan.NAME, kind: str = "A", *, cached: bool = False) -> list[str]:
        """What the authority, or the friend's cache, answers."""
        return self._names.ask(name, kind, of=plan.FRIEND_ROUTER if cached else plan.DNS)

    def dns_state(self, state: names.State) -> None:
        """How the authority fares: up, down, silent (no answer), servfail."""
        self._names.be(state)

    def resolver(self, on: bool) -> None:
        """Whether the friend asks a cache, which keeps answers for their TTL."""
        self._names.cache(on=on)

    def flush_resolver(self) -> None:
        """Empty that cache."""
        self._names.forget_cached()

    def acme(self, state: authority.State) -> None:
        """How the certificate authority fares: up, down, silent, limiting (rate limits)."""
        self._authority.be(state)

    @property
    def acme_api_root(self) -> Path:
        """What verifies the https of the certificate authority and of the echo servers."""
        return self._authority.api_root

    def acme_root(self) -> Path:
        """What verifies the certificates that the authority gives out."""
        return self._authority.root()

    def lie(self, said: str | None, *, echo: str = plan.ECHO) -> None:
        """Let an echo server (HTTP, HTTPS, STUN and DNS) name another address; None ends it."""
        lies = json.loads(self._lies.read_text()) if self._lies.exists() else {}
        lies.pop(echo, None)
        fresh = self._lies.with_suffix(".new")
        fresh.write_text(json.dumps(lies if said is None else lies | {echo: said}))
        fresh.replace(self._lies)

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
        """Conditions of the friend's line, both ways: delay and jitter (s), loss (0 to 1), rate.

        The rate is in bit/s, 0 for no limit; loss=1 cuts the line. What is not named stays. The
        first call lays the line anew, which ends connections. Returns what happened to packets.
        """
        return self._line.set(both=conditions)

    def link_each(
        self, up: Mapping[str, float], down: Mapping[str, float]
    ) -> dict[str, dict[str, int]]:
        """The same for each direction; up is from the friend towards the house."""
        return self._line.set(up=up, down=down)

    @property
    def _lies(self) -> Path:
        return self.folder / "lies.json"


_MAPPED = "prerouting_miniupnpd"
_BLOCK = """table inet block {
  chain forward { type filter hook forward priority -10;
    iifname "wan0" tcp dport { %s } ct state new drop; }
}
"""


def sweep() -> None:
    """Take down the labs of processes that were killed together with their reapers."""
    for space in NETNS.glob("lh-*x*-home") if NETNS.exists() else ():
        name = space.name.removeprefix("lh-").removesuffix("-home")
        maker = name.partition("x")[0]
        if maker.isdecimal() and not Path("/proc", maker).exists():
            Spaces(name).remove()
            shutil.rmtree(Path(tempfile.gettempdir()) / f"lh-{name}", ignore_errors=True)
