"""Bots in a running home, what befalls the programs between them, and who is back when."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from deploy.clone import Clone
from deploy.embedded.programs import find_caddy

LOOK_S = 0.05
ALL_IN_S = 60
SETTINGS = {
    "LANTERNHOLD_SERVER_LOBBY_SECONDS": 1,
    "LANTERNHOLD_SERVER_ROUND_SECONDS": 3600,  # nobody is put elsewhere while we look
    "LANTERNHOLD_SERVER_MAX_PLAYERS": 80,
}


class Party:
    """`count` bots in a home that is up, from a process of their own; a context manager."""

    def __init__(self, home, up, *, count, seconds):
        self.home, self.count = home, count
        self._private = up["metrics"].removesuffix("/metrics")
        self._token = (Clone(home.folder).data / "admin.token").read_text().strip()
        words = ("-m", "client.bot", "--invite", up["invite"], "--count", str(count), "--json")
        self._bots = home.start(*words, "--seconds", str(seconds))
        self._seconds = seconds

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._bots.kill()
        self._bots.communicate()

    def report(self):
        """What the bots say when their time is over, or at once if it is not."""
        self._bots.send_signal(signal.SIGINT)
        out, err = self._bots.communicate(timeout=30)
        assert self._bots.returncode == 0, f"{out}\n{err}\n{self.home.logs()}"
        return json.loads(out)

    # ------------------------------------------------------------------ what the server knows

    def players(self):
        """The host's own list by eid, or None while no server answers."""
        request = urllib.request.Request(  # noqa: S310  # our own
            f"{self._private}/admin/players",
            data=b"{}",
            headers={"Authorization": f"Bearer {self._token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310  # our own
                return {one["eid"]: one for one in json.load(answer)["players"]}
        except OSError:
            return None

    def count_of(self, metric):
        """A figure of the server that runs now."""
        return count_of(f"{self._private}/metrics", metric)

    def are_in(self):
        """The players, once every bot has a line on which it answers; else None."""
        players = self.players() or {}
        here = [one for one in players.values() if not one["away"] and one["rtt_ms"] is not None]
        return players if len(here) >= self.count else None

    def all_in(self):
        """Wait for all; gives the players."""
        return until(self.are_in, ALL_IN_S, self.home.logs)

    def all_back_s(self, fault, *, is_new_server):
        """How long after `fault` every bot plays again on a new line."""
        epoch = self.count_of("lanternhold_epoch")
        before = 0 if is_new_server else self.count_of("lanternhold_resumes_total")
        began_s = time.monotonic()
        fault()

        def are_back():
            try:
                if (self.count_of("lanternhold_epoch") > epoch) is not is_new_server:
                    return False
                resumed = self.count_of("lanternhold_resumes_total") - before
            except OSError:
                return False
            return resumed >= self.count and self.are_in()

        until(are_back, ALL_IN_S, self.home.logs)
        return time.monotonic() - began_s


def count_of(url, metric):
    """One figure of a metrics page. OSError while no server answers."""
    with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # our own
        for line in answer.read().decode().splitlines():
            if line.startswith(f"{metric} "):
                return float(line.rpartition(" ")[2])
    raise KeyError(metric)


def until(is_so, timeout_s, why=lambda: ""):
    """Wait for other programs' deed; gives what `is_so` gave."""
    deadline_s = time.monotonic() + timeout_s
    while not (found := is_so()):
        assert time.monotonic() < deadline_s, why()
        time.sleep(LOOK_S)
    return found


def pid_of(home, name):
    """The process of one of the home's programs."""
    record = json.loads((home.folder / ".lanternhold" / "run" / "supervisor.json").read_text())
    return record["children"][name]["process"]["pid"]


def end(home, name, number=signal.SIGKILL):
    """Send a program a signal; its supervisor starts it again."""
    os.kill(pid_of(home, name), number)


def reload_caddy(home):
    """`caddy reload` as a host would do it, though nothing has changed."""
    given = Path(f"/proc/{pid_of(home, 'caddy')}/environ").read_bytes().decode().split("\0")
    environment = dict(line.split("=", 1) for line in given if "=" in line)
    words = ("reload", "--force", "--config", home.folder / "Caddyfile", "--adapter", "caddyfile")
    address = f"unix/{environment['LANTERNHOLD_CADDY_ADMIN']}"
    subprocess.run(
        [find_caddy(), *words, "--address", address],
        env=environment, check=True, capture_output=True, timeout=20,
    )  # fmt: skip
