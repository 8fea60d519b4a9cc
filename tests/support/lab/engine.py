"""A Docker engine of its own on a host of the lab; its containers see that host's network.

It has no bridge and touches no firewall. Images come over from the machine's own engine.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from support.lab.lab import Lab
from support.lab.plan import Host
from support.lab.spaces import NETNS

PATIENCE_S = 20

# nsenter and not `ip netns exec`, which would hide the cgroups; the resolver is bound by hand.
_START = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"'


class Engine:
    """A running engine; `env` is what makes docker commands talk to it."""

    def __init__(self, folder: Path) -> None:
        self.env = {**os.environ, "DOCKER_HOST": f"unix://{folder}/docker.sock"}

    def run(self, *words: object, timeout_s: float = 60, **env: str) -> str:
        """What `docker WORDS` prints; a failure carries what it said."""
        done = subprocess.run(
            ["docker", *map(str, words)],
            env=self.env | env,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            raise AssertionError(f"docker {words}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def take(self, images: Sequence[str]) -> None:
        """Copy images over from the machine's own engine."""
        saved = subprocess.Popen(["docker", "save", *images], stdout=subprocess.PIPE)
        with saved:
            loaded = subprocess.run(
                ["docker", "load", "--quiet"],
                env=self.env,
                stdin=saved.stdout,
                capture_output=True,
                timeout=60,
                check=False,
            )
        if loaded.returncode or saved.returncode:
            raise AssertionError(f"the images did not arrive: {loaded.stderr.decode()}")

    def answers(self) -> bool:
        """Whether it is up."""
        asked = ["docker", "version", "--format", "{{.Server.Version}}"]
        return subprocess.run(asked, env=self.env, capture_output=True, check=False).returncode == 0


@contextlib.contextmanager
def engine(lab: Lab, host: Host) -> Iterator[Engine]:
    """An engine on `host`; whatever happens, nothing of it is left."""
    folder = Path(tempfile.mkdtemp(prefix="lh-engine-"))
    space = lab.spaces.full(host)
    daemon = [
        *("dockerd", "--host", f"unix://{folder}/docker.sock", "--pidfile", f"{folder}/pid"),
        *("--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"),
        *("--bridge", "none", "--iptables=false", "--ip6tables=false"),
    ]
    inside = ["nsenter", f"--net={NETNS / space}", "unshare", "--mount", "--propagation", "private"]
    resolver = f"/etc/netns/{space}/resolv.conf"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*inside, "sh", "-c", _START, "sh", resolver, *daemon],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    made = Engine(folder)
    try:
        began_s = time.monotonic()
        while not made.answers():
            if process.poll() is not None or time.monotonic() - began_s > PATIENCE_S:
                raise AssertionError(f"no engine:\n{(folder / 'log').read_text()[-2000:]}")
            time.sleep(0.1)
        yield made
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)
        shutil.rmtree(folder, ignore_errors=True)
