"""`up`: choose the mode, move if asked, start, and tell how to come in."""

import contextlib
import signal
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from deploy import choice, handout, invitation, modes, moving, screen
from deploy.clone import Clone
from deploy.commands.opening import open_to_start, stack_of
from deploy.commands.running import STOPPED
from deploy.docker import engine
from deploy.launcher.installation import Installation
from deploy.modes import Mode
from deploy.problem import Problem
from deploy.screen import Json
from deploy.settings import Settings
from deploy.stack import Door, Say, Stack
from protocol.invite import Invite


def up(
    *,
    detach: Annotated[bool, typer.Option("--detach", help="Give the terminal back.")] = False,
    json: Json = False,
    mode: Annotated[
        Mode | None, typer.Option(help="Run in this mode from now on; the world moves along.")
    ] = None,
    monitoring: Annotated[
        bool, typer.Option("--monitoring", help="Prometheus and Grafana too (needs Docker).")
    ] = False,
) -> None:
    """Start the server behind its door and print the invite.

    The first start chooses Docker where it works, else embedded mode, and later ones keep that.
    Without --detach the logs follow, and Ctrl-C stops everything.
    """
    clone, chosen = open_to_start(mode)
    with screen.progress() as say:
        stack = choose_stack(clone, chosen, mode or chosen.mode, say, monitoring=monitoring)
        with _stopped_if_interrupted(stack, say):
            with modes.trying(clone, stack.mode):
                stack.start(say)
            say("Making the invite ...")
            made, _ = invitation.invite(stack, chosen)
            report = _report(clone, stack, chosen, made)
    if json:
        screen.answer(report)
    else:
        _show_report(report, made, stack.door())
    if not detach:
        _follow(stack)


def _bring_monitoring(clone: Clone, say: Say) -> None:
    """Monitoring that cannot be had must not keep the server from starting with a riddle."""
    lacking = engine.bring_images(engine.monitoring_images(clone), say=say)
    if lacking:
        remedy = f"{lacking.remedy}, or start without --monitoring"
        raise Problem(f"Monitoring is asked for, and {lacking.why}.", remedy)


@contextlib.contextmanager
def _stopped_if_interrupted(stack: Stack, say: Say) -> Iterator[None]:
    """Ctrl-C while it starts leaves nothing running behind the person's back."""
    try:
        yield
    except KeyboardInterrupt:
        stack.stop(say)
        raise


def choose_stack(
    clone: Clone, chosen: Settings, asked: Mode | None, say: Say, *, monitoring: bool = False
) -> Stack:
    """The stack of the mode that is asked for, remembered or best; the world moves along."""
    found = choice.choose(
        clone, asked, lambda: engine.bring_images(engine.base_images(clone), say=say)
    )
    if found.why:
        screen.err().say(found.why)
    if monitoring and found.mode is Mode.EMBEDDED:
        raise Problem(
            "Prometheus and Grafana come as containers, and this clone runs in embedded mode.",
            "./lanternhold up --mode docker --monitoring (the world moves along)",
        )
    if monitoring:
        _bring_monitoring(clone, say)
    installation = Installation(clone)
    if found.mode is Mode.EMBEDDED and installation.is_running:
        installation.ensure("embedded")
    stack = stack_of(clone, chosen, found.mode, monitoring=monitoring)
    if found.move_from:
        moving.move(clone, stack_of(clone, chosen, found.move_from), stack, say)
    return stack


def _report(clone: Clone, stack: Stack, chosen: Settings, made: Invite) -> dict[str, Any]:
    """What design section 9 promises of `up --json`."""
    door = stack.door()
    host = _place(chosen, door, made)
    ca_file = None if chosen.domain else _keep_root(clone, door.root_pem)
    return {
        "url": f"wss://{host}/w/home",
        "page": f"https://{host}/",
        "ca_file": ca_file,
        "invite": made.link(),
        "metrics": f"http://127.0.0.1:{door.private_port}/metrics",
        "mode": str(stack.mode),
    }


def _place(chosen: Settings, door: Door, made: Invite) -> str:
    """Where browsers and friends find it: by the public name from outside, else on this computer.

    The router's port may be another one than the door's; 443 need not be named.
    """
    if not chosen.domain:
        return f"localhost:{door.https_port}"
    is_usual = made.outside_port == invitation.HTTPS
    return chosen.domain if is_usual else f"{chosen.domain}:{made.outside_port}"


def _keep_root(clone: Clone, root_pem: str) -> str:
    """Keep the door's root as a file: public knowledge, but only we may change it."""
    path = clone.run / "root.crt"
    clone.make_state()
    path.write_text(root_pem, encoding="ascii")
    return str(path)


def _show_report(report: dict[str, Any], made: Invite, door: Door) -> None:
    handout.show(made, handout.origin_of(Clone.here()))
    console = screen.out()
    console.say(f"\nPage     {report['page']}")
    screen.show_pages(screen.pages(made.addresses, door))
    console.say(f"Metrics  {report['metrics']}")
    console.say("Play     ./lanternhold play")


def _follow(stack: Stack) -> None:
    """Show the logs until Ctrl-C, then stop: who starts in the foreground owns the server."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)
    typer.echo("\nIt runs; Ctrl-C stops it.\n", err=True)
    with contextlib.suppress(KeyboardInterrupt):
        stack.logs("", follow=True, lines=0)
    with screen.progress() as say:
        stack.stop(say)
    typer.echo(STOPPED, err=True)
