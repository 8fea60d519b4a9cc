"""How long to wait before the next attempt to reach a server."""

from random import Random
from typing import Final

DELAYS_S: Final = (0.25, 0.5, 1.0, 2.0, 4.0)
JITTER: Final = 0.25
"""Each wait is off by up to this share: a whole party does not knock at the same moment."""


class Backoff:
    """Grows with each attempt in a row; `succeeded` starts it again."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self.attempt = 0

    def next_delay_s(self, at_least_s: float = 0.0) -> float:
        """Seconds to wait now; `at_least_s` is what the server asked for."""
        delay = DELAYS_S[min(self.attempt, len(DELAYS_S) - 1)]
        self.attempt += 1
        # Jitter only adds to a wait the server asked for: it must not come out shorter.
        spread = self._rng.uniform(-JITTER, JITTER) * delay
        return max(delay + spread, at_least_s + abs(spread))

    def succeeded(self) -> None:
        """The player is in: the next trouble is a new one."""
        self.attempt = 0
