"""The figures of the netgraph, a few times a second."""

import pytest

from client.figures import Figures
from client.line_watch import LineWatch
from client.readout import EVERY_S, Readout
from client.verdict import MEASURING, WELL

HZ = 30


def test_rates_and_the_verdict_are_those_of_the_last_seconds():
    figures, watch = Figures(rtt_ms=40), LineWatch(HZ, 0.0, says_late=True)
    readout = Readout(figures)
    for tick in range(1, 20 * HZ):
        now = tick / HZ
        busy = tick > 10 * HZ
        watch.arrived(tick, now)
        figures.snapshots += 1
        figures.bytes_in += 600 if busy else 100
        figures.bytes_out += 20
        figures.skipped += busy and tick % 30 == 0
        watch.looked(now)
        readout.refresh(watch, now)
        if tick == HZ:
            assert figures.verdict == MEASURING
    assert figures.verdict == WELL
    assert figures.snapshots_per_s == pytest.approx(30, rel=0.01)
    assert figures.in_per_s == pytest.approx(18_000, rel=0.01)
    assert figures.out_per_s == pytest.approx(600, rel=0.01)
    assert figures.skipped_per_s == pytest.approx(1, abs=0.1)
    assert figures.ticks_per_s == pytest.approx(30, rel=0.01)
    assert figures.fps == pytest.approx(30, rel=0.01)
    assert figures.late_ms == 0


def test_between_two_refreshes_the_figures_stand_still():
    figures, watch = Figures(), LineWatch(HZ, 0.0, says_late=True)
    readout = Readout(figures)
    readout.refresh(watch, 3.0)
    watch.told_late(90, 3.1)
    readout.refresh(watch, 3.0 + EVERY_S * 0.9)
    assert figures.late_ms == 0
    readout.refresh(watch, 3.0 + EVERY_S)
    assert figures.late_ms == 90
