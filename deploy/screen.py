"""What the person sees: answers on stdout, progress and problems on stderr."""

import io
import ipaddress
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Annotated, Any

import segno
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.invitation import Label
from deploy.problem import Problem
from deploy.stack import Door, Part, Say
from protocol.invite import Invite

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object for a program.")]
"""The flag of every command that a program may read."""

COLOURS = {"running": "green", "starting": "yellow", "restarting": "red", "stopped": "dim"}


def answer(value: Mapping[str, Any]) -> None:
    """One JSON object for a program."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def out() -> Console:
    """The console for answers."""
    return Console(highlight=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[Say]:
    """Show what is being done: one moving line in a terminal, plain lines elsewhere."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _plain_lines(console)
        return
    with console.status("", spinner="dots") as status:
        yield lambda line: status.update(_escape(line))


def _plain_lines(console: Console) -> Say:
    said: set[str] = set()

    def say(line: str) -> None:
        # Our own lines end in dots; the hundred lines of a build belong into no log.
        if line.endswith("...") and line not in said:
            said.add(line)
            console.print(line, markup=False)

    return say


def _escape(line: str) -> str:
    return line[:120].replace("[", "\\[")


def problem(what: Problem) -> None:
    """Say what went wrong and what to do next."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(what.what, style="bold red", markup=False)
    if what.remedy:
        console.print(f"Next: {what.remedy}", markup=False)


def show_invite(made: Invite, *, with_code: bool, label: Label | None = None) -> None:
    """What it is called, the QR code, the line and where it works."""
    console = out()
    link = made.link()
    if label:
        until = f", good until {label.expires}" if label.expires else ""
        console.print(f"The invite {label.text}{until}:", markup=False)
    if with_code and sys.stdout.isatty():
        # Named colours: on a light terminal the code would be its own negative.
        console.print(qr_code(link), markup=False, style="bright_white on black")
    console.print(link, markup=False, style="bold")
    where = ", ".join(made.addresses)
    house = f"in your network, at {where}, port {made.port}"
    if made.outside:
        console.print(f"For friends anywhere, by {made.outside}, and {house}.", markup=False)
    else:
        console.print(f"For friends {house}.", markup=False)
    console.print("They clone this repository as you did, and type in its folder:", markup=False)
    console.print(f"./lanternhold play '{link}'", markup=False)


def qr_code(text: str) -> str:
    """A QR code in half blocks, readable on dark and on light terminals."""
    drawn = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out=drawn, compact=True)
    return drawn.getvalue()


def show_parts(parts: list[Part]) -> None:
    """The programs in a table."""
    table = Table(box=None, pad_edge=False)
    for heading in ("program", "state", "restarts"):
        table.add_column(heading)
    for part in parts:
        state = f"[{COLOURS.get(part.state, 'white')}]{part.state}[/]"
        table.add_row(part.name, state, str(part.restarts))
    out().print(table)


def show_status(said: Mapping[str, Any] | None, mode: str) -> None:
    """What the server says of itself."""
    if said is None:
        out().print(f"Players cannot come in ({mode} mode). Next: ./lanternhold up", markup=False)
        return
    line = f"{said.get('name')}: {said.get('players')} of {said.get('max_players')} players"
    out().print(f"{line}, {said.get('phase')}, {mode} mode", markup=False)


def show_players(players: Sequence[Mapping[str, Any]]) -> None:
    """Who plays, with the time of a round trip; a name is a stranger's words."""
    table = Table(box=None, pad_edge=False)
    for heading in ("player", "ping", ""):
        table.add_column(heading)
    for player in players:
        name = plain(str(player.get("name")))
        rtt = player.get("rtt_ms")
        ping = f"{rtt:.0f} ms" if isinstance(rtt, int | float) else ""
        away = "away, may come back" if player.get("away") else ""
        table.add_row(Text(name), "" if away else ping, away)
    out().print(table)


def plain(words: str) -> str:
    """A stranger's words, without what a terminal would obey."""
    return "".join(sign if sign.isprintable() else "?" for sign in words)


def pages(addresses: Sequence[str], door: Door) -> list[str]:
    """Where browsers in the house find the join page, without a warning of certificates."""
    found = []
    for text in addresses:
        with suppress(ValueError):  # LANTERNHOLD_DEPLOY_ADDRESSES; `invite` says what is wrong
            address = ipaddress.ip_address(text)
            if not address.is_loopback:
                host = f"[{address}]" if address.version == 6 else str(address)
                found.append(f"http://{host}:{door.http_port}/")
    return found


def show_pages(found: Sequence[str]) -> None:
    """The join page's addresses in the house, the likeliest first."""
    for page in found[:1]:  # the others stand in --json
        out().print(f"At home  {page} (the page, for browsers in your network)", markup=False)


def show_figures(figures: Mapping[str, Any]) -> None:
    """What bots measured, a figure a line."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in figures.items():
        shown = value
        if isinstance(value, dict):
            shown = ", ".join(f"{key} {part:.1f}" for key, part in value.items())
        table.add_row(name.replace("_", " "), str(shown))
    out().print(table)
