"""`probe`: from any computer, every step of the way to a server, in words."""

import json as codec
import sys
from typing import Annotated, Any

import typer

from deploy import asked, run, screen
from deploy.clone import Clone
from deploy.players import INVITE_KEY
from deploy.problem import Problem
from deploy.screen import Json
from protocol.invite import Invite

PROBE_S = 60.0
MARKS = {True: ("ok", ""), False: ("NO", "red"), None: ("--", "dim")}


def probe(
    link: Annotated[str, typer.Argument(help="An invite; - reads it from standard input.")],
    *,
    json: Json = False,
) -> None:
    """Look at every step of the way to a server from here: DNS, TCP, TLS, websocket, join, ticks.

    Exit code 1 when one of them fails: nobody can play from here.
    """
    invite = asked.invite(link)
    with screen.progress() as say:
        say("Looking at the way to the server ...")
        report = look(Clone.here(), invite)
    if json:
        screen.answer(report)
    else:
        _show(report)
    if not report["ok"]:
        raise typer.Exit(1)


def look(
    clone: Clone, invite: Invite, way: str = "any", runner: run.Runner = run.run
) -> dict[str, Any]:
    """What the client's own probe says, as design section 9 names it.

    Args:
        clone: whose client.
        invite: whose server.
        way: any, home or outside.
        runner: what runs it.

    Raises:
        Problem: it could not be run.
    """
    argv = [sys.executable, "-P", "-m", "client.probe", "--json", "--way", way]
    env = {INVITE_KEY: invite.link(), "PYTHONPATH": str(clone.root)}
    done = runner(argv, timeout_s=PROBE_S, env=env, cwd=clone.root)
    try:
        said = codec.loads(done.out)
    except ValueError:
        said = None
    if not isinstance(said, dict) or not said.keys() >= {"ok", "steps"}:
        why = done.last_words or "it said nothing"
        raise Problem(f"The way could not be looked at: {why}", "./lanternhold probe LINK")
    return said


def _show(report: dict[str, Any]) -> None:
    console = screen.out()
    console.say(f"By {report['way']}:")
    for step in report["steps"]:
        took = step["milliseconds"]
        mark, style = MARKS[None if took is None else step["ok"]]
        shown = "" if took is None else f"{took:.0f} ms"
        lead = f"  {mark} {step['name']:<10}{shown:>9}  "
        console.say(f"{lead}{step['detail']}", style=style, hang=len(lead))
    verdict = "A player can join from here." if report["ok"] else "Nobody can play from here."
    console.say(verdict, style="bold")
