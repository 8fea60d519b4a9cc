"""Commands on their way out: one INPUT a tick while the player does something, else batches.

Batches also while the line is stalled: what is said then arrives all at once, and must not look
like a flood to the server.
"""

from typing import Final

from game.body import IDLE, Command
from protocol.limits import STALL_INPUTS_PER_S

QUIET_S: Final = 0.5
"""After so long without anything done, commands are sent in batches."""
BATCHES_HZ: Final = STALL_INPUTS_PER_S
"""Often enough for the server's flow control, which lives on acknowledgements; and no more than
may be said in a stall."""


class Outbox:
    """Holds commands back while nothing happens. Times are monotonic seconds."""

    def __init__(self, tick_hz: int) -> None:
        self._batch = max(1, tick_hz // BATCHES_HZ)
        self._busy_until = 0.0
        self._last = IDLE
        self._commands: list[Command] = []

    def add(self, command: Command, now: float) -> None:
        """Put one in; what moves the body, or is not like the one before, is urgent."""
        if command != IDLE or command != self._last:
            self._busy_until = now + QUIET_S
        self._last = command
        self._commands.append(command)

    def take_due(self, now: float, *, stalled: bool = False) -> list[Command]:
        """What has to go out now, oldest first; often nothing. While stalled nothing is urgent."""
        is_urgent = now < self._busy_until and not stalled
        if is_urgent or len(self._commands) >= self._batch:
            return self.take()
        return []

    def take(self) -> list[Command]:
        """Everything: something that must come after it is about to be sent."""
        commands, self._commands = self._commands, []
        return commands
