"""When to start, restart and stop supervised programs. Pure: time is told, acts are returned."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

FIRST_DELAY_S = 0.2
LONGEST_DELAY_S = 10.0
STEADY_S = 30.0  # who ran this long begins again with the first delay
REFUSED = 2  # the exit code for settings that are refused: starting again cannot help


class Verb(StrEnum):
    """What the supervisor is to do with a program."""

    START = "start"
    ASK = "ask to stop"
    KILL = "kill"


@dataclass(frozen=True)
class Act:
    """Something to do now."""

    verb: Verb
    name: str


@dataclass
class Child:
    """A supervised program. Times are the supervisor's clock, in seconds.

    Attributes:
        stop_s: how long it may take to end in good order.
        restart_at: when it is started again, or None.
        kill_at: when patience with its stop ends, or None.
    """

    name: str
    stop_s: float
    is_running: bool = False
    started_at: float = 0.0
    delay_s: float = FIRST_DELAY_S
    restarts: int = 0
    restart_at: float | None = None
    kill_at: float | None = None


@dataclass
class Supervision:
    """Programs in the order in which they are stopped: each waits until the one before is gone."""

    children: Sequence[Child]
    is_stopping: bool = False
    failure: str = ""
    _by_name: dict[str, Child] = field(init=False)

    def __post_init__(self) -> None:
        self._by_name = {child.name: child for child in self.children}

    @property
    def is_over(self) -> bool:
        """Whether everything was stopped."""
        return self.is_stopping and not any(child.is_running for child in self.children)

    def begin(self, now: float) -> list[Act]:
        """Start all."""
        return [self._start(child, now) for child in self.children]

    def exited(self, name: str, code: int, now: float) -> list[Act]:
        """A program has ended."""
        child = self._by_name[name]
        child.is_running, child.kill_at = False, None
        if self.is_stopping:
            return self._stop_next(now)
        if code == REFUSED:
            self.failure = f"{name} refused its settings"
            return self.stop(now)
        if now - child.started_at >= STEADY_S:
            child.delay_s = FIRST_DELAY_S
        child.restart_at = now + child.delay_s
        child.delay_s = min(child.delay_s * 2, LONGEST_DELAY_S)
        child.restarts += 1
        return []

    def due(self, now: float) -> list[Act]:
        """What has become due by now."""
        acts = []
        for child in self.children:
            if child.restart_at is not None and now >= child.restart_at:
                acts.append(self._start(child, now))
            if child.kill_at is not None and now >= child.kill_at:
                child.kill_at = None
                acts.append(Act(Verb.KILL, child.name))
        return acts

    def next_due(self) -> float | None:
        """When something becomes due next, or None while there is nothing to wait for."""
        times = [time for child in self.children for time in (child.restart_at, child.kill_at)]
        return min((time for time in times if time is not None), default=None)

    def stop(self, now: float) -> list[Act]:
        """Stop all, one after the other; asking twice changes nothing."""
        if self.is_stopping:
            return []
        self.is_stopping = True
        for child in self.children:
            child.restart_at = None
        return self._stop_next(now)

    def _start(self, child: Child, now: float) -> Act:
        child.is_running, child.started_at, child.restart_at = True, now, None
        return Act(Verb.START, child.name)

    def _stop_next(self, now: float) -> list[Act]:
        for child in self.children:
            if child.is_running:
                if child.kill_at is not None:
                    return []
                child.kill_at = now + child.stop_s
                return [Act(Verb.ASK, child.name)]
        return []
