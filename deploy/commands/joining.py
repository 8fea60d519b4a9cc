"""`invite`, `play` and `bots`: friends, ourselves, and players that are none."""

from typing import Annotated

import typer

from deploy import asked, invitation, modes, players, screen
from deploy.clone import Clone
from deploy.commands.opening import open_clone, remembered_stack
from deploy.problem import USED_WRONGLY, Problem
from deploy.screen import Json
from deploy.settings import Settings
from deploy.stack import Stack


def play(
    link: Annotated[
        str, typer.Argument(help="A friend's invite; without it the server of this clone.")
    ] = "",
) -> None:
    """Open the game's window and join; without a link and a server here, it asks for one."""
    clone, chosen = open_clone()
    raise typer.Exit(
        players.play(clone, asked.invite(link).link() if link else _link_to_play(clone, chosen))
    )


def invite(
    *,
    json: Json = False,
    new: Annotated[
        str, typer.Option("--new", metavar="LABEL", help="Make another invite, so named.")
    ] = "",
    days: Annotated[int, typer.Option(min=0, help="How long a new one is good; 0: for ever.")] = 0,
    withdraw: Annotated[
        str, typer.Option("--withdraw", metavar="LABEL", help="Nobody comes in by it any more.")
    ] = "",
) -> None:
    """Show the one line that lets a friend in, with a QR code."""
    if withdraw and (new or days):
        raise Problem("An invite is made or withdrawn, not both at once.", code=USED_WRONGLY)
    if days and not new:
        remedy = f"./lanternhold invite --new LABEL --days {days}"
        raise Problem("Only a new invite can be given an end.", remedy, USED_WRONGLY)
    clone, chosen = open_clone()
    stack = remembered_stack(clone, chosen)
    if withdraw:
        _withdraw(stack, withdraw)
        if json:
            screen.answer({"withdrawn": withdraw})
        return
    words = ["--new", new] if new else []
    words += ["--days", str(days)] if days else []
    made, label = invitation.invite(stack, chosen, words, clone=clone)
    if json:
        addresses = list(made.addresses)
        screen.answer(
            {
                "invite": made.link(),
                "label": label,
                "addresses": addresses,
                "port": made.port,
                "outside": f"{made.outside}:{made.outside_port}" if made.outside else None,
            }
        )
    else:
        screen.show_invite(made, with_code=True)


def _withdraw(stack: Stack, label: str) -> None:
    stack.door()  # says so when nothing runs
    done = stack.ask_server(["invite", "--withdraw", label])
    if not done.is_good:
        raise Problem(done.last_words or "The server did not answer.", "./lanternhold logs server")
    typer.echo(f"The invite {label} is withdrawn.", err=True)


def bots(
    count: Annotated[int, typer.Argument(min=1, max=500, metavar="N", help="How many.")],
    *,
    seconds: Annotated[float, typer.Option(min=1, help="How long they play.")] = 60.0,
    json: Json = False,
    invite: Annotated[
        str, typer.Option(metavar="LINK", help="Whose server; without it, this one.")
    ] = "",
) -> None:
    """Let bots join, gather and deposit, and print what they measured."""
    clone, chosen = open_clone()
    link = asked.invite(invite).link() if invite else _own_link(clone, chosen)
    with screen.progress() as say:
        say(f"{count} bots play for {seconds:g} s ...")
        figures = players.bots(clone, count, seconds, link)
    if json:
        screen.answer(figures)
    else:
        screen.show_figures(figures)
    if figures["joined"] < count:
        raise typer.Exit(1)


def _own_link(clone: Clone, chosen: Settings) -> str:
    return invitation.own_invite(remembered_stack(clone, chosen), chosen).link()


def _link_to_play(clone: Clone, chosen: Settings) -> str:
    """The invite of this clone's server, or "" where none runs: a player need not be a host."""
    if modes.remembered(clone) is None or not remembered_stack(clone, chosen).is_running():
        typer.echo("No server runs in this clone: paste an invite into the window.", err=True)
        return ""
    return _own_link(clone, chosen)
