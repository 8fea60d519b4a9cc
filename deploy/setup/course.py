"""The course of a setup: plan everything, ask once, then change one thing after the other.

Each step can be cut off at any point. What was answered stands in the journal, what was changed in
the ledger, so the same command goes on where it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from deploy import changes
from deploy.changes import Change, Confirm, Outcome, Registry, Step
from deploy.clone import Clone
from deploy.env_change import EnvKey
from deploy.ledger import Ledger
from deploy.ports import opening
from deploy.ports.change import id_of
from deploy.problem import Problem
from deploy.setup.answers import Answers, Journal
from deploy.setup.wishes import HTTP, HTTPS, Wishes, with_challenge
from deploy.stack import Say

BY_HAND = "or open it by hand in the router, and then: ./lanternhold setup --no-router"


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
            Problem: a step failed; the same command goes on from there.
        """
        back = await self._plan_back(wishes)
        outcome = Outcome((*await self._plan(wishes), *back), is_dry=dry_run)
        if dry_run:
            return outcome
        changing = [step for step in outcome.plan if step.lines]
        if changing and not confirm(changing):
            outcome.is_declined = True
            return outcome
        await self._make(wishes.firewall, outcome)
        keys = [*wishes.keys, *await self._open(wishes, outcome)]
        await self._make(wishes.records, outcome)
        if any(step.lines for step in (*await self._look(keys), *back) if step.kind == EnvKey.KIND):
            self.journal.write(msgspec.structs.replace(answers, is_door_due=True))
        await self._make(keys, outcome)
        # Last: until the new way in stands, the old one is better than none.
        outcome.done += (await self._take_back(wishes)).done
        return outcome

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

    async def _take_back(self, wishes: Wishes) -> Outcome:
        back = await changes.undo(
            self.ledger,
            self.registry,
            dry_run=False,
            confirm=changes.yes,
            say=self.say,
            wanted=wishes.is_left_over,
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
        if problem := refused.get(id_of(HTTPS)):
            raise Problem(
                problem.what, f"{problem.remedy}, {BY_HAND}" if problem.remedy else BY_HAND
            )
        if problem := refused.get(id_of(HTTP)):
            self.notes.append(f"Port 80 stays closed, and 443 is enough: {problem.what}")
            return [with_challenge(self.clone, "tls")] if wishes.keys else []
        return []

    def _tell(self, line: str) -> None:
        if not line.startswith("Looking at"):  # it was looked at a moment ago
            self.say(line)
