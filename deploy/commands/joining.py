"""`invite`, `play` and `bots`: friends, ourselves, and players that are none."""

from json import loads as decode
from typing import Annotated

import typer

from deploy import asked, handout, invitation, modes, players, screen
from deploy.clone import Clone
from deploy.commands import asking
from deploy.commands.changing import Yes
from deploy.commands.opening import open_clone, remembered_stack
from deploy.problem import USED_WRONGLY, Problem
from deploy.screen import Json
from deploy.settings import Settings
from deploy.stack import Stack

NO_SERVER = (
    "No server runs in this clone: paste an invite into the window, or start one: ./lanternhold up"
)
GENERAL = (
    "By this invite everybody comes in who has no other: your own window and your bots, too. All "
    "of them are put out. You come in again by ./lanternhold play, which takes the next one."
)
Network = Annotated[
    str,
    typer.Option(
        metavar="LINE",
        help="Over a bad line, simulated: off, good, wifi, mobile, satellite, awful, or numbers "
        "such as delay=75,jitter=20,stall=500/10000,rate=30 (ms each way; KB a second).",
    ),
]


def play(
    link: Annotated[
        str, typer.Argument(help="A friend's invite; without it the server of this clone.")
    ] = "",
    network: Network = "",
) -> None:
    """Open the game's window and join; without a link and a server here, it asks for one."""
    clone, chosen = open_clone()
    link = asked.invite(link).link() if link else _link_to_play(clone, chosen)
    raise typer.Exit(players.play(clone, players.Way(link, network, chosen.client)))


def invite(  # noqa: PLR0913  # the options of a command
    *,
    json: Json = False,
    new: Annotated[
        str | None, typer.Option("--new", metavar="LABEL", help="Make another invite, so named.")
    ] = None,
    days: Annotated[int, typer.Option(min=0, help="How long a new one is good; 0: for ever.")] = 0,
    show: Annotated[
        str | None, typer.Option("--show", metavar="LABEL", help="Show that one again.")
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="List all invites, without their lines.")
    ] = False,
    withdraw: Annotated[
        str | None,
        typer.Option("--withdraw", metavar="LABEL", help="Nobody comes in by it any more."),
    ] = None,
    yes: Yes = False,
) -> None:
    """Show the one line that lets a friend in, with a QR code: the general invite, for all."""
    _check_words(new=new, show=show, listed=listed, withdraw=withdraw, days=days)
    clone, chosen = open_clone()
    stack = remembered_stack(clone, chosen)
    if listed:
        _list(stack, json=json)
    elif withdraw:
        _withdraw(stack, withdraw, yes=yes, json=json)
    else:
        words = ["--new", new] if new else ["--show", show] if show else []
        words += ["--days", str(days)] if days else []
        _show(invitation.invite(stack, chosen, words, clone=clone), json=json)


def _check_words(
    *, new: str | None, show: str | None, listed: bool, withdraw: str | None, days: int
) -> None:
    labels = {"--new": new, "--show": show, "--withdraw": withdraw}
    for option, label in labels.items():
        if label is not None and not label.strip():
            remedy = f"./lanternhold invite {option} anna"
            raise Problem(f"{option} wants the name of an invite.", remedy, USED_WRONGLY)
    if listed + sum(label is not None for label in labels.values()) > 1:
        raise Problem(
            "An invite is made, shown, listed or withdrawn, not two of them at once.",
            "./lanternhold invite --help",
            USED_WRONGLY,
        )
    if days and new is None:
        remedy = f"./lanternhold invite --new LABEL --days {days}"
        raise Problem("Only a new invite can be given an end.", remedy, USED_WRONGLY)


def _show(answer: invitation.Labelled, *, json: bool) -> None:
    made, label = answer
    if not json:
        handout.show(made, handout.origin_of(Clone.here()), with_code=True, label=label)
        return
    screen.answer(
        {
            "invite": made.link(),
            "label": label.text,
            "expires": label.expires,
            "addresses": list(made.addresses),
            "port": made.port,
            "outside": f"{made.outside}:{made.outside_port}" if made.outside else None,
        }
    )


def _withdraw(stack: Stack, label: str, *, yes: bool, json: bool) -> None:
    if label == invitation.GENERAL and not yes and asking.has_somebody():
        screen.err().say(GENERAL)
        if not asking.agree("Withdraw it?", usual=False):
            screen.err().say("Nothing was changed.")
            raise typer.Exit(1)
    _ask(stack, "--withdraw", label)
    typer.echo(f"The invite {label} is withdrawn; who came in by it is put out.", err=True)
    if json:
        screen.answer({"withdrawn": label})


def _list(stack: Stack, *, json: bool) -> None:
    said = _ask(stack, "--list", *(["--json"] if json else [])).rstrip()
    if json:
        screen.answer({"invites": decode(said)})
    else:
        screen.out().say(said)


def _ask(stack: Stack, *words: str) -> str:
    stack.door()  # says so when nothing runs
    done = stack.ask_server(["invite", *words])
    if not done.is_good:
        raise invitation.refused(done)
    return done.out


def bots(
    count: Annotated[int, typer.Argument(min=1, max=500, metavar="N", help="How many.")],
    *,
    seconds: Annotated[float, typer.Option(min=1, help="How long they play.")] = 60.0,
    json: Json = False,
    invite: Annotated[
        str, typer.Option(metavar="LINK", help="Whose server; without it, this one.")
    ] = "",
    network: Network = "",
) -> None:
    """Let bots join, gather and deposit, and print what they measured."""
    clone, chosen = open_clone()
    link = asked.invite(invite).link() if invite else _own_link(clone, chosen)
    with screen.progress() as say:
        say(f"{count} bots play for {seconds:g} s ...")
        way = players.Way(link, network, chosen.client)
        figures = players.bots(clone, count, seconds, way)
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
        screen.err().say(NO_SERVER)
        return ""
    return _own_link(clone, chosen)
