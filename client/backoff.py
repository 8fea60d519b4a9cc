"""How long to wait before the next attempt to reach a server."""

from random import Random
from typing import Final

DELAYS_S: Final = (0.25, 0.5, 1.0)
"""The last one goes on for a while: whoever's line is back is in again within two seconds."""
EAGER: Final = 120
"""After so many attempts, about two minutes, nobody watches any more."""
LATE_DELAY_S: Final = 4.0
JITTER: Final = 0.25
"""Each wait is off by up to this share: a whole party does not knock at the same moment."""

_LAST: Final = len(DELAYS_S) - 1


class Backoff:
    """Grows with each attempt in a row; `succeeded` starts it again."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self.attempt = 0

    def next_delay_s(self, at_least_s: float = 0.0) -> float:
        """Seconds to wait now; `at_least_s` is what the server asked for."""
        own = LATE_DELAY_S if self.attempt >= EAGER else DELAYS_S[min(self.attempt, _LAST)]
        self.attempt += 1
        chance = self._rng.uniform(-JITTER, JITTER)
        # Jitter only adds to a wait the server asked for: it must not come out shorter.
        return max(own * (1 + chance), at_least_s + abs(chance) * min(at_least_s, LATE_DELAY_S))

    def succeeded(self) -> None:
        """The player is in: the next trouble is a new one."""
        self.attempt = 0
