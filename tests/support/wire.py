"""A line as TCP makes it, in memory and on a fake clock: late, uneven, stalling, in order."""

from collections import deque


class Wire:
    """One direction. `delay_s` and up to `jitter_s` more; order is kept by waiting, as TCP does."""

    def __init__(self, rng, delay_s=0.0, jitter_s=0.0):
        self.delay_s = delay_s
        self.jitter_s = jitter_s
        self._rng = rng
        self._flying = deque()  # (arrival, data)
        self._last = 0.0
        self._stalls = []

    def stall(self, begin_s, end_s):
        """Nothing arrives between the two times; then all of it at once."""
        self._stalls.append((begin_s, end_s))

    def send(self, data, now):
        """Put something on the way."""
        arrival = now + self.delay_s + self._rng.uniform(0.0, self.jitter_s)
        for begin, end in self._stalls:
            if begin <= arrival < end:
                arrival = end
        self._last = max(self._last, arrival)
        self._flying.append((self._last, data))

    def arrived(self, now):
        """What has arrived by `now`, oldest first, as (when, data)."""
        while self._flying and self._flying[0][0] <= now:
            yield self._flying.popleft()

    def cut(self):
        """The line breaks: what was on its way is lost, and holds up nothing that comes after."""
        self._flying.clear()
        self._last = 0.0
