"""A server as a process of its own, on free ports of this machine."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import asynccontextmanager

from websockets.asyncio.client import connect

from protocol.version import SUBPROTOCOL
from support.guest import Guest
from support.source import ROOT

START_TIMEOUT_S = 20
PREFIX = "LANTERNHOLD_SERVER_"


class Running:
    """`python -m server` on a data folder. Settings by their names: port=0, map_tiles=64."""

    def __init__(self, folder, *, program=("-m", "server"), **settings):
        self.folder = folder
        self._program = program
        self.ports = {}
        self.process = None
        self.log_file = folder / "server.log"
        chosen = {"port": 0, "private_port": 0, "data_dir": folder, "log_level": "debug"}
        values = {**chosen, **settings}
        self.environ = {
            key: value for key, value in os.environ.items() if not key.startswith(PREFIX)
        } | {PREFIX + key.upper(): str(value) for key, value in values.items()}

    def command(self, *arguments):
        """Run `python -m server ARGUMENTS` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "server", *arguments],
            env=self.environ,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=START_TIMEOUT_S,
            check=False,
        )

    def start(self):
        """Start it and wait until it says its ports."""
        ports = self.folder / "ports.json"
        ports.unlink(missing_ok=True)
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self._program], env=self.environ, cwd=ROOT, stderr=log, stdout=log
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not ports.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the server did not start:\n{self.log_file.read_text()}")
            time.sleep(0.02)  # another program's start: there is nothing to wait on but the file
        self.ports = json.loads(ports.read_text())
        return self

    def stop(self, number=signal.SIGTERM, timeout_s=10):
        """Send a signal and wait for the end; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout_s)

    @property
    def secret(self):
        """The secret of an invite."""
        return json.loads(self.command("invite", "--json").stdout)["secret"]

    @property
    def rss_mb(self):
        """The memory of the process."""
        pages = (self.folder.__class__(f"/proc/{self.process.pid}/statm")).read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def log(self):
        """The log so far, as events."""
        return [json.loads(line) for line in self.log_file.read_text().splitlines()]

    def get(self, path, port="private", body=None, **headers):
        """An HTTP request to one of its ports: (status, body)."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports[port]}{path}", data=body, headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def metric(self, name):
        """A metric; `name` with its labels as Prometheus shows them."""
        for line in self.get("/metrics")[1].decode().splitlines():
            if line.startswith(f"{name} "):
                return float(line.rpartition(" ")[2])
        raise KeyError(name)

    def line(self, path="/w/home", subprotocols=(SUBPROTOCOL,), **options):
        """An unencrypted connection to the game port."""
        return connect(
            f"ws://127.0.0.1:{self.ports['game']}{path}",
            subprotocols=list(subprotocols) or None,
            compression=None,
            proxy=None,
            ping_interval=None,
            **options,
        )

    @asynccontextmanager
    async def guest(self, conversation, name="Guest", secret=None, **options):
        """A guest who has said HELLO, with the conversation's token if it has one."""
        async with self.line(**options) as line:
            await line.send(conversation.hello(name, secret))
            yield Guest(line, conversation)
