"""The project's own Caddyfile between a crowd and the server, as a host runs it."""

import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from bench.environment import clean
from bench.generated import ROOT
from bench.plan import Plan
from bench.process import end
from bench.websocket import LineError

START_S: Final = 15.0


@contextmanager
def through_caddy(plan: Plan, folder: Path) -> Iterator[tuple[Plan, int]]:
    """The plan as it leads through Caddy over TLS, and Caddy's pid. It runs where the caller does.

    Raises:
        LineError: when Caddy is missing or does not come up.
    """
    beside = Path(sys.executable).parent
    caddy = shutil.which("caddy", path=beside) or shutil.which("caddy")
    if caddy is None:
        raise LineError("Caddy is missing: it comes with the extra `embedded`, or from Debian.")
    port, storage = _free_port(), folder / "caddy"
    ca_file = storage / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    storage.mkdir()
    environment = clean(
        LANTERNHOLD_HTTPS_PORT=port,
        LANTERNHOLD_HTTP_PORT=_free_port(),
        LANTERNHOLD_UPSTREAM=f"127.0.0.1:{plan.port}",
        LANTERNHOLD_WEB_ROOT=ROOT / "client" / "web",
        LANTERNHOLD_CA_FILE=ca_file,
        LANTERNHOLD_CADDY_ADMIN=folder / "admin.sock",
        XDG_DATA_HOME=storage,
        XDG_CONFIG_HOME=storage,
        GOMAXPROCS=1,  # it has one core, and shares it with the crowd
    )
    command = [caddy, "run", "--config", str(ROOT / "Caddyfile"), "--adapter", "caddyfile"]
    with (folder / "caddy.log").open("w") as words:
        process = subprocess.Popen(
            command, cwd=storage, env=environment, text=True, stdout=words, stderr=words
        )
    try:
        led = msgspec.structs.replace(plan, port=port, ca_file=str(ca_file))
        _wait(process, led)
        yield led, process.pid
    finally:
        end(process)


def _wait(process: subprocess.Popen[str], plan: Plan) -> None:
    """Until it answers under the name, with a certificate of its own authority."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            context = ssl.create_default_context(cafile=plan.ca_file)
            with (
                socket.create_connection((plan.host, plan.port), 1) as sock,
                context.wrap_socket(sock, server_hostname=plan.name),
            ):
                return
        except OSError:
            time.sleep(0.05)  # no authority yet, no listener, or no certificate
    raise LineError("Caddy did not come up")


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
