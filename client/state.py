"""Where a session stands, as the player may be told."""

from dataclasses import dataclass

from client.problem import Problem


@dataclass(frozen=True, slots=True)
class Connecting:
    """A first connection is being made; `step` says what is happening now."""

    step: str


@dataclass(frozen=True, slots=True)
class Playing:
    """The player is in the world."""

    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """The line was lost; the next attempt starts at `until` (monotonic seconds).

    `trying` is the step of an attempt under way, empty while the countdown runs.
    """

    reason: str
    until: float
    attempt: int
    trying: str = ""

    def seconds_left(self, now: float) -> float:
        """The countdown for the window, in seconds."""
        return max(0.0, self.until - now)


@dataclass(frozen=True, slots=True)
class Failed:
    """It will not work without the player doing something: `problem.sentence` says what."""

    problem: Problem

    @property
    def sentence(self) -> str:
        """What went wrong and what to do, for the player."""
        return self.problem.sentence


@dataclass(frozen=True, slots=True)
class Left:
    """The player left on purpose."""


SessionState = Connecting | Playing | Waiting | Failed | Left
