"""How the workshop talks: one line a step, with its time; the details go to a log."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from workshop.places import LOG

Command = Sequence[str | Path]


class SetUpError(Exception):
    """The set-up cannot go on; the text says what, why and what to do."""


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say that `what` begins, and how long it took."""
    began_s = time.monotonic()
    print(f"  {what} ...", flush=True)
    yield
    print(f"  {what}: {time.monotonic() - began_s:.1f} s", flush=True)


def run(
    command: Command,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    remedy: str = "",
) -> None:
    """Run a command with its output in the log; on a terminal its last line is shown meanwhile.

    Raises SetUpError, with the end of what the command said, when it fails.
    """
    words = [str(word) for word in command]
    LOG.parent.mkdir(parents=True, exist_ok=True)
    said: list[str] = []
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(words)}\n")
        with subprocess.Popen(
            words,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            for line in process.stdout or ():
                log.write(line)
                said.append(line.rstrip())
                _show(said[-1])
    _show("")
    if process.returncode:
        tail = "\n    ".join(said[-15:])
        raise SetUpError(
            f"`{' '.join(words)}` failed:\n    {tail}\n  {remedy or f'All of it: {LOG}'}"
        )


def quiet(command: Command, *, timeout_s: float = 60) -> str | None:
    """What a command prints, or None when it fails, is not there or takes too long."""
    try:
        return subprocess.run(
            [str(word) for word in command],
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=True,
            stdin=subprocess.DEVNULL,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None


def _show(line: str) -> None:
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 6
        print(f"\r\x1b[K    {line[:width]}" if line else "\r\x1b[K", end="", flush=True)
