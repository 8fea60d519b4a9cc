"""Ctrl-C at the question, in a process of its own."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import system

TESTS = Path(__file__).parents[2]


@pytest.mark.skipif(not system.IS_LINUX, reason="Linux has these firewalls")
def test_ctrl_c_takes_it_back_at_once(tmp_path):
    asking = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("interrupted.py"), tmp_path],
        env={"PYTHONPATH": f"{TESTS}:{TESTS.parent}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with asking:
        try:
            assert "Press Enter within 600 s" in asking.stderr.readline()
            asking.send_signal(signal.SIGINT)
            said, complaint = asking.communicate(timeout=20)
        finally:
            asking.kill()
    assert said == "finished back back\n", complaint
    assert complaint.rstrip().endswith("KeyboardInterrupt")
