"""The bars of a bad line over a true TCP path, through router, NAT and Caddy, in short.

`scripts/prove feel` does it for two minutes and prints the figures; on the virtual clock, without a
machine that may be busy, tests/client/test_feel.py holds the bars themselves.
"""

import pytest

from lab.bad_line import judged, played
from support import feel
from support.lab import Lab

SECONDS = 24  # at least two stalls


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    with Lab(ipv6=False, acme=False) as lab:
        return judged(*played(lab, tmp_path_factory.mktemp("line"), SECONDS))


def test_the_line_was_as_bad_as_it_should_be(figures):
    assert figures["round_trip_ms"] > 140
    assert figures["staleness_max_s"] > 0.5


def test_own_keys_show_at_once_and_nobody_jumps_back(figures):
    assert figures["keys_tried"] > 5
    assert figures["frames_from_key_to_movement"] <= 1
    assert figures["steps_judged"] > 100
    assert figures["longest_step_back_tiles"] <= feel.BACK_BAR
    assert figures["fastest_drawn_walks"] <= feel.LEAP_BAR
    assert figures["corrections_p95_px"] <= feel.CORRECTION_BAR_PX
    assert figures["disconnects"] == 0
