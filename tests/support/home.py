"""A clone of the tree as it stands, running in embedded mode on ports of its own.

It borrows the tests' .venv, so nothing is installed; all else is as in a friend's clone.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from support.compose import clean_environment, free_port
from support.source import ROOT, present


class Home:
    """A clone in `folder`. Settings are given as in .env: LANTERNHOLD_... by name."""

    def __init__(self, folder, **settings):
        self.folder = folder
        self.lead = []  # words in front of every command: on another machine, say
        for file in present():
            if file.parts[0] != "tests":
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / file, folder / file)
        self._borrow_venv()
        ports = ("HTTPS_PORT", "HTTP_PORT", "SERVER_PORT", "SERVER_PRIVATE_PORT")
        standing = {f"LANTERNHOLD_{port}": free_port() for port in ports}
        standing["LANTERNHOLD_DEPLOY_ADDRESSES"] = "127.0.0.1"
        self.environment = clean_environment(PYTHONPATH=folder, **(standing | settings))

    def _borrow_venv(self):
        """A .venv that counts as installed: the launcher's mark, and the tests' programs."""
        venv = self.folder / ".venv"
        venv.mkdir()
        (venv / "bin").symlink_to(Path(sys.executable).parent)
        groups = {
            name: hashlib.sha256((ROOT / "requirements" / f"{name}.txt").read_bytes()).hexdigest()
            for name in ("client", "deploy", "embedded", "server")
        }
        mark = {"root": str(self.folder.resolve()), "groups": groups}
        (venv / "lanternhold.json").write_text(json.dumps(mark))

    def run(self, *words, timeout_s=60):
        """What `./lanternhold WORDS` prints; a failure carries what it said."""
        done = subprocess.run(
            [*self.lead, sys.executable, "-P", "-m", "deploy", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            raise AssertionError(f"./lanternhold {' '.join(words)}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self, *words):
        """A command that goes on beside the test: `client`, `client.bot`, as a process."""
        return subprocess.Popen(
            [*self.lead, sys.executable, *words],
            cwd=self.folder,
            env=self.environment | {"PYTHONPATH": f"{self.folder}:{ROOT / 'tests'}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def logs(self):
        """All that its programs wrote, for a failed test to show."""
        files = sorted((self.folder / ".lanternhold" / "logs").glob("*"))
        return "\n".join(f"--- {file.name}\n{file.read_text()[-4000:]}" for file in files)


@contextmanager
def at_home(folder, **settings):
    """A running home and what `up --json` said; it is down afterwards, whatever happens."""
    home = Home(folder, **settings)
    up = home.run("up", "--detach", "--json", "--mode", "embedded")
    try:
        yield home, json.loads(up)
    finally:
        home.run("down")
