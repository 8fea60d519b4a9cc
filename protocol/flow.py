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
SAMPLE_S: Final = 0.1
"""Round trips are looked at so often, the smallest of those between counts for all of them: at each
acknowledgement it would be a twentieth of a server's work."""
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

_SLOT_S: Final = MIN_RTT_WINDOW_S / 10


class MinimumRtt:
    """The smallest of the samples of the last 30 s, kept in slots of 3 s."""

    __slots__ = ("_began_at", "_low", "_newest", "_slots")

    def __init__(self) -> None:
        self._slots: list[tuple[float, float]] = []  # when it began, its smallest; not the newest
        self._began_at = -inf
        self._newest = self._low = inf  # the smallest of the newest slot, and of all

    def add(self, rtt_s: float, now: float) -> float:
        """Take a sample in and return the minimum."""
        if now - self._began_at >= _SLOT_S:
            self._begin(now)
        if rtt_s < self._newest:
            self._newest = rtt_s
            self._low = min(self._low, rtt_s)
        return self._low

    def _begin(self, now: float) -> None:
        """A new slot; what is older than all of them is forgotten."""
        slots = (*self._slots, (self._began_at, self._newest))
        self._slots = [slot for slot in slots if slot[0] > now - MIN_RTT_WINDOW_S]
        self._low = min((low for _, low in self._slots), default=inf)
        self._began_at, self._newest = now, inf


class AckWindow:
    """What one player has been sent and not yet acknowledged. Times are monotonic seconds.

    A snapshot is a SNAP or a STEP; `paces` are those of protocol.pace that it may be told at.
    """

    __slots__ = (
        "_acked_bytes", "_emptied_at", "_flight", "_gap", "_given_up", "_heard_at", "_is_new",
        "_least_s", "_minimum", "_newest", "_pace", "_queue_s", "_rest", "_sampled_at",
        "_sent_bytes", "_tick_hz", "_trimmed_at", "_was_full", "jitter_s", "max_bytes",
        "max_messages", "min_rtt_s", "narrow", "rtt_s", "skipped",
    )  # fmt: skip

    def __init__(self, tick_hz: int, now: float, paces: tuple[int, ...] = WHOLE) -> None:
        self._tick_hz = tick_hz
        # tick: `_sent_bytes` with it, sent at; in order
        self._flight: dict[int, tuple[int, float]] = {}
        self._newest = -1
        self._sent_bytes = self._acked_bytes = 0  # of all, since it began
        self._heard_at = now
        self._emptied_at = now
        self._was_full = False
        self._is_new = True
        self._given_up = 0
        self._trimmed_at = now
        self._sampled_at = -inf
        self._queue_s = self._least_s = inf
        self._minimum = MinimumRtt()
        self._pace = Pace(now, paces)
        self._rest = 0  # ticks to be left out before the next SNAP
        self._gap = self._pace.every - 1  # ticks to be left out between two
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
        return self._sent_bytes - self._acked_bytes

    @property
    def every(self) -> int:
        """A snapshot goes out every so many ticks at most: 1, unless the line was full for long."""
        return self._pace.every

    def judge(self, now: float) -> bool:
        """Whether `every` has changed; to be asked as often as that should be noticed."""
        if not self._pace.judge(self.narrow, self._tick_hz, now):
            return False
        self._gap = self._pace.every - 1
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
        full = len(self._flight) >= self.max_messages or self.bytes_in_flight >= self.max_bytes
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
        flight = self._flight
        if not flight:
            self._emptied_at = now
            if self._was_full:
                self._begin_empty()
        self._sent_bytes = sent_bytes = self._sent_bytes + size
        flight[tick] = (sent_bytes, now)
        self._rest = self._gap

    def _begin_empty(self) -> None:
        """It was full, and all of it has arrived."""
        if self._is_new:
            self._is_new = False
            # Of round trips that waited behind the beginning.
            self._minimum, self._least_s = MinimumRtt(), inf
            self._resize()
        self._was_full = False

    def acked(self, tick: int, hold_ms: int, now: float) -> None:
        """The player has the SNAP of `tick` since `hold_ms`. Anything but news is ignored."""
        flight = self._flight
        told = flight.pop(tick, None)
        if told is None:
            return
        self._acked_bytes, sent_at = told
        while flight and (before := next(iter(flight))) < tick:
            del flight[before]
        if self._is_new and not (flight or self._was_full):
            self._is_new = False
            self._resize()
        self._heard_at = now
        rtt_s = now - sent_at - hold_ms / 1000
        if rtt_s < 0:
            return
        if rtt_s < self._least_s:  # noqa: PLR1730 - at each acknowledgement: half the price of min
            self._least_s = rtt_s
        if now - self._sampled_at >= SAMPLE_S:
            self._measured(rtt_s, self._least_s, now)
            self._sampled_at, self._least_s = now, inf

    def silent_s(self, now: float) -> float:
        """How long the player has owed an acknowledgement; 0 while nothing is owed."""
        if not self._flight:
            return 0.0
        _, sent_at = next(iter(self._flight.values()))
        return max(0.0, now - max(self._heard_at, sent_at))

    def _measured(self, rtt_s: float, least_s: float, now: float) -> None:
        smooth_s = self.rtt_s
        if smooth_s is None:
            self.rtt_s, self.jitter_s = rtt_s, rtt_s / 2
        else:
            self.jitter_s += (abs(rtt_s - smooth_s) - self.jitter_s) / 4
            self.rtt_s = smooth_s + (rtt_s - smooth_s) / 8
        low = self._minimum.add(least_s, now)
        if low != self.min_rtt_s:
            self.min_rtt_s = low
            self._was_full &= self._is_new  # of another window: the new one may have room enough
            self._resize()
        if (queue_s := least_s - low) < self._queue_s:
            self._queue_s = queue_s
        if (passed := now - self._trimmed_at) >= TRIM_S and passed >= rtt_s:
            self._trim(now)

    def _trim(self, now: float) -> None:
        """Once a round trip: less by half of the queue that stands, one more when it is gone.

        The present round trip may only shrink the window, and give back what it took.
        """
        if self._queue_s > QUEUE_S and self._was_full and self.max_messages > MIN_MESSAGES:
            standing = self.max_messages * self._queue_s / (self._queue_s + self.min_rtt_s)
            self._given_up += max(1, int(standing / 2))
            self._resize()
        elif self._given_up and self._queue_s < QUEUE_S / 2:
            self._given_up -= 1
            self._resize()
        self._trimmed_at, self._queue_s = now, inf

    def _resize(self) -> None:
        """The floor is what an idle client keeps back, and two to spare; the ceiling a second."""
        window_s = min(self.min_rtt_s + ACK_S, MAX_WINDOW_S)
        fitting = (
            ceil(window_s * self._tick_hz / self._pace.every) + SPARE_MESSAGES - self._given_up
        )
        self.max_messages = FIRST_MESSAGES if self._is_new else max(MIN_MESSAGES, fitting)
        self.max_bytes = min(max(int(window_s * BYTES_PER_S), MIN_BYTES), MAX_BYTES)
