"""Wrong invites make an address wait, longer each time."""

from typing import Final

TRIES: Final = 5
FIRST_WAIT_S: Final = 60.0
LONGEST_WAIT_S: Final = 3_600.0
ADDRESSES_MAX: Final = 10_000


class Lockout:
    """Counts wrong invites per address, in a table that a stranger cannot make grow.

    Five wrong ones lock an address out for a minute, each further one for twice as long, up to
    an hour. An address that was quiet for the longest wait is forgotten.
    """

    def __init__(self, addresses_max: int = ADDRESSES_MAX) -> None:
        self._max = addresses_max
        self._wrong: dict[str, tuple[int, float]] = {}  # address: (wrong tries, last one)

    def wait_s(self, address: str, now: float) -> float:
        """Seconds until `address` may try again; 0: now."""
        count, at = self._wrong.get(address, (0, now))
        if count < TRIES:
            return 0.0
        wait = min(FIRST_WAIT_S * float(1 << min(count - TRIES, 16)), LONGEST_WAIT_S)
        return max(0.0, at + wait - now)

    def wrong(self, address: str, now: float) -> None:
        """A wrong invite came from `address`."""
        count, at = self._wrong.pop(address, (0, now))
        if now - at > LONGEST_WAIT_S:
            count = 0
        while len(self._wrong) >= self._max:
            del self._wrong[next(iter(self._wrong))]  # the one that was longest without a try
        self._wrong[address] = (count + 1, now)

    def right(self, address: str) -> None:
        """A right invite came from `address`: its past is forgiven."""
        self._wrong.pop(address, None)
