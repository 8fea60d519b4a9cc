"""Commands on their way out: one INPUT a tick while the player does something, else batches."""

from typing import Final

from game.body import IDLE, Command

QUIET_S: Final = 0.5
"""After so long without anything done, commands are sent in batches."""
ACKS_HZ: Final = 10
"""Snapshots are acknowledged at least so often: the server's flow control lives on it."""


class Outbox:
    """Holds commands back while nothing happens. Times are monotonic seconds."""

    def __init__(self, tick_hz: int) -> None:
        self._batch = max(1, tick_hz // ACKS_HZ)
        self._busy_until = 0.0
        self._last = IDLE
        self._commands: list[Command] = []

    def add(self, command: Command, now: float) -> None:
        """Put one in; what moves the body, or is not like the one before, is urgent."""
        if command != IDLE or command != self._last:
            self._busy_until = now + QUIET_S
        self._last = command
        self._commands.append(command)

    def take_due(self, now: float) -> list[Command]:
        """What has to go out now, oldest first; often nothing."""
        if now < self._busy_until or len(self._commands) >= self._batch:
            return self.take()
        return []

    def take(self) -> list[Command]:
        """Everything: something that must come after it is about to be sent."""
        commands, self._commands = self._commands, []
        return commands
