"""The .venv: every locked requirement by its hash, and the project itself, editable."""

import hashlib
import subprocess
import sys

from workshop import packages
from workshop.places import REQUIREMENTS, ROOT, VENV, VENV_PYTHON
from workshop.report import Command, SetUpError, run, step

UPSTREAM = VENV / "upstream-pygame"
_STAMP = VENV / "dev-installed"


def is_ready() -> bool:
    """Whether .venv holds what the lock says."""
    return VENV_PYTHON.exists() and _STAMP.is_file() and _STAMP.read_text() == _wanted()


def make() -> None:
    """Make .venv, or bring it up to the lock."""
    if is_ready():
        return
    if not VENV_PYTHON.exists() or _was_moved():
        with step("making .venv"):
            _create()
    pip: Command = [
        VENV_PYTHON,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-input",
        "install",
    ]
    lock = REQUIREMENTS / "dev.txt"
    with step("installing what requirements/dev.txt locks"):
        # --no-deps: the lock is complete, and a resolving pip refuses it as soon as a package that
        # another one asks for with an extra has a newer release.
        run([*pip, "--require-hashes", "--no-deps", "--requirement", lock])
        run([*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT])
    with step("installing upstream pygame beside it, for one test"):
        other: Command = ["--target", UPSTREAM, "--upgrade", "--require-hashes", "--no-deps"]
        run([*pip, *other, "--requirement", REQUIREMENTS / "upstream.txt"])
    _STAMP.write_text(_wanted())


def _create() -> None:
    make_venv: Command = [sys.executable, "-m", "venv", "--clear", VENV]
    try:
        run(make_venv)
    except SetUpError:  # Debian keeps ensurepip in a package of its own
        if _has_ensurepip():
            raise
        packages.install([f"python3.{sys.version_info.minor}-venv"])
        run(make_venv)


def _was_moved() -> bool:
    """Whether the clone stood elsewhere when .venv was made: its programs name that place."""
    return _STAMP.is_file() and not _STAMP.read_text().startswith(f"{ROOT}\n")


def _has_ensurepip() -> bool:
    probe = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _wanted() -> str:
    files = (*sorted(REQUIREMENTS.glob("*.txt")), ROOT / "pyproject.toml")
    content = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return f"{ROOT}\n{content}\n"
