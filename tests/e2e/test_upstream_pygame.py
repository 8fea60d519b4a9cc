"""The client draws on upstream pygame too (docs/decisions/001-pygame-ce.md)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.source import ROOT

pytestmark = pytest.mark.slow

UPSTREAM = Path(sys.prefix) / "upstream-pygame"
THE_TEST = "tests/client/window/test_upstream.py"

if sys.version_info < (3, 14):  # for newer ones upstream has no wheel

    def test_a_frame_is_drawn_on_upstream_pygame():
        """In a process of its own, where `pygame` is the other one."""
        if not (UPSTREAM / "pygame").exists():
            pytest.skip("there is no upstream pygame: scripts/test --install brings it")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", THE_TEST]
        environment = os.environ | {"PYTHONPATH": str(UPSTREAM), "CI": "true"}
        done = subprocess.run(
            [*command, "-W", "ignore::UserWarning", "-W", "ignore::DeprecationWarning"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "1 passed" in done.stdout
