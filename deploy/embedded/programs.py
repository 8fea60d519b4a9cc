"""The programs of embedded mode: how each is started, with which environment."""

import hashlib
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy import system
from deploy.clone import Clone
from deploy.embedded.record import Ports
from deploy.ledger import Ledger
from deploy.problem import Problem
from deploy.settings import OWNERS, SERVER_PREFIX, Settings

KEEPER = "keeper"
LONGEST_SOCKET_PATH = 100  # Linux allows 107 bytes, macOS 103


@dataclass(frozen=True)
class Program:
    """A program to supervise.

    Attributes:
        env: of our own keys all that it gets; the rest of the environment is as ours.
        stop_s: how long it may take to end in good order.
        gives_way: whether it leaves the processor to the others when there is too little of it.
    """

    name: str
    argv: list[str]
    env: dict[str, str]
    cwd: Path
    stop_s: float
    gives_way: bool = False


def programs(clone: Clone, settings: Settings, ports: Ports) -> list[Program]:
    """The programs, in the order in which they are stopped: the players are told first."""
    return [
        Program(
            name="server",
            argv=[sys.executable, "-P", "-m", "server"],
            env=server_environment(clone, settings, ports),
            cwd=clone.data,  # a .env of the clone is for the host's tools to read, not for it
            stop_s=7.0,
        ),
        Program(
            name="caddy",
            argv=[
                *(str(find_caddy()), "run"),
                *("--config", str(clone.root / "Caddyfile"), "--adapter", "caddyfile"),
            ],
            env=caddy_environment(clone, settings, ports),
            cwd=clone.caddy,
            stop_s=4.0,
            gives_way=True,  # TLS for everybody must not come between the tick and its last write
        ),
        *_keeper(clone, settings, ports),
    ]


def _keeper(clone: Clone, settings: Settings, ports: Ports) -> list[Program]:
    """The keeper, where there is something to keep."""
    if not Ledger.of(clone).entries():
        return []
    theirs = {key: value for key, value in settings.given.items() if not key.startswith(OWNERS)}
    return [
        Program(
            name=KEEPER,
            argv=[sys.executable, "-P", "-m", "deploy.keeper"],
            env={
                **theirs,
                "LANTERNHOLD_HTTPS_PORT": str(ports.https),
                "PYTHONPATH": str(clone.root),
                "PYTHONUNBUFFERED": "1",
            },
            cwd=clone.root,
            stop_s=3.0,
            gives_way=True,
        )
    ]


def server_environment(clone: Clone, settings: Settings, ports: Ports) -> dict[str, str]:
    """The server's environment: of our own keys only those that are its own."""
    own = {
        "DATA_DIR": str(clone.data),
        "PORT": str(ports.game),
        "PRIVATE_PORT": str(ports.private),
    }
    return {
        **settings.server,
        **{SERVER_PREFIX + key: value for key, value in own.items()},
        "PYTHONPATH": str(clone.root),
        "PYTHONUNBUFFERED": "1",
    }


def caddy_environment(clone: Clone, settings: Settings, ports: Ports) -> dict[str, str]:
    """Caddy's environment: the Caddyfile's names, and a storage inside the clone."""
    return {
        **settings.acme.caddy_environment(settings.domain),
        "LANTERNHOLD_DOMAIN": settings.domain or "localhost",
        "LANTERNHOLD_HTTPS_PORT": str(ports.https),
        "LANTERNHOLD_HTTP_PORT": str(ports.http),
        "LANTERNHOLD_UPSTREAM": f"127.0.0.1:{ports.game}",
        "LANTERNHOLD_WEB_ROOT": str(clone.root / "client" / "web"),
        "LANTERNHOLD_CA_FILE": str(root_certificate(clone)),
        "LANTERNHOLD_CADDY_ADMIN": str(admin_socket(clone)),
        "XDG_DATA_HOME": str(clone.caddy),
        "XDG_CONFIG_HOME": str(clone.caddy),
        "HOME": str(clone.caddy),
    }


def root_certificate(clone: Clone) -> Path:
    """The certificate of Caddy's own authority, which invites name by its hash."""
    return clone.caddy / "caddy" / "pki" / "authorities" / "local" / "root.crt"


def admin_socket(clone: Clone) -> Path:
    """Where Caddy takes orders: a socket that only this user reaches."""
    wanted = clone.run / "caddy.sock"
    if len(os.fsencode(wanted)) <= LONGEST_SOCKET_PATH:
        return wanted
    folder = (
        Path(tempfile.gettempdir())
        / f"lanternhold-{hashlib.sha256(bytes(clone.root)).hexdigest()[:16]}"
    )
    folder.mkdir(mode=0o700, exist_ok=True)
    if not system.is_ours_alone(folder):  # its name can be guessed: somebody may have been first
        raise Problem(f"{folder} belongs to somebody else.", f"remove {folder}")
    return folder / "caddy.sock"


def find_caddy() -> Path:
    """Caddy, as its wheel lays it beside this Python, else the system's own.

    Raises:
        Problem: there is none.
    """
    beside = Path(sys.executable).parent
    for name in ("caddy.exe", "caddy"):
        if (beside / name).is_file():
            return beside / name
    found = shutil.which("caddy")
    if found is None:
        raise Problem("Caddy is not installed in this clone's .venv.", "./lanternhold up")
    return Path(found)
