"""The real product in the lab: a clone running at `home`, players at the friend's."""

import contextlib
import json
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from protocol.invite import Invite
from support.compose import clean_environment
from support.home import Home
from support.lab import plan
from support.lab.lab import Lab
from support.lab.plan import Host
from support.source import ROOT

PLAYING_S = 20


class LabHome(Home):
    """A clone of the tree on the computer `home`, on the usual ports.

    `run("up", ...)` runs `./lanternhold up ...` there. Settings are given as in .env.
    """

    def __init__(self, lab: Lab, folder: Path, **settings: object) -> None:
        usual = {
            "LANTERNHOLD_HTTPS_PORT": 8443,
            "LANTERNHOLD_HTTP_PORT": 8080,
            "LANTERNHOLD_SERVER_PORT": 8765,
            "LANTERNHOLD_SERVER_PRIVATE_PORT": 9100,
            "LANTERNHOLD_DEPLOY_ADDRESSES": "",
        }
        super().__init__(folder, **{**usual, **settings})
        self.lab = lab
        self.lead = lab.command("home", [])
        self._was_started = False

    def set(self, **settings: object) -> None:
        """Change settings for the commands that follow; None takes one back."""
        for key, value in settings.items():
            self.environment.pop(key, None)
            if value is not None:
                self.environment[key] = str(value)

    def use_lab_authority(self, domain: str = plan.NAME) -> None:
        """Let it have a public name, signed by the lab's certificate authority."""
        self.set(
            LANTERNHOLD_DOMAIN=domain,
            LANTERNHOLD_ACME_CA=plan.ACME_DIRECTORY,
            LANTERNHOLD_ACME_CA_ROOT=self.lab.acme_api_root,
        )

    def look_after_certificates_each(self, interval_s: int) -> None:
        """Let its Caddy look for certificates to renew more often than each ten minutes."""
        file = self.folder / "Caddyfile"
        before = "\tskip_install_trust\n"
        text = file.read_text()
        if before not in text:
            raise AssertionError("the Caddyfile has no such line any more")
        file.write_text(text.replace(before, f"{before}\trenew_interval {interval_s}s\n"))

    def up(self) -> dict[str, Any]:
        """Start it in embedded mode; returns what `up --json` says."""
        self._was_started = True
        said: dict[str, Any] = json.loads(
            self.run("up", "--detach", "--json", "--mode", "embedded")
        )
        return said

    def down(self) -> None:
        """Stop it, if it was ever started."""
        if self._was_started:
            self.run("down")

    def invite(self) -> Invite:
        """An invite as it is given out, whatever it holds."""
        return Invite.parse(json.loads(self.run("invite", "--json"))["invite"])

    def public_invite(self, name: str = plan.NAME) -> Invite:
        """An invite by the public name alone."""
        invite = self.invite()
        return msgspec.structs.replace(
            invite, name=name, addresses=(), port=443, ca_sha256=None, outside=""
        )


@contextlib.contextmanager
def living(lab: Lab, folder: Path, **settings: object) -> Iterator[LabHome]:
    """A clone that may be started; it is down afterwards, whatever happens."""
    home = LabHome(lab, folder, **settings)
    try:
        yield home
    finally:
        home.down()


class Bots:
    """Bots that play from a host; they believe the lab's certificate authority."""

    def __init__(
        self,
        lab: Lab,
        invite: Invite,
        folder: Path,
        *,
        host: Host = "friend",
        count: int = 1,
        seconds: float,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        environment = clean_environment(
            PYTHONPATH=ROOT,
            SSL_CERT_FILE=lab.acme_root() if lab.options.acme else "",
            HOME=folder,
            XDG_DATA_HOME=folder,
        )
        chosen = ("--count", count, "--seconds", seconds)
        words = ("-m", "client.bot", "--invite", "-", "--json", *chosen)
        self._process = subprocess.Popen(
            lab.command(host, [sys.executable, *words]),
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin
        self._process.stdin.write(invite.link() + "\n")
        self._process.stdin.close()
        self._process.stdin = None
        self._seconds = seconds

    def are_playing(self) -> bool:
        """Whether they have not ended."""
        return self._process.poll() is None

    def await_players(self, home: LabHome, count: int, timeout_s: float = 10) -> None:
        """Wait until so many players are in."""
        deadline_s = time.monotonic() + timeout_s
        asked = ["curl", "-s", "http://127.0.0.1:8765/status"]
        while json.loads(home.lab.exec("home", asked).stdout)["players"] < count:
            if time.monotonic() > deadline_s or not self.are_playing():
                raise AssertionError(f"not {count} players in {timeout_s} s\n{home.logs()}")
            time.sleep(0.05)  # another program's start: there is nothing to wait on

    def report(self) -> dict[str, Any]:
        """Wait for their end; what they say of their time."""
        out, err = self._process.communicate(timeout=self._seconds + PLAYING_S)
        if self._process.returncode:
            raise AssertionError(f"bots: exit {self._process.returncode}\n{out}\n{err}")
        said: dict[str, Any] = json.loads(out)
        return said

    def stop(self) -> None:
        """End them, if they have not ended."""
        self._process.kill()
        self._process.communicate()


def certificate(
    lab: Lab,
    name: str = plan.NAME,
    *,
    by: Host = "friend",
    address: str | None = None,
    port: int = 443,
) -> dict[str, Any] | None:
    """The certificate that a host is shown and can verify; None when there is none yet."""
    context = ssl.create_default_context(cafile=str(lab.acme_root()))
    try:
        with lab.inside(by):
            line = socket.create_connection((address or lab.public, port), 1)
        with line, context.wrap_socket(line, server_hostname=name) as tls:
            return tls.getpeercert()
    except OSError:
        return None


def await_certificate(lab: Lab, timeout_s: float, **how: Any) -> float:
    """Wait for such a certificate; returns the seconds that it took."""
    began_s = time.monotonic()
    while certificate(lab, **how) is None:
        if time.monotonic() - began_s > timeout_s:
            raise AssertionError(f"no certificate in {timeout_s} s")
        time.sleep(0.05)  # other programs make it: there is nothing to wait on
    return time.monotonic() - began_s
