import asyncio

import pytest

from server.clock import Clock
from server.ticker import CATCH_UP_TICKS, Schedule, Ticker
from support.clock import FakeClock

HZ = 30


class Heart:
    """A ticker on a fake clock; notes what it does."""

    def __init__(self, cost_s=0.0):
        self.source = FakeClock()
        self.clock = Clock(self.source)
        self.cost_s = cost_s
        self.ticks = []  # (due, begun)
        self.lost = []
        self.ticker = Ticker(HZ, self.clock, self._tick, self.lost.append, self._sleep)

    def _tick(self, due):
        self.ticks.append((due, self.clock.now()))
        self.source.advance(self.cost_s)

    async def _sleep(self, seconds):
        self.source.advance(seconds)
        if len(self.ticks) >= 100:
            raise asyncio.CancelledError


async def run(heart):
    with pytest.raises(asyncio.CancelledError):
        await heart.ticker.run()


async def test_ticks_come_at_absolute_deadlines():
    heart = Heart(cost_s=0.01)
    start = heart.clock.now()
    await run(heart)
    for number, (due, begun) in enumerate(heart.ticks, 1):
        assert due == pytest.approx(start + number / HZ, abs=1e-9)
        assert begun == pytest.approx(due, abs=1e-9)
    assert heart.lost == []


async def test_a_short_delay_is_made_up_for():
    heart = Heart()
    heart.source.advance(4 / HZ)
    await run(heart)
    assert heart.lost == []
    assert heart.ticks[3][1] - heart.ticks[0][1] == 0  # four at once, then on time again
    assert heart.ticks[10][0] == pytest.approx(heart.ticks[10][1], abs=1e-9)


async def test_after_a_pause_no_tick_is_made_up_for_and_next_to_no_time_has_passed():
    heart = Heart()
    heart.ticker.beat()
    before = heart.clock.now()
    heart.source.advance(60.0)
    heart.ticker.beat()
    assert len(heart.ticks) == 1
    assert heart.lost == [pytest.approx(60.0 - 1 / HZ)]
    assert heart.clock.now() - before <= (CATCH_UP_TICKS + 1) / HZ + 1e-6
    heart.ticker.beat()
    assert len(heart.ticks) == 1  # the next one is not due


def test_what_is_read_after_a_pause_and_before_the_tick_is_not_stamped_ahead():
    """Else a bucket, an acknowledgement, a silence would stand still until the clock is there."""
    heart = Heart()
    heart.source.advance(1 / HZ)
    heart.ticker.beat()
    before = heart.clock.now()
    heart.source.advance(3600.0)
    read = heart.clock.now()
    assert read - before <= (CATCH_UP_TICKS + 1) / HZ + 1e-6
    heart.ticker.beat()
    assert heart.clock.now() >= read
    assert heart.lost == [pytest.approx(3600.0 - 1 / HZ)]
    assert len(heart.ticks) == 2
    heart.ticker.beat()
    assert len(heart.ticks) == 2  # none is made up for


async def test_a_machine_that_is_too_slow_loses_time_and_does_not_spiral():
    heart = Heart(cost_s=2 / HZ)
    await run(heart)
    assert sum(heart.lost) > 0
    assert all(begun - due <= (CATCH_UP_TICKS + 1) / HZ for due, begun in heart.ticks)


def test_waking_early_does_nothing():
    heart = Heart()
    heart.ticker.beat()
    assert heart.ticks == []


def test_deadlines_do_not_drift():
    schedule = Schedule(HZ, 0.0)
    for _ in range(10 * HZ * 3600):
        schedule.advance()
    assert schedule.due == pytest.approx(36_000 + 1 / HZ, abs=1e-6)
