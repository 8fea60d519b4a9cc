"""A clock that moves only when a test says so."""


class FakeClock:
    """Stands where the product takes `time.monotonic` or any `() -> seconds`."""

    def __init__(self, start_s: float = 1000.0) -> None:
        self._now_s = start_s

    def __call__(self) -> float:
        return self._now_s

    def advance(self, seconds: float) -> float:
        """Let `seconds` pass and return the new time; time never runs backwards."""
        if seconds < 0:
            raise ValueError(f"a clock does not go back ({seconds} s)")
        self._now_s += seconds
        return self._now_s

    def advance_to(self, moment_s: float) -> float:
        """Let time pass until `moment_s`."""
        return self.advance(moment_s - self._now_s)
