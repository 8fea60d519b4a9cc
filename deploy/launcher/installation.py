"""The virtual environment of a clone and the locked requirements in it."""

import hashlib
import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from deploy import run, system
from deploy.clone import Clone
from deploy.launcher.progress import Progress
from deploy.problem import Problem

WAIT_S = 600.0  # another launcher may be installing
WHAT = {
    "deploy": "the commands need",
    "client": "the game needs",
    "embedded": "the server and the commands need",
    "server": "the server needs",
}
CONTAINED = {"embedded": ("deploy", "server")}  # what a group holds whole


class Installation:
    """A clone's .venv. `ensure` is cheap when nothing is to be done: one small file is read.

    The marker in .venv names each installed group with the hash of its lock. It is written last, so
    an installation that was interrupted has no mark and is simply done again.
    """

    def __init__(self, clone: Clone, python: str = sys.executable) -> None:
        self._clone = clone
        self._python = python
        self._marker = clone.venv / "lanternhold.json"

    @property
    def is_running(self) -> bool:
        """Whether this very Python is the clone's own; no other is ours to install into."""
        return Path(sys.prefix) == self._clone.venv

    def ensure(self, group: str) -> None:
        """See to it that a group of requirements is installed as its lock says.

        Raises:
            Problem: with what to do next.
        """
        if self.has(group):
            return
        try:
            self._clone.state.mkdir(mode=0o700, exist_ok=True)
            self._install_alone(group)
        except PermissionError as problem:
            raise Problem(
                f"This folder cannot be written to: {problem.filename}.",
                f"clone into a folder of your own, or: sudo chown -R $USER {self._clone.root}",
            ) from problem
        except OSError as problem:
            raise Problem(
                f"Installing into {self._clone.venv} failed: {problem.strerror}.",
                "make room on the disk, then run the same command again",
            ) from problem

    def has(self, group: str) -> bool:
        """Whether a group is installed as its lock says."""
        mark = self._mark()
        if mark.get("root") != str(self._clone.root):  # the clone was moved: its paths are wrong
            return False
        if not system.venv_program(self._clone.venv, "python").exists():
            return False
        return bool(mark.get("groups", {}).get(group) == self._fingerprint(group))

    def _mark(self) -> dict[str, Any]:
        try:
            mark = json.loads(self._marker.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return mark if isinstance(mark, dict) else {}

    def _lock(self, group: str) -> Path:
        return self._clone.requirements / f"{group}.txt"

    def _fingerprint(self, group: str) -> str:
        try:
            return hashlib.sha256(self._lock(group).read_bytes()).hexdigest()
        except OSError:
            raise Problem(
                f"The clone is not whole: requirements/{group}.txt is missing.",
                "git checkout -- requirements",
            ) from None

    def _install_alone(self, group: str) -> None:
        """Install while no other launcher does; what the other installed is taken."""
        deadline = time.monotonic() + WAIT_S
        while True:
            with system.exclusive(self._clone.run / "install.lock") as is_ours:
                if is_ours:
                    if not self.has(group):
                        self._install(group)
                    return
            if time.monotonic() > deadline:
                raise Problem(
                    "Another ./lanternhold has been installing for ten minutes.",
                    "end it, then run the same command again",
                )
            time.sleep(0.2)

    def _install(self, group: str) -> None:
        fingerprint = self._fingerprint(group)
        total = _count(self._lock(group))
        title = f"Installing what {WHAT.get(group, group)} ({total} packages)"
        with Progress(title, total + 2) as progress:
            self._make_venv(progress)
            self._run_pip(group, progress)
        mark = self._mark()
        groups = mark.get("groups", {}) if mark.get("root") == str(self._clone.root) else {}
        for name in (group, *CONTAINED.get(group, ())):
            groups[name] = fingerprint if name == group else self._fingerprint(name)
        _write(self._marker, {"root": str(self._clone.root), "groups": groups})

    def _make_venv(self, progress: Progress) -> None:
        """Make .venv if there is none that works. A developer's own is used as it is."""
        progress.step("Python environment")
        python = system.venv_program(self._clone.venv, "python")
        if self._works(python):
            self._show_clone()
            return
        if (
            self._clone.venv.exists()
            and not self._sign.exists()
            and any(self._clone.venv.iterdir())
        ):
            raise Problem(
                f"{self._clone.venv} does not work, and ./lanternhold did not make it.",
                f"move it away: mv {self._clone.venv} {self._clone.venv}.old",
            )
        shutil.rmtree(self._clone.venv, ignore_errors=True)
        self._clone.venv.mkdir()
        self._sign.touch()
        made = run.run([self._python, "-m", "venv", str(self._clone.venv)], timeout_s=300)
        if not made.is_good:
            raise Problem(
                f"Python could not make a virtual environment: {made.last_words}",
                system.how_to_get_venv(),
            )
        self._show_clone()

    @property
    def _sign(self) -> Path:
        """The sign that this .venv is ours to make anew."""
        return self._clone.venv / "made-by-lanternhold"

    def _show_clone(self) -> None:
        """Let .venv see the clone's packages, as an editable installation would."""
        path_file = system.site_packages(self._clone.venv) / "lanternhold.pth"
        path_file.write_text(f"{self._clone.root}\n", encoding="utf-8")

    def _works(self, python: Path) -> bool:
        if self._mark().get("root", str(self._clone.root)) != str(self._clone.root):
            return False  # the clone was moved, and the paths in its programs were not
        if not python.exists():
            return False
        return run.run([str(python), "-m", "pip", "--version"], timeout_s=60).is_good

    def _run_pip(self, group: str, progress: Progress) -> None:
        def on_line(line: str) -> None:
            words = line.split()
            if words[:1] in (["Collecting"], ["Processing"]):
                progress.step(_package(words[1]))
            elif line.startswith("Installing collected"):
                progress.say("unpacking")

        python = system.venv_program(self._clone.venv, "python")
        done = run.follow(
            [
                # The lock is complete. Left to resolve, pip takes the newest of whatever a package
                # asks for with an extra ("coverage[toml]"), and then refuses it for having no hash.
                *(str(python), "-m", "pip", "install", "--require-hashes", "--no-deps"),
                "--no-input",
                *("--disable-pip-version-check", "--progress-bar", "off", "--no-compile"),
                *("-r", str(self._lock(group))),
            ],
            on_line,
        )
        if not done.is_good:
            raise Problem(_why(done.out), "the same command again: it goes on where it stopped")


def _count(lock: Path) -> int:
    """How many packages a lock names; those of other systems are few, and the bar ends anyway."""
    return sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())


def _package(word: str) -> str:
    """The name of a package from "name==1.0", a path or an address of its file."""
    return word.rpartition("/")[2].partition("==")[0].split("-")[0].replace("_", "-")


def _why(said: str) -> str:
    errors = [line for line in said.splitlines() if line.startswith("ERROR:")]
    text = (errors or said.splitlines() or ["no word"])[0].removeprefix("ERROR:").strip()
    if "HASHES" in said:
        return f"A downloaded package is not the one that was locked, so it was refused: {text}"
    if any(word in said for word in ("NewConnectionError", "NameResolution", "timed out")):
        return "The packages could not be downloaded: there is no way to the internet."
    return f"The requirements could not be installed: {text}"


def _write(path: Path, value: dict[str, Any]) -> None:
    fresh = path.with_suffix(f".{os.getpid()}.new")
    fresh.write_text(json.dumps(value), encoding="utf-8")
    fresh.replace(path)
