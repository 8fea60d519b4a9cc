"""What to do when a line is lost: come back, start anew, or tell the player why not."""

from dataclasses import dataclass, field
from random import Random
from typing import Final

from client.backoff import Backoff
from client.link import Lost
from client.problem import Fault, Problem
from client.route import Route
from client.state import Connecting, Failed, SessionState, Waiting
from protocol import reasons
from protocol.client_conversation import Next
from protocol.messages import Reject
from protocol.reasons import Reason

FIRST_ATTEMPTS: Final = 12
"""A server that says it is starting is asked so often before a first join is given up."""
STEADY_S: Final = 5.0
"""In the world for so long: the next trouble is a new one, not the last one going on."""
_WORTH_WAITING: Final = {Fault.STARTING, Fault.BUSY, Fault.TRAVEL}
_AT_THE_DOOR: Final = {Fault.VERSION, Fault.NOT_FOUND}
"""Final for a first join. `reason` is set where the server itself said so, behind the door."""
_HINTS: Final = {
    int(Reason.MOVED): "To play in both, choose another name in one of them.",
}
"""What this client knows to add to the words of the server, by close code."""


@dataclass(slots=True)
class Comeback:
    """Decides after each loss. `rejected` is the REJECT that came before it, if one did."""

    backoff: Backoff
    was_in: bool = False  # ever
    is_in: bool = False  # on the line that is lost next
    since: float = 0.0  # the last WELCOME
    rejected: Reject | None = None
    route: Route = field(default_factory=Route)

    @classmethod
    def create(cls, rng: Random) -> "Comeback":
        """For a session that has not begun yet."""
        return cls(Backoff(rng))

    def welcomed(self, now: float) -> None:
        """The player is in: from here on a lost line is waited for."""
        self.was_in = self.is_in = True
        self.since = now
        self.rejected = None
        self.route.welcomed()

    def code(self, lost: Lost) -> int | None:
        """The close code that counts: a REJECT says it before the close that may not arrive."""
        if lost.problem is not None:
            return None
        return self.rejected.code if self.rejected is not None else lost.code

    def after(self, lost: Lost, step: Next, now: float) -> SessionState:
        """Where the session stands after the loss; Waiting says when to connect again."""
        problem, step = self.route.after(self._problem(lost), step)
        self.rejected = None
        if self.is_in and now - self.since > STEADY_S:
            self.backoff.succeeded()
        self.is_in = False
        if step is Next.STOP or not (problem.may_retry or self._is_odd(problem)):
            return Failed(problem)
        if problem.reason == Reason.RESUME_LOST:
            # The body is gone but the invite still opens the door: no reason to let wait.
            return self._wait(problem, now, 0.0)
        if not self.was_in and not self._is_worth_waiting(problem):
            return Failed(problem)
        return self._wait(problem, now, self.backoff.next_delay_s(problem.retry_after_s))

    def _is_odd(self, problem: Problem) -> bool:
        """The door says what cannot be: we were in, so something stands in the server's place."""
        return self.was_in and problem.fault in _AT_THE_DOOR and not problem.reason

    def _is_worth_waiting(self, problem: Problem) -> bool:
        asked = problem.fault in _WORTH_WAITING or problem.retry_after_s > 0
        return asked and self.backoff.attempt < FIRST_ATTEMPTS

    def _wait(self, problem: Problem, now: float, delay_s: float) -> SessionState:
        return Waiting(problem.sentence, now + delay_s, self.backoff.attempt)

    def _problem(self, lost: Lost) -> Problem:
        if lost.problem is not None:
            return lost.problem
        reject, code = self.rejected, self.code(lost)
        wait_s = reject.retry_after_s if reject else reasons.retry_after_s(lost.text)
        fault = Fault.LOST if reasons.may_resume(code) else Fault.REJECTED
        said = reject.text if reject is not None else reasons.sentence(code)
        text = f"{said} {_HINTS.get(code or 0, '')}".rstrip()
        return Problem(fault, text, retry_after_s=wait_s, reason=code or 0)


def trying(before: SessionState, step: str) -> SessionState:
    """The state while an attempt is under way, with what it is doing."""
    if isinstance(before, Waiting):
        return Waiting(before.reason, before.until, before.attempt, step)
    return Connecting(step)
