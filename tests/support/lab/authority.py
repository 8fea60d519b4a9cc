"""The lab's certificate authority: pebble, the ACME server made for tests, and its bad days."""

import json
import subprocess
from pathlib import Path
from typing import Literal

from support.lab import plan
from support.lab.daemons import Daemons
from support.lab.spaces import Spaces

State = Literal["up", "down", "silent", "limiting"]
PORT = 14000
REFUSING_PORT = 14002  # an authority that takes no more orders: outside.py
_ROOTS_PORT = 15000
_QUICK = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"}


class CertificateAuthority:
    """Who signs names, after reaching them on ports 80 and 443."""

    def __init__(self, spaces: Spaces, daemons: Daemons, folder: Path) -> None:
        self._spaces = spaces
        self._daemons = daemons
        self._folder = folder / "acme"

    @property
    def api_root(self) -> Path:
        """The certificate that the authority's own https, and the echoes', are verified with."""
        return self._folder / "api-ca.crt"

    @property
    def api_certificate(self) -> tuple[Path, Path]:
        """Certificate and key of the internet's own servers."""
        return self._folder / "api.crt", self._folder / "api.key"

    def prepare(self) -> None:
        """Make the certificates of the internet's own servers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        names = ("acme", "echo", "echo2")
        san = ",".join(f"DNS:{name}.inet.test" for name in names)
        san += "".join(f",IP:{address}" for address in (plan.ACME, plan.ECHO, plan.ECHO_2))
        self._openssl(
            *("req", "-x509", *curve, "-days", "30", "-subj", "/CN=Lab API CA"),
            *("-keyout", "api-ca.key", "-out", "api-ca.crt"),
        )
        self._openssl(
            *("req", "-x509", *curve, "-days", "30", "-subj", "/CN=acme.inet.test"),
            *("-CA", "api-ca.crt", "-CAkey", "api-ca.key", "-addext", f"subjectAltName={san}"),
            *("-addext", "basicConstraints=critical,CA:FALSE"),
            *("-keyout", "api.key", "-out", "api.crt"),
        )

    def start(self, certificate_s: int) -> None:
        """Start pebble, without waiting."""
        certificate, key = self.api_certificate
        said = {
            "listenAddress": f"{plan.ACME}:{PORT}",
            "managementListenAddress": f"{plan.ACME}:{_ROOTS_PORT}",
            "certificate": str(certificate),
            "privateKey": str(key),
            "httpPort": 80,
            "tlsPort": 443,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": False,
            "certificateValidityPeriod": certificate_s,
        }
        file = self._folder / "pebble.json"
        file.write_text(json.dumps({"pebble": said}))
        self._daemons.start(
            "pebble",
            "inet",
            ["pebble", "-config", file, "-dnsserver", f"{plan.DNS}:53", "-strict=false"],
            env=_QUICK,
        )

    def wait(self) -> None:
        """Wait until it answers."""
        for port in (PORT, _ROOTS_PORT):
            self._daemons.wait_tcp("pebble", "inet", plan.ACME, port)

    def be(self, state: State) -> None:
        """How it fares: well; refusing connections; mute; refusing orders for their number."""
        self._spaces.drop_table("inet", "inet acme")
        if rule := _BAD_DAYS.get(state):
            self._spaces.nft("inet", _TABLE % rule)

    def root(self) -> Path:
        """The root that today's certificates lead to, as a file to verify them with."""
        file = self._folder / "root.pem"
        if not file.exists():
            address = f"https://{plan.ACME}:{_ROOTS_PORT}/roots/0"
            asked = ["curl", "-sf", "--cacert", self.api_root, address]
            file.write_text(self._spaces.run("inet", asked).stdout)
        return file

    def _openssl(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self._folder, check=True, capture_output=True)


_TABLE = """table inet acme {
  chain prerouting { type nat hook prerouting priority -100; %s }
  chain input { type filter hook input priority 0; %s }
}
"""
_TO_IT = f'iifname "isp*" tcp dport {PORT}'
_BAD_DAYS: dict[State, tuple[str, str]] = {
    "down": ("", f"{_TO_IT} reject with tcp reset;"),
    "silent": ("", f"{_TO_IT} drop;"),
    "limiting": (f"{_TO_IT} dnat ip to {plan.ACME}:{REFUSING_PORT};", ""),
}
