"""The lab built and taken down, and programs run in it."""

import atexit
import contextlib
import itertools
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from support.lab import authority, cables, plan
from support.lab.authority import CertificateAuthority
from support.lab.daemons import Daemons
from support.lab.gateway import Gateway
from support.lab.line import FriendLine
from support.lab.names import Names
from support.lab.plan import Host, Options
from support.lab.spaces import NETNS, TOKEN, Spaces

TTL_S = 900
_HERE = Path(__file__).parent
_numbers = itertools.count()


class BuiltLab:
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
        self.names = Names(self.spaces, self.daemons, self.folder)
        self.authority = CertificateAuthority(self.spaces, self.daemons, self.folder)
        self.gateway = Gateway(self.spaces, self.daemons, self.options, self.folder)
        self.line = FriendLine(self.spaces, self.daemons, self.options, self.folder)
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
        self.gateway.start()
        self.names.start()
        self.authority.prepare()
        if options.acme:
            self.authority.start(options.certificate_s)
        self._start_outside()
        self.gateway.wait()
        self.names.wait()
        if options.acme:
            self.authority.wait()
        self.daemons.wait_tcp("outside", "inet", plan.ACME, authority.REFUSING_PORT)
        if options.resolver:
            self.names.cache(on=True)

    def _start_outside(self) -> None:
        certificate, key = self.authority.api_certificate
        config = {
            "echoes": [plan.ECHO, plan.ECHO_2],
            "echoes6": plan.ECHOES6,
            "acme": [plan.ACME, authority.PORT, authority.REFUSING_PORT],
            "certificate": str(certificate),
            "key": str(key),
            "lies": str(self.lies),
        }
        file = self.folder / "outside.json"
        file.write_text(json.dumps(config))
        script = _HERE / "outside.py"
        self.daemons.start("outside", "inet", [sys.executable, "-I", "-S", script, file])

    def _start_reaper(self) -> None:
        maker = [] if self._keep else [str(os.getpid())]
        token = secrets.token_hex(8)
        (self.folder / TOKEN).write_text(token)
        words = [self.name, str(self.folder), token, str(self._ttl_s), *maker]
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

    def listen(self, host: Host, port: int, *, ipv6: bool = False) -> socket.socket:
        """A socket on a host that takes connections on a TCP port; close it."""
        with self.inside(host):
            family = socket.AF_INET6 if ipv6 else socket.AF_INET
            return socket.create_server(("", port), family=family)

    @contextlib.contextmanager
    def inside(self, host: Host) -> Iterator[None]:
        """Let this thread's new sockets be on a host: see `Spaces.inside` for its limits."""
        with self.spaces.inside(host):
            yield

    @property
    def lies(self) -> Path:
        """Where echo servers read what to say instead of the truth."""
        return self.folder / "lies.json"


def sweep() -> None:
    """Take down the labs of processes that were killed together with their reapers."""
    for space in NETNS.glob("lh-*x*-home") if NETNS.exists() else ():
        name = space.name.removeprefix("lh-").removesuffix("-home")
        maker = name.partition("x")[0]
        if maker.isdecimal() and not Path("/proc", maker).exists():
            Spaces(name).remove()
            shutil.rmtree(Path(tempfile.gettempdir()) / f"lh-{name}", ignore_errors=True)
