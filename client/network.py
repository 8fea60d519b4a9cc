"""A bad line to try out, as TCP makes one: bytes come late, unevenly, slowly or all at once.

TCP loses nothing and keeps the order, so neither does this. Pure: time and chance are arguments,
and all times are seconds of one monotonic clock.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_MS: Final = 1000
_KB: Final = 1000
_HIGHEST: Final = {"delay": 5_000, "jitter": 2_000, "stall": 60_000, "rate": 1_000_000}
HELP: Final = (
    "off, good, wifi, mobile, satellite, awful, or numbers such as "
    "delay=75,jitter=20,stall=500/10000,rate=30: delay and jitter in ms each way, "
    "a stall of 500 in every 10000 ms, and KB a second"
)


class NetworkError(ValueError):
    """No such line can be simulated; the text says what can."""


@dataclass(frozen=True, slots=True)
class Network:
    """The conditions of a line, the same in both directions. `name` is what it was asked for as."""

    name: str = ""
    delay_s: float = 0.0  # one way
    jitter_s: float = 0.0  # each piece takes up to so much longer
    stall_s: float = 0.0  # so long nothing arrives, and then all of it at once ...
    every_s: float = 0.0  # ... once in each of these
    bytes_per_s: float = 0.0  # 0: any number

    def lanes(self, rng: Random) -> tuple["Lane[T]", "Lane[T]"]:
        """Both directions of one line, (up, down). They stall together, as radio does."""
        phase_s = rng.uniform(0.0, self.every_s)
        up, down = (Lane[T](self, Random(rng.getrandbits(64)), phase_s) for _ in range(2))
        return up, down


class Lane(Generic[T]):
    """One direction of a line, and what is on its way in it."""

    def __init__(self, network: Network, rng: Random, phase_s: float = 0.0) -> None:
        self.waiting_bytes = 0
        self._network = network
        self._rng = rng
        self._phase_s = phase_s
        self._flying: deque[tuple[float, int, T]] = deque()
        self._stalls: list[tuple[float, float]] = []
        self._sent_s = 0.0  # when the line had room again
        self._last_s = 0.0  # the newest arrival: nothing overtakes it

    def send(self, what: T, size: int, now: float) -> None:
        """Put something of `size` bytes on its way."""
        self._last_s = self.arrival(size, now)
        self.waiting_bytes += size
        self._flying.append((self._last_s, size, what))

    def arrival(self, size: int, now: float) -> float:
        """When `size` bytes arrive that are sent at `now`, behind all that was sent before."""
        network = self._network
        if network.bytes_per_s:
            self._sent_s = max(self._sent_s, now) + size / network.bytes_per_s
        jitter_s = self._rng.uniform(0.0, network.jitter_s)
        at = max(self._sent_s, now) + network.delay_s + jitter_s
        return max(self._last_s, self._after_stalls(at))

    def stall(self, begin_s: float, end_s: float) -> None:
        """Let nothing arrive between the two times, besides the stalls that the network has."""
        self._stalls.append((begin_s, end_s))

    @property
    def next_s(self) -> float | None:
        """When the next piece arrives; None if nothing is on its way."""
        return self._flying[0][0] if self._flying else None

    def arrived(self, now: float) -> Iterator[tuple[float, T]]:
        """What has arrived by `now`, oldest first, as (when, what)."""
        while self._flying and self._flying[0][0] <= now:
            at, size, what = self._flying.popleft()
            self.waiting_bytes -= size
            yield at, what

    def cut(self) -> None:
        """The line breaks: what was on its way is lost, and the next line owes nothing to it."""
        self._flying.clear()
        self._stalls.clear()
        self.waiting_bytes = 0
        self._sent_s = self._last_s = 0.0

    def _after_stalls(self, at: float) -> float:
        for begin_s, end_s in self._stalls:
            if begin_s <= at < end_s:
                at = end_s
        network = self._network
        if network.every_s:
            since_s = (at - self._phase_s) % network.every_s
            at += max(0.0, network.stall_s - since_s)
        return at


def _of(name: str, delay: float, jitter: float, stall: str = "", rate: float = 0.0) -> Network:
    length, every = (float(part) for part in (stall or "0/0").split("/"))
    return Network(
        name, delay / _MS, jitter / _MS, length / _MS, every / _MS, bytes_per_s=rate * _KB
    )


NETWORKS: Final = {
    network.name: network
    for network in (
        _of("good", 10, 3),
        _of("wifi", 10, 15, "250/5000"),
        _of("mobile", 40, 30, "300/8000", 100),
        _of("satellite", 280, 20, "", 60),
        _of("awful", 75, 20, "500/10000", 30),
    )
}
"""Lines by name. `awful` is the one that the netcode is measured by."""


def parse(text: str) -> Network | None:
    """The line that `text` asks for; None for no simulation ("" and "off").

    Raises:
        NetworkError: it asks for nothing that there is.
    """
    text = text.strip().lower()
    if text in {"", "off"}:
        return None
    if text in NETWORKS:
        return NETWORKS[text]
    if "=" not in text:
        raise NetworkError(f"There is no line called {text[:40]!r} to simulate; there is {HELP}.")
    given: dict[str, str] = {}
    for part in text.split(","):
        key, _, value = (word.strip() for word in part.partition("="))
        if key not in _HIGHEST or key in given:
            wrong = "stands there twice" if key in given else "is no property of a line"
            raise NetworkError(f"{key[:40]!r} {wrong}; there is {HELP}.")
        given[key] = value
    numbers = {key: _number(key, given[key]) for key in given if key != "stall"}
    stall = _stall(given["stall"]) if "stall" in given else ""
    return _of(
        text, numbers.get("delay", 0.0), numbers.get("jitter", 0.0), stall, numbers.get("rate", 0.0)
    )


def _number(key: str, value: str) -> float:
    unit = "KB a second" if key == "rate" else "milliseconds"
    lowest, highest = int(key == "rate"), _HIGHEST[key]
    number = _whole(value)
    if not lowest <= number <= highest:
        raise NetworkError(f"{key} must be a whole number from {lowest} to {highest} ({unit}).")
    return float(number)


def _stall(value: str) -> str:
    length, _, every = value.partition("/")
    length_ms, every_ms = _whole(length), _whole(every)
    if 0 < length_ms < every_ms <= _HIGHEST["stall"]:
        return value
    raise NetworkError(
        "stall must be two whole numbers of milliseconds, its length and how often it comes, "
        f"such as 500/10000; at most {_HIGHEST['stall']}, and longer apart than long."
    )


def _whole(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1
