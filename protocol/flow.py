"""How much may be on its way to one player: flow control by acknowledgements (design 5).

Behind a proxy the write buffer says nothing, so the player's own acknowledgements decide. The
window follows the smallest round trip of the last 30 s, never the current one: that would count
the queue that the window itself has made, and grow with it.
"""

from math import ceil, inf
from typing import Final

from protocol.pace import WHOLE, Pace

ACK_S: Final = 0.1
"""The longest that a client keeps an acknowledgement back."""
ASSUMED_RTT_S: Final = 0.25
"""Taken for the smallest round trip until the first is measured."""
MIN_RTT_WINDOW_S: Final = 30.0
PROBE_S: Final = 10.0
"""A window that is always full is emptied this often, to see the line without our own queue."""
FIRST_MESSAGES: Final = 8
"""The window until it has been empty once: before, all that is told at the beginning stands in the
line, and a round trip says nothing."""
SPARE_MESSAGES: Final = 2
MIN_MESSAGES: Final = 2
QUEUE_S: Final = 0.1
"""A full window gives way while every SNAP waits longer than this in the line's own queue."""
TRIM_S: Final = 0.25
"""The shortest time in which that is judged: jitter alone leaves some SNAP without a wait."""
MAX_WINDOW_S: Final = 1.0
"""The ceiling of the window, as time of the stream."""
BYTES_PER_S: Final = 131_072
"""The fastest stream that the window of bytes is made for; a SNAP is 0.3 to 1.6 KB."""
MIN_BYTES: Final = 16_384
MAX_BYTES: Final = 131_072

STILL_S: Final = 0.5
"""A line that has brought no acknowledgement for so long is not narrow: nothing moves on it."""

_SLOTS: Final = 10


class MinimumRtt:
    """The smallest of the samples of the last 30 s, kept in ten slots of 3 s."""

    __slots__ = ("_low", "_slot", "_slots")

    def __init__(self) -> None:
        self._slots: list[tuple[int, float]] = []
        self._slot = -1
        self._low = inf

    def add(self, rtt_s: float, now: float) -> float:
        """Take a sample in and return the minimum."""
        slot = int(now * _SLOTS / MIN_RTT_WINDOW_S)
        if slot != self._slot:
            self._begin(slot)
        if rtt_s < self._slots[-1][1]:
            self._slots[-1] = (slot, rtt_s)
            self._low = min(self._low, rtt_s)
        return self._low

    def _begin(self, slot: int) -> None:
        """A new slot; what is older than all of them is forgotten."""
        self._slot = slot
        self._slots = [kept for kept in self._slots if kept[0] > slot - _SLOTS] + [(slot, inf)]
        self._low = min(low for _, low in self._slots)


