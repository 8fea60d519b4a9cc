"""What the kernel tells of a process and of its core."""

import os
import subprocess
import time

import pytest

from bench.process import on_core, spent

BURNT_S = 0.4
TICK_S = 0.05  # the kernel counts a core's time by its clock


@pytest.fixture
def core():
    return min(os.sched_getaffinity(0))


def burn():
    end = time.thread_time() + BURNT_S
    while time.thread_time() < end:
        pass


def test_what_a_process_uses_of_its_core_is_its_own(core):
    with on_core(core):
        before = spent(os.getpid(), core)
        burn()
        used = spent(os.getpid(), core).since(before)
    assert used.cpu_s >= BURNT_S


def test_what_runs_beside_it_on_that_core_is_others(core):
    with subprocess.Popen(["/bin/sleep", "60"]) as idle, on_core(core):
        before = spent(idle.pid, core)
        burn()
        used = spent(idle.pid, core).since(before)
        idle.kill()
    assert used.cpu_s < TICK_S
    assert used.others_s >= BURNT_S - 2 * TICK_S
