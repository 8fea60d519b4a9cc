"""`record` and `replay`: the last minute, to be sent to who can find the fault in it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy import admin, recordings, run, screen
from deploy.clone import Clone
from deploy.commands.opening import open_clone, remembered_stack
from deploy.problem import Problem
from deploy.screen import Json
from deploy.stack import Stack


def record(*, json: Json = False) -> None:
    """Keep the last minute of play as a file, and bring along what was kept after a crash.

    Where no server runs, only the latter. A file holds the world and the players' names.
    """
    clone, chosen = open_clone()
    stack = remembered_stack(clone, chosen)
    with screen.progress() as say:
        made = _ask(stack) if stack.is_running() else None
        say("Bringing the recordings ...")
        found = recordings.bring(clone, stack)
    if json:
        listed = [{"file": str(r.path), "why": r.why, "bytes": r.size_bytes} for r in found]
        file = str(recordings.folder(clone) / made) if made else None
        screen.answer({"recorded": file, "recordings": listed})
        return
    if made is None:
        typer.echo("No server runs here, so there is no last minute to keep.", err=True)
    if not found:
        typer.echo("There is no recording.", err=True)
    for one in found:
        mark = "now" if one.path.name == made else one.why
        screen.out().print(f"{mark:<7}{one.size_bytes / 1000:>7.0f} kB  {one.path}", markup=False)


def replay(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A recording.")
    ],
    *,
    json: Json = False,
) -> None:
    """Play a recording once more by the rules of this clone, and say whether it ends the same.

    Exit code 1 when it differs, or when it crashes: the traceback is shown for who mends it. Exit
    code 2 when it cannot be replayed.
    """
    root = Clone.here().root
    words = [str(file.resolve()), *(["--json"] if json else [])]
    argv = [sys.executable, "-P", "-m", "server", "replay", *words]
    raise typer.Exit(run.attach(argv, env={"PYTHONPATH": str(root)}, cwd=root))


def _ask(stack: Stack) -> str:
    made = admin.record(stack.door().private_port, stack.admin_token())
    if made is None:
        raise Problem("The server did not keep its last minute.", "./lanternhold logs server")
    return made
