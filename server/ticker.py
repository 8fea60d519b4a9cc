"""The heartbeat: ticks at absolute deadlines."""

import asyncio
from collections.abc import Awaitable, Callable
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

    def overdue(self, now: float) -> float:
        """Seconds to give up before the next tick: 0 unless it is later than can be made up for."""
        late = now - self.due
        return late if late * self._tick_hz > CATCH_UP_TICKS else 0.0

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

    async def run(self) -> None:
        """Tick for ever."""
        while True:
            # Even when late the loop gets a turn, so that what players sent is read in between.
            await self._sleep(max(0.0, self._schedule.due - self._clock.now()))
            self.beat()

    def beat(self) -> None:
        """Make one tick, late or not; does nothing when woken too early."""
        now = self._clock.now()
        if now < self._schedule.due:
            return
        if gap := self._schedule.overdue(now):
            self._clock.lose(gap)
            self._lost(gap)
        due = self._schedule.due
        self._schedule.advance()
        self._tick(due)
