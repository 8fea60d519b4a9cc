"""`python -m server replay`: play a recording or a world's log once more, and compare hashes."""

import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from server import recording
from server.history import History, HistoryError
from server.replay import Outcome, Verdict, replay
from server.store import database
from server.store.past import opened

SAY_EVERY_S: Final = 2.0


def run(what: Path, *, as_json: bool) -> Outcome:
    """Replay it and print how that went.

    Raises:
        HistoryError: when it cannot be replayed.
    """
    with _history(what) as history:
        outcome = replay(history, _Progress(history))
        facts = _facts(history, outcome)
    if as_json:
        print(msgspec.json.encode(facts).decode())  # noqa: T201 - it was asked for
        return outcome
    if outcome.error is not None:
        traceback.print_exception(outcome.error)  # for the developer, who is looking for just that
    print(_words(history, outcome))  # noqa: T201
    return outcome


@contextmanager
def _history(what: Path) -> Iterator[History]:
    if what.is_dir():
        with opened(what / database.FILE) as past:
            yield past.whole()
        return
    try:
        data = what.read_bytes()
    except OSError as error:
        raise HistoryError(f"{what} cannot be read: {error.strerror or error}.") from error
    yield recording.decode(data)


def _facts(history: History, outcome: Outcome) -> dict[str, object]:
    error = outcome.error
    return {
        "verdict": outcome.verdict,
        "start": history.start,
        "last": history.last,
        "tick_hz": history.rules().tick_hz,
        "tick": outcome.tick,
        "hash": outcome.hash or None,
        "wanted": outcome.wanted,
        "compared": outcome.compared,
        "equal_until": outcome.equal_until,
        "recorded_fault": history.crash.fault if history.crash else None,
        "fault": None if error is None else "".join(traceback.format_exception(error)),
    }


def _words(history: History, outcome: Outcome) -> str:
    hz = history.rules().tick_hz
    ticks = f"{outcome.tick - history.start} ticks from {history.start} on"
    if outcome.verdict is Verdict.CRASHED:
        return f"Tick {outcome.tick} crashes, as told above. {_fault(history)}".rstrip()
    if outcome.verdict is Verdict.DIFFERS:
        return (
            f"It differs: at tick {outcome.tick} the live server had another hash. The last that "
            f"was compared before it, of tick {outcome.equal_until}, was equal.\n"
            f"  live    {outcome.wanted}\n  replay  {outcome.hash}"
        )
    return (
        f"The same: {ticks} ({(outcome.tick - history.start) / hz:.0f} s), {outcome.compared} "
        f"hashes compared, all equal.\n  tick {outcome.tick}  {outcome.hash}\n{_fault(history)}"
    ).rstrip()


def _fault(history: History) -> str:
    """What ended the server that was recorded, if anything did."""
    crash = history.crash
    if crash is None:
        return ""
    where = "" if crash.inputs is not None else " It happened outside the rules of the game."
    return f"The live server ended in tick {crash.tick} with {crash.fault}.{where}"


class _Progress:
    """Says on standard error how far it is, when it takes long."""

    def __init__(self, history: History, clock: Callable[[], float] = time.monotonic) -> None:
        self._history = history
        self._clock = clock
        self._said = clock()

    def __call__(self, tick: int) -> None:
        now = self._clock()
        if now - self._said < SAY_EVERY_S:
            return
        self._said = now
        start, last = self._history.start, self._history.last
        share = 100 * (tick - start) // max(last - start, 1)
        print(f"tick {tick} of {last} ({share} %)", file=sys.stderr)  # noqa: T201
