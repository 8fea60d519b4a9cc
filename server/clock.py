"""The server's own time."""

import time
from collections.abc import Callable
from math import inf


class Clock:
    """Monotonic seconds that leave out the time in which this process was not running.

    Every deadline of the server is measured on it. After the machine slept for an hour nobody is
    late: not the players, who could not be heard, and not the ticks, which are not made up for.
    """

    def __init__(self, source: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._latest = inf
        self.lost_s = 0.0
        """All that it has left out."""

    def now(self) -> float:
        """Seconds since some moment before the start."""
        now = self._source() - self.lost_s
        if now <= self._latest:
            return now
        # Whoever looks first finds out, mostly those whose input came in meanwhile: were it only
        # the next tick, they would be stamped with a time that the clock then takes back.
        self.lost_s += now - self._latest
        return self._latest

    def stop_at(self, latest: float) -> None:
        """Go no further than that until told otherwise; what is beyond is lost."""
        self._latest = latest
