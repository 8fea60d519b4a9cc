"""`ddns update` and `ddns status`: the public name at the public address."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from deploy import modes, screen
from deploy.clone import Clone
from deploy.commands.changing import DryRun, Yes, carry_out
from deploy.commands.opening import open_clone
from deploy.ddns import needs, secret, tokens
from deploy.ddns.configured import Asked, targets
from deploy.ddns.secret import Secret
from deploy.ddns.state import Notebook
from deploy.ddns.target import KIND, Target
from deploy.ledger import Ledger
from deploy.modes import Mode
from deploy.problem import Problem
from deploy.screen import Json
from deploy.settings import Settings

app = typer.Typer(name="ddns", help="Keep the public name at the public address.")

Provider = Annotated[str, typer.Option(help=f"Who serves the name: {', '.join(needs.NAMES)}.")]
Hostname = Annotated[str, typer.Option(help="The public name, such as play.example.org.")]
User = Annotated[str, typer.Option(help="The account's or the TSIG key's name.")]
Server = Annotated[str, typer.Option(help="Where updates go, where it must be told.")]
ZoneName = Annotated[str, typer.Option("--zone", help="The zone that holds the name.")]
Records = Annotated[
    list[str] | None, typer.Option("--record", help="A or AAAA; may be given twice.")
]


@app.command(
    epilog="Example: [bold]./lanternhold ddns update --provider duckdns "
    "--hostname anna.duckdns.org[/bold]"
)
def update(  # noqa: PLR0913  # each is an option of the command
    *,
    provider: Provider = "",
    hostname: Hostname = "",
    user: User = "",
    server: Server = "",
    zone: ZoneName = "",
    record: Records = None,
    token_file: Annotated[str, typer.Option(help="A file with the token.")] = "",
    token_stdin: Annotated[bool, typer.Option(help="Read the token from standard input.")] = False,
    unpark: Annotated[bool, typer.Option(help="Ask again after a refusal: it is mended.")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Have the name say our public address, and keep it so.

    The token is asked for, or read from standard input or a file; it is never an argument. What the
    name said before is kept for undo.
    """
    clone, chosen = open_clone()
    asked = Asked(provider, hostname, user, server, zone, tuple(record or ()), token_file)
    wanted = _wanted(clone, chosen, asked)
    is_docker = modes.remembered(clone) is Mode.DOCKER
    for target in wanted:
        needs.check(target, in_docker=is_docker)
        if unpark and not dry_run:
            Notebook.of(clone, target).unpark()
    known = tokens.users(clone, chosen.given, chosen.domain)
    given = _token(clone, wanted[0], known, from_stdin=token_stdin)
    if is_docker:  # the keeper's container sees our own folder of secrets, and no other
        wanted = [replace(target, token_file="") for target in wanted]
    # Importing what speaks HTTP and DNS takes a while, which most commands can do without.
    from deploy.ddns import desk  # noqa: PLC0415

    with screen.progress() as say:
        say("Asking for the public address ...")
        plan = asyncio.run(desk.plan(clone, wanted, chosen.given, given))
    for line in plan.left_out:
        screen.err().say(line)
    try:
        carry_out(plan.changes, Ledger.of(clone), dry_run=dry_run, yes=yes, json=json)
    except Problem:
        if any(_has_taken(clone, target, given) for target in wanted):  # and refused another record
            tokens.keep(clone, wanted, given, known)
        raise
    if not dry_run:
        tokens.keep(clone, wanted, given, known)
    if plan.left_out:
        raise typer.Exit(1)


@app.command(epilog="Example: [bold]./lanternhold ddns status --json[/bold]")
def status(*, provider: Provider = "", hostname: Hostname = "", json: Json = False) -> None:
    """Show our public address, what the name says, and what the provider last answered.

    The provider is not asked. Exit code 1 when the name is not at our address.
    """
    clone, chosen = open_clone()
    wanted = _wanted(clone, chosen, Asked(provider, hostname))
    if not wanted[0].hostname:
        needs.check(wanted[0])
    from deploy.ddns import desk  # noqa: PLC0415

    reports = asyncio.run(desk.reports(clone, wanted, chosen.given))
    if json:
        screen.answer({"records": [one.as_json() for one in reports]})
    else:
        for one in reports:
            for line in one.lines():
                screen.out().say(line)
    if not all(one.is_well for one in reports):
        raise typer.Exit(1)


def _wanted(clone: Clone, chosen: Settings, asked: Asked) -> list[Target]:
    """What options and settings name; where they name no provider, what the ledger holds."""
    wanted = targets(asked, chosen.given, chosen.domain)
    if wanted[0].provider:
        return wanted
    held = [
        Target.from_json(entry.desired)
        for entry in Ledger.of(clone).entries()
        if entry.kind == KIND
    ]
    return [t for t in held if asked.hostname in {"", t.hostname}] or wanted


def _has_taken(clone: Clone, target: Target, token: Secret) -> bool:
    """Whether the provider has last taken an update with this token."""
    meaning = Notebook.of(clone, target).current(target, token).meaning
    return meaning is not None and meaning.is_fine


def _token(clone: Clone, target: Target, known: Sequence[Target], *, from_stdin: bool) -> Secret:
    """The token: from standard input, from its file, or from whoever sits here.

    One that was refused is asked for again.
    """
    if from_stdin:
        return secret.checked(
            sys.stdin.buffer.read(secret.MOST_BYTES + 1), "What came by standard input"
        )
    kept = tokens.stored(clone, target, known)
    if kept and not Notebook.of(clone, target).current(target, kept).is_parked:
        return kept
    if not sys.stdin.isatty():
        return kept or secret.read(secret.path_for(clone, target))
    from deploy.setup.person import Somebody  # noqa: PLC0415  # it takes a while

    need = needs.NEEDS[target.provider]
    typed = Somebody().secret(f"{need.title}: {need.secret}?", secret.fault_of)
    return secret.checked(typed.encode(), "What was typed")
