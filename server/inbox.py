"""What a player has sent and the world has not yet done: commands and acts, in arrival order."""

from typing import Final

from game.body import Command
from game.inputs import Act, ActKind, Commands, Input

PER_TICK: Final = 2
"""Commands of one player that one tick may apply."""
KEEP: Final = 2
"""Commands left waiting as a cushion against jitter before a second one is taken in a tick."""

_LATE_MAX: Final = 128
_FEW: Final = tuple(range(1, KEEP + 2))
"""So many commands wait usually, and a tick takes one of them."""


class Inbox:
    """A queue with a credit: one command a tick on average, saved up for half a second at most.

    A burst after a stall is so caught up with, and a clock that runs fast wins nothing.
    """

    __slots__ = (
        "_acts", "_bound", "_credit", "_credit_max", "_queue", "dropped", "late", "taken", "wait",
    )  # fmt: skip

    def __init__(self, tick_hz: int) -> None:
        # Of commands one each, in the tuple in which the world is given it. Short: a deque takes
        # ten times as much.
        self._queue: list[tuple[int, tuple[Command, ...]] | Act] = []
        self._acts = 0  # of those in the queue
        self._bound = 2 * tick_hz
        self._credit = 0
        self._credit_max = tick_hz // 2
        self.wait = -_LATE_MAX
        """Commands that the newest tick left waiting; below 0: for so many ticks in a row none came
        in time (at most 128; nobody is late before a first one)."""
        self.taken = 0
        """Commands that the newest tick applied."""
        self.dropped = 0
        """Commands thrown away because more than two seconds of them waited."""
        self.late = 0
        """Ticks that found nothing, of a player who is active."""

    def put_commands(self, first_seq: int, commands: tuple[Command, ...]) -> None:
        """Commands arrived, numbered from `first_seq`."""
        if len(commands) == 1:
            self._queue.append((first_seq, commands))
        else:
            self._queue += [(seq, (command,)) for seq, command in enumerate(commands, first_seq)]
        if len(self._queue) > self._bound:
            self._shorten()

    def put_act(self, eid: int, act_id: int, kind: int, arg: int) -> None:
        """An act arrived."""
        self._queue.append(Act(eid, act_id, ActKind(kind), arg))
        self._acts += 1

    def clear(self) -> None:
        """Forget what waits: the line it came on is gone, and the client sends it again."""
        self._queue.clear()
        self._acts = 0
        self.wait = -_LATE_MAX

    def take(self, eid: int) -> list[Input]:
        """What this tick applies, in order. Acts go with the command that follows them."""
        queue = self._queue
        if self._acts or len(queue) not in _FEW:
            return self._take_unusual(eid)
        if self._credit == self._credit_max:
            self._credit -= 1  # else it is spent as it comes
        seq, commands = queue.pop(0)  # type: ignore[misc] # no act is among them
        self.taken, self.wait = 1, len(queue)
        return [Commands(eid, seq, commands)]

    def _take_unusual(self, eid: int) -> list[Input]:
        """The same where it is not one command of the few that wait."""
        if self._credit < self._credit_max:
            self._credit += 1
        taken: list[Input] = []
        waiting = len(self._queue) - self._acts
        if waiting:
            count = PER_TICK if waiting > KEEP + 1 and self._credit >= PER_TICK else 1
            self._credit -= count
            self.taken, self.wait = count, waiting - count
            self._take_commands(eid, count, taken)
        else:
            self.taken, self.wait = 0, max(min(self.wait, 0) - 1, -_LATE_MAX)
            self.late += -self.wait < self._bound
        if self._acts and len(self._queue) == self._acts:
            taken += self._queue  # type: ignore[arg-type] # acts only
            self._queue.clear()
            self._acts = 0
        return taken

    def _take_commands(self, eid: int, count: int, taken: list[Input]) -> None:
        """Move commands, and the acts before them, into `taken`; neighbours become one input."""
        while count:
            item = self._queue.pop(0)
            if isinstance(item, Act):
                taken.append(item)
                self._acts -= 1
                continue
            seq, commands = item
            if taken and isinstance(before := taken[-1], Commands):
                taken[-1] = Commands(eid, seq, before.commands + commands)
            else:
                taken.append(Commands(eid, seq, commands))
            count -= 1

    def _shorten(self) -> None:
        """Drop the oldest commands of too many, and no act."""
        for item in tuple(self._queue):
            if len(self._queue) - self._acts <= self._bound:
                return
            if not isinstance(item, Act):
                self._queue.remove(item)
                self.dropped += 1
