"""The lab's long-running programs: each has a key, a log, and an end."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from support.lab.plan import Host
from support.lab.spaces import LabError, Spaces


class Daemons:
    """Programs started on the lab's hosts by this process."""

    def __init__(self, spaces: Spaces, logs: Path) -> None:
        self._spaces = spaces
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self,
        key: str,
        host: Host,
        argv: Sequence[object],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a program; `env` is added to this process's environment."""
        self._logs.mkdir(parents=True, exist_ok=True)
        with (self._logs / f"{key}.log").open("ab") as log:
            process = subprocess.Popen(
                self._spaces.command(host, argv),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=os.environ | (env or {}),
                cwd=cwd,
            )
        self._running[key] = process
        return process

    def is_running(self, key: str) -> bool:
        """Whether that program was started and has not ended."""
        process = self._running.get(key)
        return process is not None and process.poll() is None

    def stop(self, key: str, number: int = signal.SIGTERM, timeout_s: float = 5) -> None:
        """End a program, which need not run; who does not heed the signal is killed."""
        process = self._running.pop(key, None)
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def wait_tcp(self, key: str, host: Host, address: str, port: int) -> None:
        """Wait until the program takes connections; `host` is who asks."""
        try:
            self._spaces.wait_tcp(host, address, port)
        except LabError as error:
            raise LabError(f"{key}: {error}\n{self.log(key)}") from error

    def log(self, key: str) -> str:
        """All that a program has written."""
        try:
            return (self._logs / f"{key}.log").read_text(errors="replace")
        except FileNotFoundError:
            return ""

    def reap(self) -> None:
        """Take leave of all programs, which have been ended."""
        for process in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.wait()
        self._running.clear()
