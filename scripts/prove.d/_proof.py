"""What all proofs share: figures with their bars, and a clone that is as fresh as a friend's."""

import json
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

from deploy.exposition import parse, quantile
from support.compose import clean_environment, free_port
from support.source import ROOT


class Proof:
    """Collects figures. `finish` prints them as one JSON object."""

    def __init__(self, name):
        self._figures = {"proof": name}
        self._missed = []

    def figure(self, name, value):
        """A figure that is only told."""
        self._figures[name] = round(value, 3) if isinstance(value, float) else value

    def at_most(self, name, value, bar):
        """A figure that must not be above its bar."""
        self.figure(name, value)
        if value > bar:
            self._missed.append(f"{name} is {value:.3f}, its bar is {bar}")

    def holds(self, name, value):
        """Something that must be so."""
        self.figure(name, bool(value))
        if not value:
            self._missed.append(name)

    def finish(self):
        """Print all; the exit status says whether every bar was reached."""
        print(json.dumps({**self._figures, "missed": self._missed}, indent=2))
        return 1 if self._missed else 0


class FreshClone:
    """What git has committed, cloned into `folder`, for somebody who has nothing: an empty home."""

    def __init__(self, folder, **settings):
        self.folder = folder / "clone"
        home = folder / "home"
        home.mkdir()
        ports = ("HTTPS_PORT", "HTTP_PORT", "SERVER_PORT", "SERVER_PRIVATE_PORT")
        self.environment = clean_environment(
            HOME=home,
            XDG_CACHE_HOME=home / "cache",
            PIP_CACHE_DIR=home / "pip",
            DOCKER_HOST="unix:///nowhere/docker.sock",  # as where there is no Docker
            **{f"LANTERNHOLD_{port}": free_port() for port in ports},
            **settings,
        )
        for name in ("PYTHONPATH", "VIRTUAL_ENV", "DOCKER_CONFIG"):
            self.environment.pop(name, None)

    def make(self):
        """Clone."""
        command = ["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(self.folder)]
        subprocess.run(command, check=True, env=self.environment)

    def lanternhold(self, *words, wrapper=()):
        """What `./lanternhold WORDS` prints; its other words are shown as they come."""
        command = [*wrapper, "./lanternhold", *words]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, check=True, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        ).stdout  # fmt: skip


@contextmanager
def timed(proof, name, bar=None):
    """Tell how long the block took, held against its bar."""
    say(f"{name} ...")
    began_s = time.monotonic()
    yield
    passed_s = time.monotonic() - began_s
    if bar is None:
        proof.figure(name, passed_s)
    else:
        proof.at_most(name, passed_s, bar)


def say(text):
    """Progress, beside the JSON."""
    print(text, file=sys.stderr, flush=True)


def switch_compose_on():
    """Let `docker compose` be found where only scripts/test knows of it."""
    from workshop import compose, engine  # noqa: PLC0415  # only two proofs need Docker

    if not engine.answers():
        sys.exit("No Docker engine answers: start one, or run scripts/test --install beside this.")
    if not compose.answers():
        sys.exit("There is no Docker Compose v2: scripts/test --install brings it.")


def scrape(url):
    """A metrics page, as deploy reads it."""
    with urllib.request.urlopen(url, timeout=5) as answer:
        return parse(answer.read().decode())


def percentile_of(before, after, histogram, share):
    """A percentile of what a histogram gained between two scrapes."""
    return quantile(share, before.buckets.get(histogram, {}), after.buckets[histogram])
