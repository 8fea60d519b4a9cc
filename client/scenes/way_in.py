"""A stay from the invite to the first look at the world, as steps a player can follow."""

import math
from dataclasses import dataclass, field

from client.scenes.stay import Stay
from client.state import Connecting, Failed, Left, Playing, Waiting
from protocol.invite import Invite

_CLOSED = "The connection was closed before you were in; join again."


@dataclass(slots=True)
class WayIn:
    """One attempt. `steps` were taken, the last is under way; `note` says why it takes long."""

    stay: Stay
    invite: Invite
    name: str
    steps: list[str] = field(default_factory=lambda: ["Reading the invite"])
    note: str = ""
    problem: str = ""  # it failed, and why

    @property
    def is_through(self) -> bool:
        """The world is there to be played in."""
        stay = self.stay
        return isinstance(stay.state, Playing) and stay.own is not None and stay.round is not None

    def follow(self, now: float) -> None:
        """See how far it has come."""
        self.stay.poll(now)
        match self.stay.state:
            case Connecting(step=step):
                self._step(step)
            case Waiting() as state:
                left = math.ceil(state.seconds_left(now))
                self.note = state.reason
                self.steps = [state.trying or f"Attempt {state.attempt + 1} in {left} s"]
            case Failed(problem=problem):
                self.problem = problem.sentence
            case Left():
                self.problem = _CLOSED
            case Playing():
                self._step("In: waiting for the first look at the world")

    def _step(self, step: str) -> None:
        if step and step not in self.steps:
            self.steps.append(step)
