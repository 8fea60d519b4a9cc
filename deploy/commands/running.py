"""`down`, `status` and `logs`: what runs already."""

import contextlib
from typing import Annotated

import typer

from deploy import admin, door, lan, modes, screen
from deploy.commands.opening import open_clone, open_to_stop, remembered_stack
from deploy.log_words import Form
from deploy.problem import USED_WRONGLY, Problem
from deploy.screen import Json
from deploy.settings import Settings
from deploy.stack import Door

STOPPED = "Stopped. The world is kept; ./lanternhold up goes on with it."
NOTHING = "Nothing runs here."
SERVICES = ("server", "caddy", "keeper")
LOGS = ("", *SERVICES, "supervisor", "prometheus", "grafana")


def down() -> None:
    """Stop the server. Players are told, the world is saved; nothing is deleted."""
    clone, chosen = open_to_stop()
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
    front = stack.door() if is_up else None
    said = door.status(front) if front else None
    players = admin.players(front.private_port, stack.admin_token()) if front and said else None
    if said and players is not None:
        said = {**said, "players": len(players)}  # the door's own page may be a second old
    pages = screen.pages(_addresses(chosen), front) if front else []
    if json:
        listed = [{"name": p.name, "state": p.state, "restarts": p.restarts} for p in parts]
        screen.answer(
            {
                "mode": str(stack.mode),
                "running": said is not None,
                "parts": listed,
                "server": said,
                "players": players,
                "pages": pages,
            }
        )
    else:
        screen.show_parts(parts)
        screen.show_status(said, str(stack.mode))
        if players:
            screen.show_players(players)
        if front and said:
            _show_ways_in(chosen, front, pages)
    if said is None:
        raise typer.Exit(1)


def _addresses(chosen: Settings) -> list[str]:
    return list(chosen.addresses) or lan.addresses()


def _show_ways_in(chosen: Settings, front: Door, pages: list[str]) -> None:
    """Where the join page is, and how friends come in."""
    name = chosen.domain or f"localhost:{front.https_port}"
    typer.echo(f"Page     https://{name}/")
    screen.show_pages(pages)
    typer.echo("Friends  ./lanternhold invite shows the line that lets them in")


def logs(
    name: Annotated[str, typer.Argument(help="server, caddy, ...; all without it.")] = "",
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many old lines.")] = 50,
    raw: Annotated[bool, typer.Option("--raw", help="As the programs wrote them.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, for a program.")
    ] = False,
) -> None:
    """Show what the programs said, in words and in the order of time."""
    clone, chosen = open_clone()
    form = Form.JSON if json else Form.RAW if raw else Form.WORDS
    if name not in LOGS:
        raise Problem(f"There is no log named {name!r}.", "./lanternhold logs server", USED_WRONGLY)
    stack = remembered_stack(clone, chosen)
    with contextlib.suppress(KeyboardInterrupt):  # the way to end --follow
        raise typer.Exit(stack.logs(name, follow=follow, lines=lines, form=form))
