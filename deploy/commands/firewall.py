"""`firewall plan`, `apply`, `confirm`, `undo`: players through this computer's own firewall."""

import asyncio
import contextlib
import select
import sys
import time
from typing import Annotated

import typer

from deploy import changes, invitation, kinds, modes, screen
from deploy.clone import Clone
from deploy.commands.changing import DryRun, Talk, Yes, show
from deploy.commands.opening import open_clone, stack_of
from deploy.firewall import exposure, plan, reading
from deploy.firewall.change import TRIAL_S, Ask, FirewallRule, at_once, needed
from deploy.firewall.exposure import Exposed, Prober
from deploy.firewall.plan import Plan
from deploy.firewall.trial import Trial
from deploy.ledger import Entry, Ledger
from deploy.problem import Problem
from deploy.screen import Json
from deploy.settings import Settings

app = typer.Typer(name="firewall", help="Let players through this computer's own firewall.")

LONGEST_S = 3600
STEP_S = 0.1
Enable = Annotated[
    bool, typer.Option("--enable", help="Also switch ufw on, where it is off; SSH stays open.")
]
SshPort = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, metavar="PORT", help="With --enable: a port of SSH that is not found."
    ),
]


@app.command("plan", epilog="Example: [bold]./lanternhold firewall plan[/bold]")
def plan_(*, enable: Enable = False, ssh_port: SshPort = None, json: Json = False) -> None:
    """Show which firewall is at work, what players need of it, and what others can reach.

    Changes nothing.
    """
    clone, chosen = open_clone()
    facts = reading.read(clone, chosen, enable=enable, ssh_port=ssh_port)
    made = plan.make(facts, enable=enable)
    prober = _eye(clone, chosen)
    if prober:
        _say("Having somebody outside look ...")
    seen = asyncio.run(exposure.measure(chosen, facts.listeners, prober))
    if json:
        screen.answer(made.as_json() | {"exposure": [item.as_json() for item in seen]})
    else:
        _show_plan(made, seen)


@app.command("apply", epilog="Example: [bold]./lanternhold firewall apply --dry-run[/bold]")
def apply(  # noqa: PLR0913  # the options of a command
    *,
    enable: Enable = False,
    ssh_port: SshPort = None,
    confirm_within: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=LONGEST_S,
            metavar="SECONDS",
            help="Take it back unless confirmed within this time. [default: 60; none with --yes]",
        ),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Let players in by ufw or firewalld, and take it back unless it is confirmed.

    Confirm with Enter, or with ./lanternhold firewall confirm from another session. If this
    command ends in any other way, a guard takes the change back.
    """
    clone, chosen = open_clone()
    facts = reading.read(clone, chosen, enable=enable, ssh_port=ssh_port)
    made = plan.make(facts, enable=enable)
    if made.commands and not made.can_apply:
        raise Problem(
            f"The firewall here ({made.firewall}) is yours to change: {' '.join(made.why)}",
            "type " + "; ".join(made.commands),
        )
    ask = at_once if yes and confirm_within is None else _ask(Trial.of(clone))
    wanted = needed(
        facts,
        clone,
        enable=enable,
        ask=ask,
        seconds=float(confirm_within or TRIAL_S),
        prober=_eye(clone, chosen),
    )
    if wanted and Trial.of(clone).interrupted():
        _say(
            "An earlier change of the firewall was cut off before anybody confirmed it, and still "
            "stands. Applying takes it back first; a dry run does not."
        )
    if not json:
        _tell(made.why)
        _tell(made.unproven)
    with Talk(yes=yes) as talk:
        outcome = asyncio.run(
            changes.carry_out(
                wanted, Ledger.of(clone), dry_run=dry_run, confirm=talk.confirm, say=_say
            )
        )
    show(outcome, json=json)


@app.command("confirm", epilog="Example: [bold]./lanternhold firewall confirm[/bold]")
def confirm() -> None:
    """Keep the change that `firewall apply` is trying right now.

    Best from a new session: that you could open one is the proof that you are not locked out.
    """
    trial = Trial.of(Clone.here())
    if not trial.is_watched:
        raise Problem("No change of the firewall is on trial.", "./lanternhold firewall apply")
    trial.decide("keep")
    typer.echo("Confirmed.", err=True)


@app.command("undo", epilog="Example: [bold]./lanternhold firewall undo --yes[/bold]")
def undo(*, dry_run: DryRun = False, yes: Yes = False, json: Json = False) -> None:
    """Take back what `firewall apply` changed, to the byte. Rules of others stay."""
    clone = Clone.here()
    with Talk(yes=yes) as talk:
        outcome = asyncio.run(
            changes.undo(
                Ledger.of(clone),
                kinds.registry(clone),
                dry_run=dry_run,
                confirm=talk.confirm,
                say=_say,
                wanted=_is_ours,
            )
        )
    show(outcome, json=json)


def _eye(clone: Clone, chosen: Settings) -> Prober | None:
    """Who looks from outside, by an invite of the server that runs; or None."""
    mode = modes.remembered(clone)
    if not chosen.prober or mode is None:
        return None
    # What speaks TLS takes a while to import, which the other commands can do without.
    from deploy.firewall import outside  # noqa: PLC0415

    def link() -> str:
        with contextlib.suppress(Problem):
            made = invitation.invite(stack_of(clone, chosen, mode), chosen, clone=clone)
            return made[0].link()
        return ""

    return outside.by_invite(chosen.prober, link, chosen.https_port)


def _is_ours(entry: Entry) -> bool:
    return entry.kind == FirewallRule.KIND


def _say(line: str) -> None:
    """Plain lines: a moving one would write over the question that is asked in between."""
    screen.err().say(line)


def _tell(sentences: tuple[str, ...]) -> None:
    for sentence in sentences:
        screen.err().say(sentence)


def _ask(trial: Trial) -> Ask:
    async def ask(seconds: float) -> bool:
        typer.echo(
            f"The change is made. Press Enter within {seconds:.0f} s to keep it, or run "
            "./lanternhold firewall confirm in a new session; otherwise it is taken back.",
            err=True,
        )
        return await _answer(trial, seconds)

    return ask


async def _answer(trial: Trial, seconds: float) -> bool:
    """Until Enter, or `firewall confirm`, or the time is over. No thread: Ctrl-C ends it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if trial.decision == "keep":
            return True
        if sys.stdin.isatty() and select.select([sys.stdin], [], [], 0)[0]:
            return bool(sys.stdin.readline())  # "" is the end of the line: the terminal is gone
        await asyncio.sleep(STEP_S)
    return False


def _show_plan(made: Plan, seen: list[Exposed]) -> None:
    console = screen.out()
    for line in (*made.why, *made.unproven):
        console.say(line)
    if made.commands:
        console.print("\nTo let players in:", style="bold")
        for line in made.commands:
            console.show(f"  {line}")
        if made.can_apply:
            console.say("./lanternhold firewall apply does it for you.")
        console.print("To take it back:", style="bold")
        for line in made.undo:
            console.show(f"  {line}")
    console.print("\nWhat listens here:", style="bold")
    for item in seen:
        if item.listens != "nobody":
            mark = "✘" if item.is_fault else "·"
            console.say(f"  {mark} {item.sentence}")
