"""The keeper's round: read the ledger, look at what is due, mend what is not as the ledger says."""

import asyncio
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from deploy.keeper.schedule import Schedule
from deploy.keeper.tending import Finding, Tender
from deploy.ledger import BusyError, Entry, JsonObject, Ledger, State
from deploy.problem import Problem

READ_S = 1.0  # how soon a change of the ledger is seen
HURRY_S = (0.2, 1.2)  # after an announcement; the first answers may still name the old address
HURRIES_S = 1.0  # from one to the next at least: anybody at home can send announcements
WRITE_S = 12.0  # all of a write, as the ledger is locked: a command waits for 15 s
BUSY_S = 5.0  # between two tries to write while a command is at work
LONG_BUSY_S = 60.0  # a command that takes longer is told

TenderFactory = Callable[[Entry], Tender]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Condition:
    """How something is: well, or the sentence why not. `since` is wall time, for people."""

    problem: str
    remedy: str
    since: float


@dataclass(frozen=True)
class _Waiting:
    """What is to be mended once a command has ended. `since`: the keeper's clock."""

    finding: Finding
    since: float


class Keeper:
    """Looks after the entries of the ledger of the kinds it has a tender for.

    Args:
        ledger: what is to be kept; only read.
        tenders: makes the tender of an entry, by kind.
        say: told what happens, a line each.
        clock: a monotonic clock, in seconds.
        wall: wall time, for people.
    """

    def __init__(
        self,
        ledger: Ledger,
        tenders: Mapping[str, TenderFactory],
        *,
        say: Callable[[str], None],
        clock: Clock = time.monotonic,
        wall: Clock = time.time,
    ) -> None:
        self._ledger = ledger
        self._factories = tenders
        self._say = say
        self._clock = clock
        self._wall = wall
        self._schedule = Schedule()
        self._entries: dict[str, Entry] = {}
        self._tenders: dict[str, Tender] = {}
        self._hurries: list[float] = []
        self._woken = asyncio.Event()
        self._writing = asyncio.Lock()  # the ledger's lock is held once at a time
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._looking: set[str] = set()
        self._spared: set[str] = set()  # looks that began anew by a hurry: they may end
        self._missed: set[str] = set()  # of these, those that another hurry found at it
        self._hurried_at = -HURRIES_S
        self._waiting: dict[str, _Waiting] = {}
        self.conditions: dict[str, Condition] = {}
        self.last_round_at = 0.0  # wall time

    async def run(self) -> None:
        """Keep, until cancelled."""
        try:
            while True:
                self.begin_round()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._pause_s()):
                        await self._woken.wait()
                self._woken.clear()
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def hurry(self) -> None:
        """Something happened outside: look at everything soon, and once more after that."""
        now = self._clock()
        # The first stays where it is: however often the router speaks, its turn comes.
        first = min([*self._hurries, now + HURRY_S[0]])
        first = max(first, self._hurried_at + HURRIES_S)
        self._hurries = [first, max(first + HURRIES_S, now + HURRY_S[1])]
        self._woken.set()

    def begin_round(self) -> None:
        """Read the ledger, and begin to look after everything that is due, all side by side."""
        self._reread()
        now = self._clock()
        if any(moment <= now for moment in self._hurries):
            self._begin_hurry(now)
        for id_ in self._schedule.due(now):
            if id_ not in self._tasks:
                self._tasks[id_] = asyncio.create_task(self._tend(id_, self._tenders[id_]))
        self.last_round_at = self._wall()

    def _begin_hurry(self, now: float) -> None:
        self._hurried_at = now
        self._hurries = [max(moment, now + HURRIES_S) for moment in self._hurries if moment > now]
        self._schedule.hurry(now)
        self._waiting.clear()  # what was found may be true no more
        self._missed |= self._looking & self._spared
        hanging = self._looking - self._spared  # at a router that was away: it may answer now
        for id_ in hanging:
            self._tasks.pop(id_).cancel()
        self._looking -= hanging
        self._spared |= hanging

    async def settled(self) -> None:
        """Wait until nothing is being looked after at the moment."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())
            await asyncio.sleep(0)  # their own last words

    @property
    def count(self) -> int:
        """How many things it looks after."""
        return len(self._tenders)

    def as_json(self) -> JsonObject:
        """How everything is."""
        return {
            id_: {"ok": not known.problem, "problem": known.problem, "remedy": known.remedy}
            for id_, known in self.conditions.items()
        }

    def _pause_s(self) -> float:
        moments = [self._clock() + READ_S, *self._hurries]
        due = self._schedule.next_due()
        return max(0.0, min([*moments, due] if due is not None else moments) - self._clock())

    def _reread(self) -> None:
        try:
            held = self._ledger.entries()
        except Problem as problem:
            self._tell("ledger", problem)  # nothing is written while it cannot be read
            held = ()
        else:
            self.conditions.pop("ledger", None)
        entries = {
            entry.id: entry
            for entry in held
            if entry.state is State.APPLIED and entry.kind in self._factories
        }
        for id_, entry in entries.items():
            if id_ not in self._tenders or self._entries.get(id_) != entry:
                self._waiting.pop(id_, None)
                self._take(entry)
        for id_ in self._tenders.keys() - entries.keys():
            del self._tenders[id_]
            self._waiting.pop(id_, None)
            self.conditions.pop(id_, None)
            self._say(f"{id_}: kept no more")
        self._entries = entries
        self._schedule.hold(self._tenders, self._clock())

    def _take(self, entry: Entry) -> None:
        try:
            self._tenders[entry.id] = self._factories[entry.kind](entry)
        except Problem as problem:
            self._tenders.pop(entry.id, None)
            self._tell(entry.id, problem)
        except Exception as fault:  # noqa: BLE001  # as in _tend; an entry from elsewhere, perhaps
            self._tenders.pop(entry.id, None)
            self._tell(entry.id, _fault(fault))
        else:
            self._say(f"{entry.id}: kept from now on")

    async def _tend(self, id_: str, tender: Tender) -> None:
        me = asyncio.current_task()
        try:
            again_s = await self._look_and_mend(id_, tender)
        except Problem as problem:
            self._failed(id_, tender, problem)
        except Exception as fault:  # noqa: BLE001  # a fault in one must not end the care for all
            self._failed(id_, tender, _fault(fault))
        else:
            self._succeeded(id_, again_s)
        finally:
            if self._tasks.get(id_) is me:
                del self._tasks[id_]
                self._looking.discard(id_)
                self._spared.discard(id_)
                self._woken.set()  # to sleep until the next that is due

    async def _look_and_mend(self, id_: str, tender: Tender) -> float | None:
        """Gives when to look again, or None where a command was at work."""
        waiting = self._waiting.pop(id_, None)
        finding = waiting.finding if waiting else await self._look(id_, tender)
        if finding.is_well:
            return finding.again_s
        try:
            return await self._mend(id_, tender, finding)
        except BusyError:
            since = waiting.since if waiting else self._clock()
            self._waiting[id_] = _Waiting(finding, since)
            if self._clock() - since >= LONG_BUSY_S:
                self._tell(id_, _kept_waiting(finding))
            return None

    async def _look(self, id_: str, tender: Tender) -> Finding:
        self._looking.add(id_)
        finding = await tender.look()
        self._looking.discard(id_)
        return finding

    async def _mend(self, id_: str, tender: Tender, finding: Finding) -> float | None:
        async with self._writing:
            with self._ledger.holding(id_) as held:
                if held is None or held != self._entries.get(id_):
                    return None
                self._say(f"{id_}: {finding.words}")
                try:
                    async with asyncio.timeout(WRITE_S):
                        return await tender.mend()
                except TimeoutError:
                    raise _too_slow(finding) from None

    def _succeeded(self, id_: str, again_s: float | None) -> None:
        if again_s is None:
            self._schedule.succeeded(id_, self._clock(), BUSY_S)
            return
        if id_ in self.conditions and self.conditions[id_].problem:
            self._say(f"{id_}: well again")
        if id_ in self._tenders:
            self.conditions[id_] = Condition("", "", self._wall())
        if id_ in self._missed:
            self._missed.discard(id_)
            again_s = min(again_s, HURRIES_S)
        self._schedule.succeeded(id_, self._clock(), again_s)

    def _failed(self, id_: str, tender: Tender, problem: Problem) -> None:
        tender.failed()
        self._tell(id_, problem)
        self._schedule.failed(id_, self._clock(), tender.longest_retry_s)

    def _tell(self, id_: str, problem: Problem) -> None:
        """Say it once, not at every try."""
        known = self.conditions.get(id_)
        if known is None or known.problem != problem.what:
            self._say(f"{id_}: {problem.what} {problem.remedy}".strip())
            self.conditions[id_] = Condition(problem.what, problem.remedy, self._wall())


def _fault(fault: Exception) -> Problem:
    return Problem(f"fault in the keeper: {fault!r}", "report this")


def _too_slow(finding: Finding) -> Problem:
    return Problem(
        f"It was given up after {WRITE_S:.0f} s: {finding.words}.", "it is tried again by itself"
    )


def _kept_waiting(finding: Finding) -> Problem:
    return Problem(
        f"A ./lanternhold command has been at work for more than {LONG_BUSY_S:.0f} s, so this "
        f"waits: {finding.words}.",
        "end that command, or answer its question",
    )


def say(line: str) -> None:
    """A line of the log."""
    sys.stdout.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}\n")
    sys.stdout.flush()
