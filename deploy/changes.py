"""Plan, diff, apply, verify, ledger, undo: the one way in which anything outside is changed.

A change knows one thing in the world: a port on the router, a rule of the firewall, a record in
DNS, a line of .env. This module knows the order. Before a change is made the ledger says so, with
what was there before; so a crash at any point is resumed by the next run, or taken back by `undo`.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from msgspec.structs import replace

from deploy.ledger import Entry, JsonObject, Ledger, State
from deploy.problem import BAD, Problem
from deploy.stack import Say


class Change(Protocol):
    """One thing in the world that is to be otherwise.

    Every method may raise Problem. `inspect` and `undo` must work from any state that a
    crash in `apply` or `undo` can leave; `apply` and `undo` are idempotent.

    Attributes:
        id: the same for the same thing, whatever is wanted of it: "port-mapping:tcp:443".
        kind: the name by which a registry rebuilds it from `desired`.
        title: for people: "router: TCP 443 -> 192.168.1.10:8443".
        desired: what the ledger keeps. Never a secret: the name of its file.
    """

    @property
    def id(self) -> str:
        """See Attributes."""
        ...

    @property
    def kind(self) -> str:
        """See Attributes."""
        ...

    @property
    def title(self) -> str:
        """See Attributes."""
        ...

    @property
    def desired(self) -> JsonObject:
        """See Attributes."""
        ...

    async def inspect(self) -> JsonObject:
        """What is there now, enough to get back to it."""
        ...

    def diff(self, before: JsonObject) -> list[str]:
        """What applying would do to `before`: lines "+ ..." and "- ...". None: nothing to do."""
        ...

    async def apply(self, before: JsonObject) -> None:
        """Make it so. `before` is what `inspect` said just now."""
        ...

    async def verify(self) -> str:
        """Prove that it is so by looking at the world: one sentence of proof, or Problem."""
        ...

    async def undo(self, before: JsonObject) -> None:
        """Go back to `before`, which is what was there when the change was first made."""
        ...


Factory = Callable[[JsonObject], Change]
"""Rebuilds a change from the `desired` that the ledger kept."""

Registry = Mapping[str, Factory]
"""Factories by kind; `deploy/kinds.py` has the real one."""


@dataclass(frozen=True)
class Step:
    """A planned step. `lines` is its diff; without any there is nothing to do."""

    id: str
    kind: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Done:
    """A step that was carried out, with the sentence that proves it."""

    id: str
    title: str
    proof: str


@dataclass(frozen=True)
class Failure:
    """A step that could not be carried out."""

    id: str
    title: str
    problem: Problem


@dataclass
class Outcome:
    """What came of it.

    Attributes:
        plan: every step, those with nothing to do among them.
        done: the steps carried out.
        failures: only `undo` goes on after one; `carry_out` raises.
        is_declined: the person said no, and nothing was changed.
        is_undo: it was taken back, not made.
    """

    plan: tuple[Step, ...]
    done: list[Done] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    is_dry: bool = False
    is_declined: bool = False
    is_undo: bool = False

    @property
    def code(self) -> int:
        """The exit code: whoever declines, or cannot be served, did not get what they asked."""
        return BAD if self.failures or self.is_declined else 0

    def as_json(self) -> JsonObject:
        """For --json."""
        return {
            "dry_run": self.is_dry,
            "declined": self.is_declined,
            "plan": [
                {"id": step.id, "kind": step.kind, "title": step.title, "diff": list(step.lines)}
                for step in self.plan
            ],
            "done": [{"id": d.id, "title": d.title, "proof": d.proof} for d in self.done],
            "failures": [
                {"id": f.id, "title": f.title, "what": f.problem.what, "remedy": f.problem.remedy}
                for f in self.failures
            ],
        }


Confirm = Callable[[Sequence[Step]], bool]
"""Shows the steps that would change something, and asks. Never called when there are none."""


def yes(_: Sequence[Step]) -> bool:
    """The answer of --yes."""
    return True


async def carry_out(
    changes: Sequence[Change], ledger: Ledger, *, dry_run: bool, confirm: Confirm, say: Say
) -> Outcome:
    """Make changes, in this order, each proven before the next.

    What is already as wanted is not touched; it enters the ledger all the same, so that the keeper
    keeps it. A step that fails and has changed nothing leaves nothing in the ledger.

    Args:
        changes: what is wanted; their ids differ.
        ledger: where it is kept.
        dry_run: only plan.
        confirm: asked once, with all that would change, before the ledger is locked.
        say: told of each step; lines end in " ...".

    Raises:
        Problem: a step failed; the steps before it stay, and running again goes on from there.
            Or what was agreed to has become something else meanwhile; then nothing is changed.
    """
    if dry_run:
        return Outcome((await _plan(changes, say))[0], is_dry=True)
    shown: tuple[Step, ...] = ()
    if confirm is not yes:  # asked without the lock: a person may take their time
        shown, _ = await _plan(changes, say)
        if not _agreed(shown, confirm):
            return Outcome(shown, is_declined=True)
    with ledger.locked():
        plan, befores = await _plan(changes, say)
        if confirm is not yes and plan != shown:
            raise _other_than_shown()
        outcome = Outcome(plan)
        for change, before, step in zip(changes, befores, plan, strict=True):
            proof = await _carry_out_one(change, before, ledger, say, is_needed=bool(step.lines))
            if proof:
                outcome.done.append(Done(change.id, change.title, proof))
    return outcome


def _agreed(steps: Sequence[Step], confirm: Confirm) -> bool:
    open_steps = [step for step in steps if step.lines]
    return not open_steps or confirm(open_steps)


def _other_than_shown() -> Problem:
    return Problem(
        "What was shown is not what is there any more: somebody changed it meanwhile.",
        "the same command again, which shows it as it is now",
    )


async def _plan(
    changes: Sequence[Change], say: Say
) -> tuple[tuple[Step, ...], tuple[JsonObject, ...]]:
    steps, befores = [], []
    for change in changes:
        say(f"Looking at {change.title} ...")
        before = await change.inspect()
        befores.append(before)
        steps.append(Step(change.id, change.kind, change.title, tuple(change.diff(before))))
    return tuple(steps), tuple(befores)


async def _carry_out_one(
    change: Change, now: JsonObject, ledger: Ledger, say: Say, *, is_needed: bool
) -> str:
    """Gives the proof, or "" where there was nothing to do."""
    known = ledger.find(change.id)
    # Made once: a second run, or one after a crash, sees our own doing and not what was before.
    first = known or Entry(
        change.id, change.kind, change.desired, now, State.APPLIED, ledger.now(), ledger.maker
    )
    entry = replace(first, kind=change.kind, desired=change.desired, state=State.APPLIED)
    is_interrupted = known is not None and known.state is not State.APPLIED
    if not is_needed and not is_interrupted:
        if known != entry:
            ledger.put(entry)
        return ""
    say(f"{change.title} ...")
    ledger.put(replace(entry, state=State.APPLYING))
    if is_needed:
        await _apply(change, now, ledger, known)
    proof = await change.verify()
    # Asked again: a change may have learned what the world grants.
    ledger.put(replace(entry, desired=change.desired))
    return proof


async def _apply(change: Change, now: JsonObject, ledger: Ledger, known: Entry | None) -> None:
    try:
        await change.apply(now)
    except Problem:
        with suppress(Problem):
            if await change.inspect() == now:  # refused before anything happened
                ledger.put(known) if known else ledger.remove(change.id)
        raise


async def undo(  # noqa: PLR0913  # each is a word of the command line
    ledger: Ledger,
    registry: Registry,
    *,
    dry_run: bool,
    confirm: Confirm,
    say: Say,
    wanted: Callable[[Entry], bool] = lambda _: True,
) -> Outcome:
    """Take back what the ledger holds, newest first.

    A step that fails does not keep the others: it stays in the ledger, and running again tries it
    again.

    Args:
        ledger: where it is kept.
        registry: rebuilds the changes.
        dry_run: only plan.
        confirm: asked once, with all that would be taken back.
        say: told of each step.
        wanted: which entries; all of them without it.
    """
    if dry_run:
        plan = _plan_back(_newest_first(ledger, wanted), registry)
        return Outcome(plan, is_dry=True, is_undo=True)
    shown = _newest_first(ledger, wanted)
    plan = _plan_back(shown, registry)
    if shown and not confirm(plan):
        return Outcome(plan, is_declined=True, is_undo=True)
    with ledger.locked():
        entries = _newest_first(ledger, wanted)
        if entries != shown:
            raise _other_than_shown()
        outcome = Outcome(plan, is_undo=True)
        for entry, step in zip(entries, outcome.plan, strict=True):
            say(f"Taking back {step.title} ...")
            try:
                outcome.done.append(await _undo_one(entry, ledger, registry))
            except Problem as problem:
                outcome.failures.append(Failure(step.id, step.title, problem))
    return outcome


def _newest_first(ledger: Ledger, wanted: Callable[[Entry], bool]) -> list[Entry]:
    return [entry for entry in reversed(ledger.entries()) if wanted(entry)]


def _plan_back(entries: Sequence[Entry], registry: Registry) -> tuple[Step, ...]:
    steps = []
    for entry in entries:
        title = entry.id
        try:
            change = _rebuild(entry, registry)
            title = change.title
            lines = tuple(_turned(line) for line in reversed(change.diff(entry.before)))
        except Problem as problem:
            lines = (f"? {problem.what}",)
        steps.append(Step(entry.id, entry.kind, title, lines))
    return tuple(steps)


async def _undo_one(entry: Entry, ledger: Ledger, registry: Registry) -> Done:
    change = _rebuild(entry, registry)
    ledger.put(replace(entry, state=State.UNDOING))
    await change.undo(entry.before)
    ledger.remove(entry.id)
    return Done(entry.id, change.title, f"{change.title} is as it was before.")


def _rebuild(entry: Entry, registry: Registry) -> Change:
    factory = registry.get(entry.kind)
    if factory is None:
        raise Problem(
            f"The ledger holds a change of the kind {entry.kind!r}, which this Lanternhold does "
            "not know.",
            "update this clone: git pull",
        )
    try:
        return factory(entry.desired)
    except (KeyError, TypeError, ValueError) as fault:
        raise Problem(
            f"What the ledger holds of {entry.id} cannot be read ({fault!r}).",
            f"take it back by hand, then: ./lanternhold undo {entry.id} --forget",
        ) from None


def _turned(line: str) -> str:
    """A line of a diff, read the other way round."""
    sign = {"+": "-", "-": "+"}.get(line[:1])
    return sign + line[1:] if sign else line