class AckWindow:
    """What one player has been sent and not yet acknowledged. Times are monotonic seconds.

    A snapshot is a SNAP or a STEP; `paces` are those of protocol.pace that it may be told at.
    """

    def __init__(self, tick_hz: int, now: float, paces: tuple[int, ...] = WHOLE) -> None:
        self._tick_hz = tick_hz
        self._flight: dict[int, tuple[int, float]] = {}  # tick: bytes, sent at; in order
        self._newest = -1
        self._bytes = 0
        self._heard_at = now
        self._emptied_at = now
        self._was_full = False
        self._is_new = True
        self._given_up = 0
        self._trimmed_at = now
        self._queue_s = inf
        self._minimum = MinimumRtt()
        self._pace = Pace(now, paces)
        self._rest = 0  # ticks to be left out before the next SNAP
        self.min_rtt_s = ASSUMED_RTT_S
        self.rtt_s: float | None = None
        """The smoothed round trip; None before the first sample."""
        self.jitter_s = 0.0
        """The smoothed deviation from it."""
        self.skipped = 0
        """Times that may_send found the line full."""
        self.narrow = 0
        """Of those, when acknowledgements came all the same: it carries less than it is given."""
        self._resize()

    @property
    def messages_in_flight(self) -> int:
        """SNAPs sent and not acknowledged."""
        return len(self._flight)

    @property
    def bytes_in_flight(self) -> int:
        """Their bytes."""
        return self._bytes

    @property
    def every(self) -> int:
        """A snapshot goes out every so many ticks at most: 1, unless the line was full for long."""
        return self._pace.every

    def judge(self, now: float) -> bool:
        """Whether `every` has changed; to be asked as often as that should be noticed."""
        if not self._pace.judge(self.narrow, self._tick_hz, now):
            return False
        # A change begins with a small window: what else fits, the trim gives back while no queue
        # stands. A line that is still too narrow would fill all of it at once.
        self._given_up = 0
        self._resize()
        self._given_up = max(0, self.max_messages - MIN_MESSAGES - 1)
        self._resize()
        return True

    def may_send(self, now: float) -> bool:
        """Whether this tick's snapshot may go out; if not, skip it: the next is a SNAP.

        To be asked once a tick.
        """
        if self._rest:
            self._rest -= 1
            return False
        if not self._flight:
            return True
        full = len(self._flight) >= self.max_messages or self._bytes >= self.max_bytes
        self._was_full |= full
        probing = self._was_full and (self._is_new or now - self._emptied_at > PROBE_S)
        if not (full or probing):
            return True
        self.skipped += 1
        self.narrow += now - self._heard_at < STILL_S
        return False

    def sent(self, tick: int, size: int, now: float) -> None:
        """The SNAP of `tick` went out. Ticks only rise; ValueError if one does not."""
        if tick <= self._newest:
            raise ValueError(f"tick {tick} was sent after tick {self._newest}")
        self._newest = tick
        if not self._flight:
            self._emptied_at = now
            if self._is_new and self._was_full:
                self._is_new = False
                self._minimum = MinimumRtt()  # of round trips that waited behind the beginning
            self._was_full = False
        self._flight[tick] = (size, now)
        self._bytes += size
        self._rest = self._pace.every - 1

    def acked(self, tick: int, hold_ms: int, now: float) -> None:
        """The player has the SNAP of `tick` since `hold_ms`. Anything but news is ignored."""
        flight = self._flight
        if tick not in flight:
            return
        rtt_s = now - flight[tick][1] - hold_ms / 1000
        while tick in flight:
            self._bytes -= flight.pop(next(iter(flight)))[0]
        if self._is_new:
            self._is_new = bool(flight) or self._was_full
        self._heard_at = now
        if rtt_s >= 0:
            self._measured(rtt_s, now)

    def silent_s(self, now: float) -> float:
        """How long the player has owed an acknowledgement; 0 while nothing is owed."""
        if not self._flight:
            return 0.0
        _, sent_at = next(iter(self._flight.values()))
        return max(0.0, now - max(self._heard_at, sent_at))

    def _measured(self, rtt_s: float, now: float) -> None:
        if self.rtt_s is None:
            self.rtt_s, self.jitter_s = rtt_s, rtt_s / 2
        else:
            self.jitter_s += (abs(rtt_s - self.rtt_s) - self.jitter_s) / 4
            self.rtt_s += (rtt_s - self.rtt_s) / 8
        low = self._minimum.add(rtt_s, now)
        if low != self.min_rtt_s:
            self.min_rtt_s = low
            self._was_full &= self._is_new  # of another window: the new one may have room enough
        self._queue_s = min(self._queue_s, rtt_s - low)
        if now - self._trimmed_at >= max(TRIM_S, rtt_s):
            self._trim(now)
        if self._fits != (low, self._given_up, self._is_new):
            self._resize()

    def _trim(self, now: float) -> None:
        """Once a round trip: less by half of the queue that stands, one more when it is gone.

        The present round trip may only shrink the window, and give back what it took.
        """
        if self._queue_s > QUEUE_S and self._was_full and self.max_messages > MIN_MESSAGES:
            standing = self.max_messages * self._queue_s / (self._queue_s + self.min_rtt_s)
            self._given_up += max(1, int(standing / 2))
        elif self._queue_s < QUEUE_S / 2 and self._given_up:
            self._given_up -= 1
        self._trimmed_at, self._queue_s = now, inf

    def _resize(self) -> None:
        """The floor is what an idle client keeps back, and two to spare; the ceiling a second."""
        self._fits = (self.min_rtt_s, self._given_up, self._is_new)
        window_s = min(self.min_rtt_s + ACK_S, MAX_WINDOW_S)
        fitting = (
            ceil(window_s * self._tick_hz / self._pace.every) + SPARE_MESSAGES - self._given_up
        )
        self.max_messages = FIRST_MESSAGES if self._is_new else max(MIN_MESSAGES, fitting)
        self.max_bytes = min(max(int(window_s * BYTES_PER_S), MIN_BYTES), MAX_BYTES)
