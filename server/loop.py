"""The event loop that the server runs in."""

import asyncio
import selectors
import time


class CoalescingSelector(selectors.DefaultSelector):
    """Lets input gather for a few milliseconds and wakes the loop once for all of it.

    Waking up costs more than reading does. Timers are never late by it, only input is.
    """

    def __init__(self, nap_s: float) -> None:
        super().__init__()
        self._nap_s = nap_s

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for input, as long as `timeout`; for ever if that is None."""
        if timeout is None or timeout > 0:
            nap = self._nap_s if timeout is None else min(self._nap_s, timeout)
            time.sleep(nap)
            timeout = None if timeout is None else timeout - nap
        return super().select(timeout)


def event_loop(coalesce_ms: int) -> asyncio.AbstractEventLoop:
    """The loop that the server runs in, on every system."""
    selector = CoalescingSelector(coalesce_ms / 1000) if coalesce_ms else None
    return asyncio.SelectorEventLoop(selector)
