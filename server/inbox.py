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


class Inbox:
    """A queue with a credit: one command a tick on average, saved up for half a second at most.

    A burst after a stall is so caught up with, and a clock that runs fast wins nothing.
    """

    def __init__(self, tick_hz: int) -> None:
        self._queue: list[tuple[int, Command] | Act] = []  # short: a deque takes ten times as much
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
        if self._waiting or not self._starved:
            return min(self._waiting, 127)
        return -min(self._starved, _LATE_MAX)

    def put_commands(self, first_seq: int, commands: Sequence[Command]) -> None:
        """Commands arrived, numbered from `first_seq`."""
        for seq, command in enumerate(commands, first_seq):
            self._queue.append((seq, command))
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
        self._credit = min(self._credit + 1, self._credit_max)
        taken: list[Input] = []
        count = self._take_commands(eid, taken)
        self._credit -= count
        self.taken = count
        if not self._waiting:
            while self._queue:  # acts only
                taken.append(self._queue.pop(0))  # type: ignore[arg-type]
        self._starved = 0 if count else min(self._starved + 1, _LATE_MAX)
        self.late += 0 < self._starved < self._bound
        return taken

    def _take_commands(self, eid: int, taken: list[Input]) -> int:
        """Move commands, and the acts before them, into `taken`; returns how many commands."""
        allowed = PER_TICK if self._waiting > KEEP + 1 else 1
        allowed = min(allowed, self._credit, self._waiting)
        run: list[Command] = []
        last, left = 0, allowed
        while left:
            item = self._queue.pop(0)
            if isinstance(item, Act):
                if run:
                    taken.append(Commands(eid, last, tuple(run)))
                    run = []
                taken.append(item)
                continue
            last = item[0]
            run.append(item[1])
            left -= 1
        if run:
            taken.append(Commands(eid, last, tuple(run)))
        self._waiting -= allowed
        return allowed

    def _drop_oldest(self) -> None:
        for index, item in enumerate(self._queue):
            if not isinstance(item, Act):
                del self._queue[index]
                self._waiting -= 1
                self.dropped += 1
                return
