"""What commands share that change something outside: show the plan, ask, carry out, tell."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Annotated, Self

import typer

from deploy import changes, modes, screen, settings
from deploy.changes import Change, Outcome, Step
from deploy.clone import Clone
from deploy.commands import asking
from deploy.commands.opening import stack_of
from deploy.ddns.target import KIND as DNS_RECORD
from deploy.embedded.programs import KEEPER
from deploy.env_change import EnvKey
from deploy.ledger import Ledger
from deploy.modes import Mode
from deploy.problem import USED_WRONGLY, Problem
from deploy.stack import Say, running

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and stop.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Change it without asking.")]

KEPT = {"port-mapping", DNS_RECORD}  # what runs out, or can become wrong, by itself
AGAIN = {
    Mode.EMBEDDED: "./lanternhold down, then ./lanternhold up --detach",
    Mode.DOCKER: "./lanternhold up --detach",
}
NOTHING_HERE = "Nothing was changed from here, so there is nothing to take back."
COLOURS = {"+": "green", "-": "red"}


class Talk:
    """Progress, which steps aside while a question is asked."""

    def __init__(self, *, yes: bool) -> None:
        self._yes = yes
        self._progress = ExitStack()
        self._say: Say | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.close()

    def say(self, line: str) -> None:
        """Show one line of progress."""
        if self._say is None:
            self._say = self._progress.enter_context(screen.progress())
        self._say(line)

    def confirm(self, steps: Sequence[Step], then: str = "") -> bool:
        """Show the steps, and what comes `then`, and ask; with --yes, nobody is asked."""
        self._progress.close()
        self._say = None
        return self._yes or _ask(steps, then)


def carry_out(
    wanted: Sequence[Change], ledger: Ledger, *, dry_run: bool, yes: bool, json: bool
) -> None:
    """Carry changes out and tell what came of it, as a person or a program wants it.

    Raises:
        Problem: a step failed.
        typer.Exit: the person declined.
    """
    with Talk(yes=yes) as talk:
        outcome = asyncio.run(
            changes.carry_out(wanted, ledger, dry_run=dry_run, confirm=talk.confirm, say=talk.say)
        )
    show(outcome, json=json)


def show(outcome: Outcome, *, json: bool) -> None:
    """Tell what came of it.

    Raises:
        typer.Exit: with the exit code, where it is not 0.
    """
    if json:
        screen.answer(outcome.as_json())
    else:
        tell(outcome)
    if outcome.code:
        raise typer.Exit(outcome.code)


def tell(outcome: Outcome) -> None:
    """Tell a person what came of it, or would."""
    if not outcome.is_dry:
        _show_done(outcome)
        return
    show_steps(outcome.plan)
    _show_failures(outcome)
    if not outcome.plan and not outcome.failures:
        nothing = "Nothing would be changed: there is nothing to do."
        screen.out().say(NOTHING_HERE if outcome.is_undo else nothing)


def show_steps(steps: Sequence[Step]) -> None:
    """The diff of each step; on stderr, since stdout is for answers."""
    console = screen.err()
    for step in steps:
        console.say(step.title, style="bold")
        for line in step.lines or ("= as it is",):
            console.say(f"  {line}", style=COLOURS.get(line[0], "dim"))


def _show_done(outcome: Outcome) -> None:
    console = screen.out()
    for done in outcome.done:
        console.say(f"✔ {done.proof}")
    _show_failures(outcome)
    if outcome.is_declined:
        console.say("Nothing was changed.")
    elif not outcome.done and not outcome.failures:
        console.say(NOTHING_HERE if outcome.is_undo else "Nothing to do: everything is as wanted.")
    if hint := _hint(Clone.here(), {done.id.partition(":")[0] for done in outcome.done}):
        console.say(f"Next: {hint}")


def _show_failures(outcome: Outcome) -> None:
    console = screen.out()
    for failure in outcome.failures:
        console.say(f"✘ {failure.title}: {failure.problem.what}")
        if failure.problem.remedy:
            console.say(f"  Next: {failure.problem.remedy}")


def _hint(clone: Clone, kinds: set[str]) -> str:
    """What a server that runs does not notice by itself, or ""."""
    mode = modes.remembered(clone)
    if mode is None or not kinds & {*KEPT, EnvKey.KIND}:
        return ""
    try:
        programs = running(stack_of(clone, settings.load(clone), mode))
    except Problem:
        return ""  # it is about what was changed, and that went well
    if not programs:
        return ""
    again = AGAIN[mode]
    if EnvKey.KIND in kinds:
        return f"{again}: the server that runs goes on with the old .env until then"
    if KEEPER not in programs and Ledger.of(clone).entries():
        return f"{again}: from then on the keeper keeps this up"
    return ""


def _ask(steps: Sequence[Step], then: str) -> bool:
    if not asking.has_somebody():
        raise Problem(
            "This changes something outside, and there is nobody here to ask.",
            "the same command with --dry-run to see what, or with --yes to do it",
            USED_WRONGLY,
        )
    show_steps(steps)
    if then:
        screen.err().say(then)
    try:
        return asking.agree("Do this?")
    except KeyboardInterrupt:
        typer.echo("\nNothing was changed.", err=True)
        raise
