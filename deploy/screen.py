"""What the person sees: answers on stdout, progress and problems on stderr."""

import ipaddress
import json
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.problem import Problem
from deploy.stack import Door, Part, Say

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object for a program.")]
"""The flag of every command that a program may read."""

_HANG = re.compile(r"\s*(?:(?:[✔✘?!·+=-]|\d+\.) +|Next: |\w+ {2,})?")
COLOURS = {"running": "green", "starting": "yellow", "restarting": "red", "stopped": "dim"}


def answer(value: Mapping[str, Any]) -> None:
    """One JSON object for a program."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


class Paper(Console):
    """Where sentences are written; a terminal gets them broken between words."""

    def say(self, text: str, *, style: str = "", hang: int | None = None) -> None:
        """Write sentences as they are; further lines of one are indented by `hang` columns.

        Without it they stand under the text behind a mark, a label or a margin.

        Files and pipes get whole lines.
        """
        lines = text.split("\n")
        if self.is_terminal:
            lines = [part for line in lines for part in _broken(line, self.width, hang)]
        for line in lines:
            self.show(line, style=style)

    def show(self, line: str, *, style: str = "") -> None:
        """Write what is to be copied: a command is never broken."""
        self.print(Text(line, style), soft_wrap=True)


def _broken(line: str, width: int, hang: int | None) -> list[str]:
    lead = _HANG.match(line)
    if hang is None:
        hang = lead.end() if lead else 0
    margin = " " * min(hang, width // 2)
    return textwrap.wrap(
        line, width, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
    ) or [""]


def out() -> Paper:
    """The paper for answers."""
    return Paper(highlight=False, soft_wrap=True)


def err() -> Paper:
    """The paper for progress and problems."""
    return Paper(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[Say]:
    """Show what is being done: one moving line in a terminal, plain lines elsewhere."""
    console = err()
    if not console.is_terminal:
        yield _plain_lines(console)
        return
    with console.status("", spinner="dots") as status:
        yield lambda line: status.update(_escape(line))


def _plain_lines(console: Paper) -> Say:
    said: set[str] = set()

    def say(line: str) -> None:
        # Our own lines end in dots; the hundred lines of a build belong into no log.
        if line.endswith("...") and line not in said:
            said.add(line)
            console.say(line)

    return say


def _escape(line: str) -> str:
    return line[:120].replace("[", "\\[")


def problem(what: Problem) -> None:
    """Say what went wrong and what to do next."""
    console = err()
    console.say(what.what, style="bold red")
    if what.remedy:
        console.say(f"Next: {what.remedy}")


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
        out().say(f"Players cannot come in ({mode} mode). Next: ./lanternhold up")
        return
    line = f"{said.get('name')}: {said.get('players')} of {said.get('max_players')} players"
    out().say(f"{line}, {said.get('phase')}, {mode} mode")


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
        out().say(f"At home  {page} (the page, for browsers in your network)")


def show_figures(figures: Mapping[str, Any]) -> None:
    """What bots measured, a figure a line."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in figures.items():
        shown = ", ".join(map(_part, value, value.values())) if isinstance(value, dict) else value
        if shown != "":  # nobody was refused, no line was simulated
            table.add_row(name.replace("_", " "), Text(str(shown)))
    out().print(table)


def _part(key: str, value: float) -> str:
    """A percentile, or how often a sentence was said."""
    return f"{value} times: {key}" if isinstance(value, int) else f"{key} {value:.1f}"
