"""The heartbeat: ticks at absolute deadlines."""

import asyncio
from collections.abc import Awaitable, Callable
from math import inf
from typing import Final

from server.clock import Clock

CATCH_UP_TICKS: Final = 5
"""Later than this many ticks, the time is given up: catching up would make us later still."""


class Schedule:
    """When the ticks are due. Deadlines are counted from the start, so errors do not add up."""

    def __init__(self, tick_hz: int, now: float) -> None:
        self._tick_hz = tick_hz
        self._start = now
        self._count = 1

    @property
    def due(self) -> float:
        """The moment of the next tick."""
        return self._start + self._count / self._tick_hz

    @property
    def latest(self) -> float:
        """When it is too late to make up for."""
        return self.due + CATCH_UP_TICKS / self._tick_hz

    def give_up(self, now: float) -> float:
        """The next tick is due now; returns by how many seconds it would have been late."""
        late_s = now - self.due
        self._start += late_s
        return late_s

    def advance(self) -> None:
        """The tick that was due is done."""
        self._count += 1


class Ticker:
    """Calls `tick(due)` once per tick until it is cancelled; `lost(seconds)` when time is given up.

    `due` is the moment the tick should have begun, on the server's clock.
    """

    def __init__(
        self,
        tick_hz: int,
        clock: Clock,
        tick: Callable[[float], None],
        lost: Callable[[float], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._schedule = Schedule(tick_hz, clock.now())
        self._clock = clock
        self._tick = tick
        self._lost = lost
        self._sleep = sleep
        self._lost_s = clock.lost_s
        clock.stop_at(self._schedule.latest)

    async def run(self) -> None:
        """Tick for ever."""
        try:
            while True:
                # Even when late the loop gets a turn, so that what players sent is read in between.
                await self._sleep(max(0.0, self._schedule.due - self._clock.now()))
                self.beat()
        finally:
            self._clock.stop_at(inf)

    def beat(self) -> None:
        """Make one tick, late or not; does nothing when woken too early."""
        now = self._clock.now()
        if now < self._schedule.due:
            return
        if self._clock.lost_s > self._lost_s:
            gap = self._clock.lost_s - self._lost_s + self._schedule.give_up(now)
            self._lost_s = self._clock.lost_s
            self._lost(gap)
        due = self._schedule.due
        self._schedule.advance()
        self._clock.stop_at(inf)  # however long a tick takes, all of it counts
        self._tick(due)
        self._clock.stop_at(self._schedule.latest)
