"""The server's own time."""

import time
from collections.abc import Callable


class Clock:
    """Monotonic seconds that leave out the time in which this process was not running.

    Every deadline of the server is measured on it. After the machine slept for an hour nobody is
    late: not the players, who could not be heard, and not the ticks, which are not made up for.
    """

    def __init__(self, source: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._lost = 0.0

    def now(self) -> float:
        """Seconds since some moment before the start."""
        return self._source() - self._lost

    def lose(self, seconds: float) -> None:
        """Forget `seconds` that have passed."""
        self._lost += seconds
