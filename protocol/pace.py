"""How often a player is told whose line stays too narrow for every tick.

They are told of every second or third, evenly: others then move smoothly on that screen, where
ticks left out by chance would make them stutter.
"""

from math import inf
from typing import Final

LOOK_S: Final = 5.0
"""Over so long it is counted how many ticks found the line full."""
TOO_MANY: Final = 0.3
"""Above this share of them, twice in a row, the player is told more seldom."""
CLEAN: Final = 0.05
"""Up to this share, the line has room."""
CLEAN_S: Final = 10.0
"""After so long with room they are told more often again."""
PATIENCE_MAX_S: Final = 160.0
WHOLE: Final = (1, 2, 3)
"""Every how many ticks somebody is told by SNAPs, the usual first and the least last."""
BY_STEPS: Final = (1, 3)
"""The same of who is told by STEPs. Only each tick is told by them: SNAPs in every second take more
bytes than STEPs in all, and a line with room for these would never get back to them."""


class Pace:
    """Every how many ticks a player is told: each, while their line takes it. Monotonic seconds.

    A step up that does not last makes the next one wait twice as long: a line between two paces
    does not swing to and fro.

    Args:
        now: the time.
        paces: those that there are.
    """

    __slots__ = (
        "_at", "_began_at", "_clean_at", "_is_full", "_narrow", "_paces", "_patience_s",
        "_raised_at", "every",
    )  # fmt: skip

    def __init__(self, now: float, paces: tuple[int, ...] = WHOLE) -> None:
        self._paces = paces
        self._at = 0
        self.every = paces[0]
        """So many ticks from one that is told to the next."""
        self._narrow = 0
        self._began_at = self._clean_at = now
        self._is_full = False
        self._raised_at = -inf
        self._patience_s = CLEAN_S

    def judge(self, narrow: int, tick_hz: int, now: float) -> bool:
        """Whether the pace has changed, by AckWindow's `narrow`; it looks each LOOK_S."""
        passed = now - self._began_at
        if passed < LOOK_S:
            return False
        share = (narrow - self._narrow) / (passed * tick_hz)
        self._narrow, self._began_at = narrow, now
        if share > CLEAN:
            self._clean_at = now
        was_full, self._is_full = self._is_full, share > TOO_MANY
        if was_full and self._is_full and self._at + 1 < len(self._paces):
            return self._lower(now)
        if self._at and now - self._clean_at >= self._patience_s:
            self._raised_at = self._clean_at = now
            self._set(self._at - 1)
            return True
        return False

    def _lower(self, now: float) -> bool:
        lasted = now - self._raised_at > 3 * LOOK_S
        self._patience_s = CLEAN_S if lasted else min(2 * self._patience_s, PATIENCE_MAX_S)
        self._set(self._at + 1)
        self._is_full = False
        return True

    def _set(self, at: int) -> None:
        self._at, self.every = at, self._paces[at]
