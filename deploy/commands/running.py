"""`down`, `status` and `logs`: what runs already."""

import contextlib
from typing import Annotated

import typer

from deploy import door, modes, screen
from deploy.commands.opening import open_clone, remembered_stack
from deploy.problem import USED_WRONGLY, Problem
from deploy.screen import Json

STOPPED = "Stopped. The world is kept; ./lanternhold up goes on with it."
NOTHING = "Nothing runs here."
SERVICES = ("server", "caddy", "keeper")
LOGS = ("", *SERVICES, "supervisor", "prometheus", "grafana")


def down() -> None:
    """Stop the server. Players are told, the world is saved; nothing is deleted."""
    clone, chosen = open_clone()
    if modes.remembered(clone) is None:
        typer.echo(NOTHING, err=True)
        return
    stack = remembered_stack(clone, chosen)
    was_running = stack.is_running()
    with screen.progress() as say:
        stack.stop(say)  # even so: a killed supervisor may have left something behind
    typer.echo(STOPPED if was_running else NOTHING, err=True)


def status(*, json: Json = False) -> None:
    """Show what runs, who plays, and where. Exit code 1 when players cannot come in."""
    clone, chosen = open_clone()
    stack = remembered_stack(clone, chosen)
    parts = stack.parts()
    is_up = all(part.state == "running" for part in parts if part.name in {"server", "caddy"})
    said = door.status(stack.door()) if is_up else None
    if json:
        listed = [{"name": p.name, "state": p.state, "restarts": p.restarts} for p in parts]
        screen.answer(
            {"mode": str(stack.mode), "running": said is not None, "parts": listed, "server": said}
        )
    else:
        screen.show_parts(parts)
        screen.show_status(said, str(stack.mode))
    if said is None:
        raise typer.Exit(1)


def logs(
    name: Annotated[str, typer.Argument(help="server, caddy, ...; all without it.")] = "",
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many old lines.")] = 50,
    raw: Annotated[bool, typer.Option("--raw", help="As the programs wrote them.")] = False,
    json: Annotated[bool, typer.Option("--json", help="The same as --raw.")] = False,
) -> None:
    """Show what the programs said, in words and in the order of time."""
    clone, chosen = open_clone()
    raw = raw or json
    if name not in LOGS:
        raise Problem(f"There is no log named {name!r}.", "./lanternhold logs server", USED_WRONGLY)
    stack = remembered_stack(clone, chosen)
    with contextlib.suppress(KeyboardInterrupt):  # the way to end --follow
        raise typer.Exit(stack.logs(name, follow=follow, lines=lines, raw=raw))
