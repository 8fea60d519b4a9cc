"""The course of a setup: plan everything, ask once, then change one thing after the other.

Each step can be cut off at any point. What was answered stands in the journal, what was changed in
the ledger, so the same command goes on where it was.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from deploy import changes
from deploy.changes import Change, Confirm, Outcome, Registry, Step
from deploy.clone import Clone
from deploy.env_change import EnvKey
from deploy.ledger import Entry, Ledger, State
from deploy.ports import opening, refusing
from deploy.ports.change import id_of
from deploy.problem import Problem
from deploy.setup.answers import Answers, Journal
from deploy.setup.wishes import HTTP, HTTPS, Wishes, with_challenge
from deploy.stack import Say

BY_HAND = (
    "or open it by hand (docs/how-to/router-no-upnp.md), then: ./lanternhold setup --no-router"
)


@dataclass
class Course:
    """Carries out wishes.

    Attributes:
        clone: whose .env it is.
        ledger, registry: see `changes`.
        journal: told when the door becomes due.
        say: told of each step.
        notes: what the host should know afterwards.
    """

    clone: Clone
    ledger: Ledger
    registry: Registry
    journal: Journal
    say: Say
    notes: list[str] = field(default_factory=list)

    async def run(
        self, wishes: Wishes, answers: Answers, *, dry_run: bool, confirm: Confirm
    ) -> Outcome:
        """Plan, ask, and make it so.

        Raises:
            Problem: a step failed, and what this run had changed was taken back. What earlier runs
                made stays.
        """
        back = await self._plan_back(wishes)
        outcome = Outcome((*await self._plan(wishes), *back), is_dry=dry_run)
        if dry_run:
            return outcome
        changing = [step for step in outcome.plan if step.lines]
        if changing and not confirm(changing):
            outcome.is_declined = True
            return outcome
        before = self.ledger.entries()
        try:
            await self._make_all(wishes, answers, back, outcome)
        except Problem as problem:
            raise await self._withdrawn(problem, before) from problem
        # Last: until the new way in stands, the old one is better than none.
        outcome.done += (await self._take_back(wishes.is_left_over)).done
        return outcome

    async def _make_all(
        self, wishes: Wishes, answers: Answers, back: Sequence[Step], outcome: Outcome
    ) -> None:
        await self._make(wishes.firewall, outcome)
        keys = [*wishes.keys, *await self._open(wishes, outcome)]
        await self._make(wishes.records, outcome)
        if any(step.lines for step in (*await self._look(keys), *back) if step.kind == EnvKey.KIND):
            self.journal.write(msgspec.structs.replace(answers, is_door_due=True))
        await self._make(keys, outcome)

    async def _withdrawn(self, problem: Problem, before: Sequence[Entry]) -> Problem:
        """Go back to what was there before this run: a way in that leads nowhere is no good.

        Gives the problem with what became of that.
        """
        known = {entry.id: entry for entry in before}
        new = {entry.id for entry in self.ledger.entries()} - known.keys()
        other = [
            known[entry.id]
            for entry in self.ledger.entries()
            if entry.id in known and entry != known[entry.id]
        ]
        if not new and not other:
            return problem
        self.say("Taking back what this run has changed ...")
        noted = len(self.notes)
        try:
            if new:
                await self._take_back(lambda entry: entry.id in new)
            for entry in other:
                await self._put_back(entry)
        except Problem as fault:  # another command is at work
            self.notes.append(fault.what)
        if still := self.notes[noted:]:
            what = f"{problem.what} What this run had changed could not all be taken back: "
            remedy = f"{problem.remedy}; ./lanternhold undo takes back all that setup has ever made"
            return Problem(what + " ".join(still), remedy.removeprefix("; "), problem.code)
        what = f"{problem.what} What this run had changed was taken back."
        return Problem(what, problem.remedy, problem.code)

    async def _put_back(self, entry: Entry) -> None:
        """An entry that was there with another wish: as an earlier run had made it."""
        if entry.state is not State.APPLIED:
            return  # half made or half undone by a run that was killed: the next one goes on
        earlier = self.registry[entry.kind](entry.desired)
        await self._make([earlier], Outcome(()))

    async def _plan(self, wishes: Wishes) -> list[Step]:
        steps: list[Step] = []
        for change in wishes.changes:
            steps += await self._look([change])
        return steps

    async def _look(self, wanted: Sequence[Change]) -> tuple[Step, ...]:
        planned = await changes.carry_out(
            wanted, self.ledger, dry_run=True, confirm=changes.yes, say=self.say
        )
        return planned.plan

    async def _plan_back(self, wishes: Wishes) -> tuple[Step, ...]:
        back = await changes.undo(
            self.ledger,
            self.registry,
            dry_run=True,
            confirm=changes.yes,
            say=self.say,
            wanted=wishes.is_left_over,
        )
        return back.plan

    async def _take_back(self, wanted: Callable[[Entry], bool]) -> Outcome:
        back = await changes.undo(
            self.ledger,
            self.registry,
            dry_run=False,
            confirm=changes.yes,
            say=self.say,
            wanted=wanted,
        )
        for failure in back.failures:
            self.notes.append(f"{failure.title} still stands: {failure.problem.what}")
        return back

    async def _make(self, wanted: Sequence[Change], outcome: Outcome) -> None:
        made = await changes.carry_out(
            wanted, self.ledger, dry_run=False, confirm=changes.yes, say=self._tell
        )
        outcome.done += made.done

    async def _open(self, wishes: Wishes, outcome: Outcome) -> list[Change]:
        """Open the ports; gives what the door must be told when only one of them could be.

        Raises:
            Problem: the one that friends need was refused.
        """
        made = await opening.open_ports(
            wishes.ports, self.ledger, dry_run=False, confirm=changes.yes, say=self._tell
        )
        outcome.done += made.done
        refused = {failure.id: failure.problem for failure in made.failures}
        if problem := refused.get(id_of(HTTPS)) or refused.get(id_of(HTTPS, 6)):
            remedy = problem.remedy.removesuffix(refusing.BY_HAND).removesuffix("; ")
            raise Problem(problem.what, f"{remedy}; {BY_HAND}" if remedy else BY_HAND)
        if problem := refused.get(id_of(HTTP)) or refused.get(id_of(HTTP, 6)):
            self.notes.append(f"Port 80 stays closed, and 443 is enough: {problem.what}")
            return [with_challenge(self.clone, "tls")] if wishes.keys else []
        return []

    def _tell(self, line: str) -> None:
        if not line.startswith("Looking at"):  # it was looked at a moment ago
            self.say(line)
