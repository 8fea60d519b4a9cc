"""What a player has sent and the world has not yet done: commands and acts, in arrival order."""

from collections.abc import Sequence
from typing import Final

from game.body import Command
from game.inputs import Act, ActKind, Commands, Input

PER_TICK: Final = 2
"""Commands of one player that one tick may apply."""
KEEP: Final = 2
"""Commands left waiting as a cushion against jitter before a second one is taken in a tick."""

_LATE_MAX: Final = 128
_FEW: Final = tuple(range(KEEP + 1))
"""So many commands a tick leaves waiting usually, of one more."""


class Inbox:
    """A queue with a credit: one command a tick on average, saved up for half a second at most.

    A burst after a stall is so caught up with, and a clock that runs fast wins nothing.
    """

    __slots__ = (
        "_bound", "_credit", "_credit_max", "_eid", "acts", "dropped", "late", "queue", "wait",
    )  # fmt: skip

    def __init__(self, eid: int, tick_hz: int) -> None:
        self._eid = eid
        self._bound = 2 * tick_hz
        self._credit = 0
        self._credit_max = tick_hz // 2
        self.queue: list[Commands | Act] = []
        """What waits, as the world will be given it, of commands one each; for `take` alone. A list
        is long enough: a deque takes ten times as much."""
        self.acts = 0
        """Of those in the queue."""
        self.wait = -_LATE_MAX
        """Commands that the newest tick left waiting; below 0: for so many ticks in a row none came
        in time (at most 128; nobody is late before a first one)."""
        self.dropped = 0
        """Commands thrown away because more than two seconds of them waited."""
        self.late = 0
        """Ticks that found nothing, of a player who is active."""

    def put_commands(self, first_seq: int, commands: tuple[Command, ...]) -> None:
        """Commands arrived, numbered from `first_seq`."""
        if len(commands) == 1:
            # Too many that come one by one are few until the tick, which looks at that.
            self.queue.append(Commands(self._eid, first_seq, commands))
        else:
            numbered = enumerate(commands, first_seq)
            self.queue += [Commands(self._eid, seq, (command,)) for seq, command in numbered]
            self._shorten()

    def put_act(self, act_id: int, kind: int, arg: int) -> None:
        """An act arrived."""
        self.queue.append(Act(self._eid, act_id, ActKind(kind), arg))
        self.acts += 1

    def clear(self) -> None:
        """Forget what waits: the line it came on is gone, and the client sends it again."""
        self.queue.clear()
        self.acts = 0
        self.wait = -_LATE_MAX

    def take_any(self, taken: list[Input]) -> int:
        """Put into `taken` what this tick applies, whatever waits; returns how many commands."""
        self._shorten()
        if self._credit < self._credit_max:
            self._credit += 1
        waiting, count = len(self.queue) - self.acts, 0
        if waiting:
            count = PER_TICK if waiting > KEEP + 1 and self._credit >= PER_TICK else 1
            self._credit -= count
            self.wait = waiting - count
            taken += self._taken(count)
        else:
            self.wait = max(min(self.wait, 0) - 1, -_LATE_MAX)
            self.late += -self.wait < self._bound
        if self.acts and len(self.queue) == self.acts:
            taken += self.queue
            self.queue.clear()
            self.acts = 0
        return count

    def _taken(self, count: int) -> list[Commands | Act]:
        """So many commands, and the acts before them; neighbours become one input."""
        taken: list[Commands | Act] = []
        while count:
            item = self.queue.pop(0)
            if isinstance(item, Act):
                self.acts -= 1
                taken.append(item)
                continue
            if taken and isinstance(before := taken[-1], Commands):
                taken[-1] = Commands(self._eid, item.seq, before.commands + item.commands)
            else:
                taken.append(item)
            count -= 1
        return taken

    def _shorten(self) -> None:
        """Drop the oldest commands of too many, and no act."""
        for item in tuple(self.queue):
            if len(self.queue) - self.acts <= self._bound:
                return
            if not isinstance(item, Act):
                self.queue.remove(item)
                self.dropped += 1


def take(inboxes: Sequence[Inbox]) -> tuple[list[Input], int]:
    """What this tick applies of all of them, and how many commands that is.

    Each one's are in order. Acts go with the command that follows them.
    """
    taken: list[Input] = []
    commands = len(inboxes)
    for inbox in inboxes:
        left = len(inbox.queue) - 1
        if inbox.acts or left not in _FEW:
            commands += inbox.take_any(taken) - 1
        else:
            # Nearly always: what the tick adds to the credit is spent at once, or it stays full.
            taken.append(inbox.queue.pop(0))
            inbox.wait = left
    return taken, commands
