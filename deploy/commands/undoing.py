"""`undo`: everything outside as it was before Lanternhold."""

import asyncio
from typing import Annotated

import typer

from deploy import changes, kinds, screen
from deploy.clone import Clone
from deploy.commands.changing import DryRun, Talk, Yes, show
from deploy.ledger import Entry, Ledger
from deploy.problem import USED_WRONGLY, Problem
from deploy.screen import Json


def undo(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Only these; all without it.")
    ] = None,
    *,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
    forget: Annotated[
        bool,
        typer.Option("--forget", help="Only strike it from the ledger: its router is gone."),
    ] = False,
) -> None:
    """Take back what was changed on the router, in the firewall, in DNS and in .env.

    Newest first, each to what was there before. The world, the invites and the players stay.
    """
    # Settings are not read: a .env that has become wrong must not keep anything from going back.
    clone = Clone.here()
    ledger = Ledger.of(clone)
    chosen = _chosen(ids or [], ledger)
    if forget:
        _forget(chosen, ids or [], ledger, json=json)
        return
    with Talk(yes=yes) as talk:
        outcome = asyncio.run(
            changes.undo(
                ledger,
                kinds.registry(clone),
                dry_run=dry_run,
                confirm=talk.confirm,
                say=talk.say,
                wanted=lambda entry: entry.id in chosen,
            )
        )
    show(outcome, json=json)


def _chosen(ids: list[str], ledger: Ledger) -> set[str]:
    held = {entry.id for entry in ledger.entries()}
    unknown = [id_ for id_ in ids if id_ not in held]
    if unknown:
        listed = ", ".join(sorted(held)) or "nothing"
        raise Problem(
            f"The ledger does not hold {unknown[0]}. It holds: {listed}.",
            "./lanternhold undo --dry-run",
            USED_WRONGLY,
        )
    return set(ids) or held


def _forget(chosen: set[str], ids: list[str], ledger: Ledger, *, json: bool) -> None:
    if not ids:
        raise Problem(
            "--forget leaves a change standing in the world, so it wants its ID.",
            "./lanternhold undo --dry-run --json shows the ids",
            USED_WRONGLY,
        )
    with ledger.locked():
        forgotten: list[Entry] = [entry for entry in ledger.entries() if entry.id in chosen]
        for entry in forgotten:
            ledger.remove(entry.id)
    if json:
        screen.answer({"forgotten": [entry.id for entry in forgotten]})
        return
    for entry in forgotten:
        screen.out().say(f"{entry.id} is struck from the ledger; it still stands.")
