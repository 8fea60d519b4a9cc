"""What everybody may know of the server, for as many as ask."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from protocol.limits import TokenBucket
from server.addresses import Origin, Rates

PER_ADDRESS: Final = (2.0, 20.0)
"""Answers to one address: per second, at once."""
TOTAL: Final = (20.0, 60.0)
"""Answers to all: they are given in the loop that makes the ticks."""
FRESH_S: Final = 1.0
"""For so long the same answer is given again."""


class StatusPage:
    """One JSON object, made anew once a second at most. `facts` makes what stands in it."""

    def __init__(self, facts: Callable[[], Mapping[str, object]]) -> None:
        self._facts = facts
        self._rates = Rates(*PER_ADDRESS)
        self._all = TokenBucket(*TOTAL)
        self._body = b""
        self._made_at = float("-inf")

    def answer(self, origin: Origin, now: float) -> bytes | None:
        """The page, or None for somebody who asked too often."""
        if not origin.is_shared and not self._rates.take(origin.household, now):
            return None
        if not self._all.take(now):
            return None
        if now - self._made_at >= FRESH_S:
            self._body, self._made_at = msgspec.json.encode(self._facts()), now
        return self._body
