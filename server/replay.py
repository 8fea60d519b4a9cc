"""Playing a history once more, and holding it against the hashes that the live world had."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from server.history import History


class Verdict(StrEnum):
    """How a replay went."""

    SAME = "same"  # every hash is the live world's
    DIFFERS = "differs"  # from some tick on it is another world
    CRASHED = "crashed"  # a tick raised


@dataclass(frozen=True)
class Outcome:
    """The end of a replay: at which tick, with which hash, after how many that were compared.

    Where it differs `tick` is the first that was looked at and differs, `wanted` the live world's
    hash there, and `equal_until` the last tick at which both were equal. Where it crashed the tick
    is the one that raised `error`, and there is no hash: half a tick has none.
    """

    verdict: Verdict
    tick: int
    hash: str
    compared: int
    equal_until: int
    wanted: str | None = None
    error: Exception | None = None


def replay(history: History, told: Callable[[int], None] = lambda _tick: None) -> Outcome:
    """Play `history` to its end, to the first difference or to the crash in it.

    Args:
        history: what is replayed.
        told: called with each tick that is done.

    Raises:
        HistoryError: when it cannot be replayed.
    """
    world = history.open()
    compared, equal_until = 0, history.start
    for tick, inputs in history.inputs():
        try:
            world.step(inputs)
        except Exception as error:  # noqa: BLE001 - whatever the rules can raise is the answer
            return Outcome(Verdict.CRASHED, tick, "", compared, equal_until, error=error)
        wanted = history.checks.get(tick)
        if wanted is not None:
            found = world.hash()
            if found != wanted:
                return Outcome(Verdict.DIFFERS, tick, found, compared, equal_until, wanted)
            compared, equal_until = compared + 1, tick
        told(tick)
    return Outcome(Verdict.SAME, world.tick, world.hash(), compared, equal_until)
