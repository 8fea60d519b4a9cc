"""Where the next line of a session leads: to the server of its invite, or on to another.

A server may send a session on (TRAVEL). That is obeyed when the line that brought the message is
gone; a journey that fails leads back to the invite's server, and so does the loss of the right to
resume: the invite is shown to nobody else.
"""

from dataclasses import dataclass

from client.problem import Fault, Problem
from client.target import Destination
from protocol.client_conversation import Next


@dataclass(slots=True)
class Route:
    """`destination` None is the server of the invite; `told` is where it said to go on."""

    destination: Destination | None = None
    told: Destination | None = None
    is_under_way: bool = False  # to a server that has not let us in yet

    def welcomed(self) -> None:
        """The server that the route leads to has let us in."""
        self.told, self.is_under_way = None, False

    def after(self, problem: Problem, step: Next) -> tuple[Problem, Next]:
        """What the loss of a line, by `problem`, comes down to; decides on the next one's way."""
        told, self.told = self.told, None
        if told is not None and step is Next.RESUME:
            self.destination, self.is_under_way = told, True
            sentence = f"The game goes on in another world ({told.world}): going there."
            return Problem(Fault.TRAVEL, sentence, retry_after_s=problem.retry_after_s), step
        if self.is_under_way:
            self.destination, self.is_under_way = None, False
            return _turned_away(problem), Next.JOIN if step is Next.STOP else step
        if step is not Next.RESUME or not problem.may_retry:
            self.destination = None
        return problem, step


def _turned_away(problem: Problem) -> Problem:
    sentence = f"There was no way into the world where the game goes on: {problem.sentence}"
    return Problem(Fault.TRAVEL, f"{sentence} Going back.", reason=problem.reason)
