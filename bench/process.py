"""A process from outside: where it runs, what it has used."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


class Spent(NamedTuple):
    """What the kernel counts of all threads of a process, in seconds."""

    cpu_s: float
    waited_s: float
    """Ready to run, while something else had the core."""

    def since(self, before: "Spent") -> "Spent":
        """What was added."""
        return Spent(self.cpu_s - before.cpu_s, self.waited_s - before.waited_s)


def spent(pid: int) -> Spent:
    """What a process has used up to now."""
    cpu_ns = waited_ns = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        on_cpu, in_queue, _ = (task / "schedstat").read_text().split()
        cpu_ns += int(on_cpu)
        waited_ns += int(in_queue)
    return Spent(cpu_ns / 1e9, waited_ns / 1e9)


def rss_kb(pid: int) -> float:
    """The memory that a process has in use."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


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
