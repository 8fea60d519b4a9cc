import json
import subprocess
import sys

import pytest

from support.source import ROOT

PLAYERS = 12


@pytest.mark.slow
def test_a_crowd_plays_and_the_figures_are_told():
    """Not what it costs, which a busy machine decides: that everything is there, and true."""
    command = [sys.executable, "-m", "bench", "--players", str(PLAYERS), "--seconds", "4", "--json"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    told = json.loads(run.stdout)
    assert (run.returncode == 0) == (told["void"] == [])
    assert told["players"] == PLAYERS
    assert told["cpu_us_per_player_tick"] > 0
    assert 5 < told["bytes_per_snapshot"] < 60  # a STEP for those in view, no SNAP
    assert 0 < told["tick_ms"]["p50"] <= told["tick_ms"]["p99"]
    assert told["achieved_hz"] > 5
    assert told["visible"] > 1
    truth = told["truth"]
    assert truth["frames"] > 0
    assert (truth["missing"], truth["extra"], truth["wrong"]) == (0, 0, 0)
