"""What is judged by reading: style, types, who imports whom, shell scripts."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from workshop.places import ROOT, VENV
from workshop.report import Command

_MYPY_SCRIPTS = (
    *("--explicit-package-bases", "--cache-dir", ".mypy_cache/scripts"),
    "scripts/workshop",
)


def run() -> bool:
    """Run all checks side by side and print each verdict; True when all are content."""
    began_s = time.monotonic()
    started = [
        (
            name,
            subprocess.Popen(
                [str(word) for word in command],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env=os.environ | {"MYPYPATH": "scripts"},
            ),
        )
        for name, command in _checks()
    ]
    content = True
    for name, process in started:
        said, _ = process.communicate()
        content &= not process.returncode
        print(f"  {name}: {'ok' if not process.returncode else 'FAILED'}", flush=True)
        if process.returncode:
            print(said, flush=True)
    if not shutil.which("shellcheck"):
        content &= _without_shellcheck()
    print(f"  all read in {time.monotonic() - began_s:.1f} s", flush=True)
    return content


def shell_scripts() -> list[Path]:
    """Every committed file that a shell runs."""
    candidates = [*ROOT.glob("scripts/*"), *ROOT.glob(".ci/*")]
    return sorted(file for file in candidates if file.is_file() and b"bash" in _first_line(file))


def _checks() -> list[tuple[str, Command]]:
    tools = VENV / "bin"
    checks: list[tuple[str, Command]] = [
        ("mypy --strict", [tools / "mypy"]),
        ("mypy --strict scripts", [tools / "mypy", *_MYPY_SCRIPTS]),
        ("ruff check", [tools / "ruff", "check", "."]),
        ("ruff format", [tools / "ruff", "format", "--check", "."]),
        ("import rules", [tools / "lint-imports"]),
    ]
    if shellcheck := shutil.which("shellcheck"):
        checks.append(("shellcheck", [shellcheck, *shell_scripts()]))
    return checks


def _without_shellcheck() -> bool:
    print("  shellcheck: not here. Install it with: sudo apt-get install shellcheck", flush=True)
    return os.environ.get("CI") != "true"


def _first_line(file: Path) -> bytes:
    with file.open("rb") as content:
        return content.readline()
