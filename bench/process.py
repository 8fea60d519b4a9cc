"""A process from outside: where it runs, what it has used."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

_IDLE: Final = (3, 4)
"""Of a core's times in /proc/stat: nothing to do, and nothing but waiting for the disk."""
_HOST: Final = 8
"""The first eight are all of its time, what the machine below took among it; guests count twice."""


class Spent(NamedTuple):
    """What a process used of a core, in seconds."""

    cpu_s: float
    """All its threads."""
    others_s: float
    """The core itself, for whatever else: other programs, the kernel, the machine below."""

    def since(self, before: "Spent") -> "Spent":
        """What was added."""
        return Spent(self.cpu_s - before.cpu_s, self.others_s - before.others_s)


def spent(pid: int, core: int) -> Spent:
    """What a process that is bound to that core has used up to now.

    Its own time is exact. The core's is counted by the kernel's clock, 100 to 1000 times a second
    (proc_stat(5)), which is good to a hundredth over some seconds.
    """
    tasks = Path(f"/proc/{pid}/task").iterdir()
    cpu_s = sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    return Spent(cpu_s, _busy_s(core) - cpu_s)


def _busy_s(core: int) -> float:
    lines = Path("/proc/stat").read_text(encoding="ascii").splitlines()
    _, *counted = next(line.split() for line in lines if line.startswith(f"cpu{core} "))
    ticks = sum(int(n) for place, n in enumerate(counted[:_HOST]) if place not in _IDLE)
    return ticks / os.sysconf("SC_CLK_TCK")


def rss_kb(pid: int) -> float:
    """The memory that a process has taken for itself.

    Pages of program files are not in it: the first player's tick maps those of numpy once.
    """
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return float(status.partition("RssAnon:")[2].split()[0])


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """What is started in here runs on that core, with all its threads."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def end(process: subprocess.Popen[str]) -> None:
    """Ask a process to end, and see that it does."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
