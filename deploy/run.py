"""The one place that starts other programs: argument lists, timeouts, never a shell.

Secrets travel by stdin, by a file or by the environment: every user of a computer can read the
arguments of its processes.
"""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from deploy import system

PREFIX = "LANTERNHOLD_"  # of all our keys
NOT_FOUND = 127  # the shell's own exit code for it
TIMED_OUT = 124  # that of timeout(1)
KEPT_LINES = 2000  # of a program that is followed: it may speak all evening


Started = subprocess.Popen[bytes]
"""A running program, its output in a pipe."""


@dataclass(frozen=True)
class Result:
    """How a program ended: exit code, and what it said as text."""

    code: int
    out: str
    err: str

    @property
    def is_good(self) -> bool:
        """Whether the program ended with exit code 0."""
        return self.code == 0

    @property
    def last_words(self) -> str:
        """The last line that was said, errors first: usually the reason."""
        lines = [line for text in (self.out, self.err) for line in text.splitlines()]
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


class Runner(Protocol):
    """Runs a program to its end. `run` is the real one; tests pass a table of answers."""

    def __call__(
        self,
        argv: Sequence[str],
        *,
        timeout_s: float,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Result:
        """Run `argv`; `env` is added to the environment. Never raises for a failing program."""
        ...


def run(
    argv: Sequence[str],
    *,
    timeout_s: float,
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Result:
    """Run a program to its end and keep what it says."""
    try:
        done = subprocess.run(
            list(argv),
            input=stdin if stdin is not None else b"",
            capture_output=True,
            timeout=timeout_s,
            env=_environment(env),
            cwd=cwd,
            check=False,
        )
    except FileNotFoundError:
        return Result(NOT_FOUND, "", f"{argv[0]}: not found")
    except PermissionError:
        return Result(NOT_FOUND, "", f"{argv[0]}: may not be run")
    except subprocess.TimeoutExpired:
        return Result(TIMED_OUT, "", f"{argv[0]}: no answer within {timeout_s:.0f} s")
    return Result(done.returncode, _text(done.stdout), _text(done.stderr))


def pipe(
    argv: Sequence[str],
    *,
    timeout_s: float,
    source: BinaryIO | None = None,
    target: BinaryIO | None = None,
    cwd: Path | None = None,
) -> Result:
    """Run a program between two files: for archives, which need not fit into memory."""
    try:
        done = subprocess.run(
            list(argv),
            stdin=source or subprocess.DEVNULL,
            stdout=target or subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=timeout_s,
            cwd=cwd,
            check=False,
        )
    except FileNotFoundError:
        return Result(NOT_FOUND, "", f"{argv[0]}: not found")
    except PermissionError:
        return Result(NOT_FOUND, "", f"{argv[0]}: may not be run")
    except subprocess.TimeoutExpired:
        return Result(TIMED_OUT, "", f"{argv[0]}: no answer within {timeout_s:.0f} s")
    return Result(done.returncode, _text(done.stdout or b""), _text(done.stderr))


def follow(
    argv: Sequence[str],
    on_line: Callable[[str], None],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Result:
    """Run a program and hand over each line as it comes, its errors among them.

    There is no timeout: what is followed shows its progress, and Ctrl-C ends it.
    """
    try:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=_environment(env),
            cwd=cwd,
        )
    except FileNotFoundError:
        return Result(NOT_FOUND, "", f"{argv[0]}: not found")
    said: deque[str] = deque(maxlen=KEPT_LINES)
    with _ended(process):
        for line in process.stdout or ():
            said.append(line)
            on_line(line.rstrip("\n"))
        process.wait()
    return Result(process.returncode, "".join(said), "")


def attach(
    argv: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> int:
    """Run a program in this terminal until it ends; Ctrl-C is the program's to answer."""
    try:
        process = subprocess.Popen(list(argv), env=_environment(env), cwd=cwd)
    except FileNotFoundError:
        return NOT_FOUND
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def start(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    gives_way: bool = False,
) -> Started:
    """Start a supervised child, its output in one pipe, out of reach of this terminal's Ctrl-C.

    Of our own keys it gets those in `env` and no others: none of another program's secrets.
    One that `gives_way` leaves the processor to those that do not.

    Raises:
        OSError: the program cannot be started.
    """
    process = subprocess.Popen(
        system.dying_with_parent(system.giving_way(argv) if gives_way else argv),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**_foreign(), **env},
        cwd=cwd,
        **system.apart(),
    )
    if gives_way:
        system.let_group_give_way(process.pid)
    return process


def detach(
    argv: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> int:
    """Start a program that outlives this one and its terminal; its words go to `log`.

    Returns:
        The process id.
    """
    with log.open("ab") as words:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            env=_environment(env),
            cwd=cwd,
            **system.detached(),
        )
    process.returncode = 0  # not ours to wait for: it outlives us on purpose
    return process.pid


def become(argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> int:
    """Turn into another program; where the system cannot, run it and give its exit code."""
    if system.CAN_EXEC:
        sys.stdout.flush()
        sys.stderr.flush()
        os.execvpe(argv[0], list(argv), _environment(env))  # noqa: S606  # no shell is the point
    return attach(argv, env=env)


def _environment(extra: Mapping[str, str] | None) -> dict[str, str]:
    return {**os.environ, **(extra or {})}


def _foreign() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}


def _text(said: bytes) -> str:
    return said.decode("utf-8", "replace")


@contextmanager
def _ended(process: "subprocess.Popen[str]") -> Iterator[None]:
    """Whatever happens to us, the program that we follow does not go on alone."""
    try:
        yield
    finally:
        if process.stdout:
            process.stdout.close()
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=10)
