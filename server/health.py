"""Whether the server lives: told by the tick itself, not by whoever asks."""

from collections.abc import Callable
from typing import Final

STUCK_S: Final = 5.0


class Health:
    """Stamped by every tick. `now` is the raw monotonic clock: a stopped process is not healthy."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._ticked_at: float | None = None
        self.is_stopping = False

    def ticked(self) -> None:
        """A tick was made."""
        self._ticked_at = self._now()

    @property
    def tick_age_s(self) -> float | None:
        """Seconds since the newest tick; None before the first."""
        return None if self._ticked_at is None else self._now() - self._ticked_at

    @property
    def is_alive(self) -> bool:
        """Whether the world ticks."""
        age = self.tick_age_s
        return age is not None and age < STUCK_S

    @property
    def is_ready(self) -> bool:
        """Whether players may come."""
        return self.is_alive and not self.is_stopping
