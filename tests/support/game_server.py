"""The real server as a process of its own, on free loopback ports."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from client.connecting import Target
from protocol.invite import Invite

ROOT = Path(__file__).parents[2]
START_S = 20


@dataclass
class GameServer:
    """How to reach it; `process` may be signalled by a test."""

    process: subprocess.Popen
    port: int
    invite: Invite

    @property
    def target(self):
        """Plain websockets on loopback: what stands behind the proxy."""
        return Target("localhost", self.port, ("127.0.0.1",), is_secure=False)


@contextmanager
def game_server(folder, **settings):
    """Run `python -m server` on `folder`; `settings` are its keys without the prefix."""
    given = {"PORT": 0, "PRIVATE_PORT": 0, "DATA_DIR": folder, "LOG_LEVEL": "warning"} | settings
    env = {key: value for key, value in os.environ.items() if not key.startswith("LANTERNHOLD_")}
    env |= {f"LANTERNHOLD_SERVER_{key}": str(value) for key, value in given.items()}
    ports = Path(folder) / "ports.json"
    ports.unlink(missing_ok=True)
    command = [sys.executable, "-m", "server"]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        port = _port(process, ports)
        made = subprocess.run(
            [*command, "invite", "--json"], cwd=ROOT, env=env, capture_output=True, check=True
        )
        secret = json.loads(made.stdout)["secret"]
        invite = Invite(name="localhost", addresses=("127.0.0.1",), port=port, secret=secret)
        yield GameServer(process, port, invite)
    finally:
        process.terminate()
        process.wait(15)


def _port(process, ports):
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended at once, with status {process.returncode}")
        if ports.exists() and (text := ports.read_text()).endswith("}"):
            return json.loads(text)["game"]
        time.sleep(0.05)
    raise RuntimeError("the server did not come up in time")
