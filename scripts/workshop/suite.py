"""The tests: what they need on this machine, and pytest over all of them."""

import os
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack

from workshop import checks, compose, engine, environment, images, packages
from workshop.places import ROOT, VENV_PYTHON
from workshop.report import SetUpError, step

_INSTALL = "scripts/test --install (as root, on Debian) brings all of it."


def run(arguments: Sequence[str], *, install: bool) -> int:
    """Make the machine ready as far as it may, run all tests; returns an exit code.

    `arguments` go to pytest; where they name tests, only those run, without the static checks.
    """
    with ExitStack() as stack:
        if install:
            _install(stack)
        else:
            _look(stack)
        content = _has_selection(arguments) or _read()
        code = _pytest(arguments)
    return code or (0 if content else 1)


def _install(stack: ExitStack) -> None:
    print("Making this machine ready for the tests", flush=True)
    if lacking := packages.missing():
        with step(f"installing Debian's {', '.join(lacking)}"):
            packages.install(lacking)
    environment.make()
    stack.enter_context(engine.running())
    compose.install()
    images.bring()


def _look(stack: ExitStack) -> None:
    """Use what is here, and say what is missing before the tests that need it are skipped."""
    if not VENV_PYTHON.exists():
        raise SetUpError(f"There is no .venv. {_INSTALL}")
    if not environment.is_ready():
        print("  .venv is not what requirements/dev.txt and pyproject.toml say.", _INSTALL)
    if not engine.answers():
        print("  no Docker engine answers, so the stack tests are skipped.", _INSTALL)
    elif not compose.answers():
        print("  no Docker Compose v2, so the stack tests are skipped.", _INSTALL)
    else:
        stack.enter_context(engine.running())


def _read() -> bool:
    print("Static checks", flush=True)
    return checks.run()


def _pytest(arguments: Sequence[str]) -> int:
    print("Tests", flush=True)
    parallel = [] if _has_selection(arguments) else ["-n", _workers(), "--dist", "loadgroup"]
    command = [str(VENV_PYTHON), "-m", "pytest", "-q", *parallel, *arguments]
    return subprocess.run(command, cwd=ROOT, check=False, env=_environment()).returncode


def _workers() -> str:
    """At least two: the tests that start whole programs keep one of them busy by waiting."""
    return str(max(2, os.cpu_count() or 2))


def _environment() -> dict[str, str]:
    """No screen and no sound: a test that opens a window draws it in memory."""
    return os.environ | {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}


def _has_selection(arguments: Sequence[str]) -> bool:
    return any((ROOT / word.partition("::")[0]).exists() for word in arguments)
