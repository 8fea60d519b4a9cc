"""The event loop that the server runs in."""

import asyncio
import selectors
import time
from collections.abc import Sized
from typing import Final

CROWD: Final = 32
"""Connections from which on input is gathered: with fewer, waking for each costs little."""

EARLY_S: Final = 0.003
"""What gathers last before a timer is read so long before it, and not in the timer's own time."""


class CoalescingSelector(selectors.DefaultSelector):
    """Lets the input of a crowd gather for a few milliseconds, and wakes once for all of it.

    Waking up costs more than reading does: of 400 players at 20 Hz a third of all work. Timers,
    so ticks, are never late by it, only input is. A handful of friends is heard at once.
    """

    def __init__(self, nap_s: float, lines: Sized) -> None:
        super().__init__()
        self._nap_s = nap_s
        self._lines = lines

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for input, as long as `timeout`; for ever if that is None."""
        if (timeout is None or timeout > 0) and len(self._lines) > CROWD:
            nap = self._nap_s
            if timeout is not None:
                nap = min(nap, timeout - EARLY_S if timeout > EARLY_S else timeout)
            time.sleep(nap)
            timeout = None if timeout is None else timeout - nap
        return super().select(timeout)


def event_loop(coalesce_ms: int, lines: Sized) -> asyncio.AbstractEventLoop:
    """The loop that the server runs in, on every system. It asks how many `lines` there are."""
    selector = CoalescingSelector(coalesce_ms / 1000, lines) if coalesce_ms else None
    return asyncio.SelectorEventLoop(selector)
