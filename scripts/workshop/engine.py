"""The Docker engine: the one that runs, or one started by hand and stopped by whoever used it last.

Users of an engine of ours hold a shared lock on it; whoever can make that lock exclusive is the
last one. The kernel drops a killed process's lock, so nothing is ever left locked.
"""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workshop.places import STATE
from workshop.report import SetUpError, quiet, step

_LOG = STATE / "dockerd.log"
_OURS = STATE / "dockerd.pid"
_LOCK = STATE / "dockerd.lock"
_PID_FILE = Path("/var/run/docker.pid")
_CONTAINERD = Path("/var/run/docker/containerd/containerd.pid")
_START_TIMEOUT_S = 40
_STOP_TIMEOUT_S = 20


def answers() -> bool:
    """Whether a Docker engine answers."""
    return quiet(["docker", "version", "--format", "{{.Server.Version}}"]) is not None


@contextmanager
def running() -> Iterator[None]:
    """An engine for the time of the block; only one that we started is stopped after it."""
    STATE.mkdir(parents=True, exist_ok=True)
    with _LOCK.open("w") as lock:
        if not answers():
            fcntl.flock(lock, fcntl.LOCK_EX)  # of two who find none, one starts it
            if not answers():
                with step("starting the Docker engine"):
                    _start()
        fcntl.flock(lock, fcntl.LOCK_SH)
        try:
            yield
        finally:
            if _is_last_user(lock.fileno()):
                _stop()


def _start() -> None:
    if os.geteuid():
        raise SetUpError("No Docker engine answers. Start it with: sudo systemctl start docker")
    _forget_the_dead()
    with _LOG.open("w") as log:
        dockerd = subprocess.Popen(
            ["dockerd"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    give_up_s = time.monotonic() + _START_TIMEOUT_S
    while not answers():
        if dockerd.poll() is not None or time.monotonic() > give_up_s:
            tail = "\n    ".join(_LOG.read_text(errors="replace").splitlines()[-15:])
            raise SetUpError(f"dockerd did not start:\n    {tail}\n  All of it: {_LOG}")
        time.sleep(0.2)
    _OURS.write_text(str(dockerd.pid))


def _stop() -> None:
    pid = _number_in(_OURS)
    _OURS.unlink(missing_ok=True)
    if not _is_running("dockerd", pid):
        return
    os.kill(pid, signal.SIGTERM)
    give_up_s = time.monotonic() + _STOP_TIMEOUT_S
    while _is_running("dockerd", pid) and time.monotonic() < give_up_s:
        time.sleep(0.1)


def _is_last_user(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _forget_the_dead() -> None:
    """Remove what a killed engine left: dockerd believes a pid file, even one of a zombie."""
    if not _is_running("dockerd", _number_in(_PID_FILE)):
        _PID_FILE.unlink(missing_ok=True)
    if not _is_running("containerd", _number_in(_CONTAINERD)):
        for left in _CONTAINERD.parent.glob("containerd.*"):
            if left.suffix in {".pid", ".sock", ".ttrpc"}:
                left.unlink()


def _is_running(name: str, pid: int) -> bool:
    """Whether `pid` is a live process of that program; a zombie has no executable to name."""
    try:
        return Path(f"/proc/{pid}/exe").readlink().name == name
    except OSError:
        return False


def _number_in(file: Path) -> int:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return 0
