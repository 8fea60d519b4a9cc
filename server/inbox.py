"""What a player has sent and the world has not yet done: commands and acts, in arrival order."""

from typing import Final

from game.body import Command
from game.inputs import Act, ActKind, Commands, Input

PER_TICK: Final = 2
"""Commands of one player that one tick may apply."""
KEEP: Final = 2
"""Commands left waiting as a cushion against jitter before a second one is taken in a tick."""

_LATE_MAX: Final = 128


class Inbox:
    """A queue with a credit: one command a tick on average, saved up for half a second at most.

    A burst after a stall is so caught up with, and a clock that runs fast wins nothing.
    """

    def __init__(self, tick_hz: int) -> None:
        # Of commands one each, in the tuple in which the world is given it. Short: a deque takes
        # ten times as much.
        self._queue: list[tuple[int, tuple[Command, ...]] | Act] = []
        self._waiting = 0
        self._bound = 2 * tick_hz
        self._credit = 0
        self._credit_max = tick_hz // 2
        self._starved = _LATE_MAX  # ticks in a row without a command; nobody is late before a first
        self.taken = 0
        """Commands that the newest tick applied."""
        self.dropped = 0
        """Commands thrown away because more than two seconds of them waited."""
        self.late = 0
        """Ticks that found nothing, of a player who is active."""

    @property
    def wait(self) -> int:
        """Commands waiting; below 0: for so many ticks none came in time (at most 128)."""
        return self._waiting or -self._starved

    def put_commands(self, first_seq: int, commands: tuple[Command, ...]) -> None:
        """Commands arrived, numbered from `first_seq`."""
        if len(commands) == 1:
            self._queue.append((first_seq, commands))
            self._waiting += 1
        else:
            self._queue += [(seq, (command,)) for seq, command in enumerate(commands, first_seq)]
            self._waiting += len(commands)
        while self._waiting > self._bound:
            self._drop_oldest()

    def put_act(self, eid: int, act_id: int, kind: int, arg: int) -> None:
        """An act arrived."""
        self._queue.append(Act(eid, act_id, ActKind(kind), arg))

    def clear(self) -> None:
        """Forget what waits: the line it came on is gone, and the client sends it again."""
        self._queue.clear()
        self._waiting = 0
        self._starved = _LATE_MAX

    def take(self, eid: int) -> list[Input]:
        """What this tick applies, in order. Acts go with the command that follows them."""
        if self._credit < self._credit_max:
            self._credit += 1
        taken: list[Input] = []
        if self._waiting:
            self._take_commands(eid, taken)
        else:
            self.taken = 0
            self._starved = min(self._starved + 1, _LATE_MAX)
            self.late += self._starved < self._bound
        if self._queue and not self._waiting:
            taken += self._queue  # type: ignore[arg-type] # acts only
            self._queue.clear()
        return taken

    def _take_commands(self, eid: int, taken: list[Input]) -> None:
        """Move commands, and the acts before them, into `taken`; neighbours become one input."""
        count = PER_TICK if self._waiting > KEEP + 1 and self._credit >= PER_TICK else 1
        self._credit -= count
        self._waiting -= count
        self._starved, self.taken = 0, count
        while count:
            item = self._queue.pop(0)
            if isinstance(item, Act):
                taken.append(item)
                continue
            seq, commands = item
            if taken and isinstance(before := taken[-1], Commands):
                taken[-1] = Commands(eid, seq, before.commands + commands)
            else:
                taken.append(Commands(eid, seq, commands))
            count -= 1

    def _drop_oldest(self) -> None:
        for index, item in enumerate(self._queue):
            if not isinstance(item, Act):
                del self._queue[index]
                self._waiting -= 1
                self.dropped += 1
                return
