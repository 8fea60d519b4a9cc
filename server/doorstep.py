"""Connections that have not said who they are, and how many of them there may be."""

from collections import Counter
from typing import Final

from server.addresses import Origin, Rates

WAITING_PER_ADDRESS: Final = 16
"""Connections of one address that have not been admitted yet: a party whose line was cut comes back
all at once."""
NEW_PER_ADDRESS: Final = (1.0, 16.0)
"""New connections of one address that come to nothing: per second, at once."""
WAITING_TOTAL: Final = 128
"""Connections in all that have not been admitted yet."""
KEPT_FREE: Final = 32
"""Of those, the places that only somebody gets of whom no other connection waits."""


class Doorstep:
    """Limits on connections before they are admitted.

    Whoever was admitted counts no more: a whole family behind one address can play.
    """

    def __init__(self) -> None:
        self._waiting: Counter[str] = Counter()
        self._new = Rates(*NEW_PER_ADDRESS)

    def refusal(self, origin: Origin, now: float) -> str | None:
        """Why a new connection from there is refused ("address", "crowded"), or None."""
        home = origin.household
        waiting = self._waiting[home]
        if self._waiting.total() >= WAITING_TOTAL - (KEPT_FREE if waiting else 0):
            return "crowded"
        if origin.is_shared:
            return None
        if waiting >= WAITING_PER_ADDRESS or not self._new.take(home, now):
            return "address"
        return None

    def enter(self, origin: Origin) -> "Place":
        """A connection waits on the doorstep until its place is left."""
        home = origin.household
        self._waiting[home] += 1
        return Place(self._waiting, self._new, home)


class Place:
    """A connection's place on the doorstep."""

    def __init__(self, waiting: Counter[str], new: Rates, home: str) -> None:
        self._waiting = waiting
        self._new = new
        self._home: str | None = home

    def admitted(self) -> None:
        """Its owner may come in: it counts no more, and does not stand in a housemate's way."""
        if self._home is not None:
            self._new.give_back(self._home)
        self.leave()

    def leave(self) -> None:
        """It was admitted, or is gone; the second time says nothing new."""
        home, self._home = self._home, None
        if home is None:
            return
        self._waiting[home] -= 1
        if self._waiting[home] <= 0:
            del self._waiting[home]
