"""`top`: who lags and why, live."""

import contextlib
import sys
import time
from typing import Annotated, Final

import typer
from rich.console import RenderableType
from rich.live import Live
from rich.text import Text

from deploy import admin, screen
from deploy.commands.opening import open_clone, remembered_stack
from deploy.problem import Problem
from deploy.screen import Json
from deploy.stack import Stack
from deploy.top import board
from deploy.top.view import Moment, View, Watch

EVERY_S: Final = 1.0
APART_S = 2.0
"""One look takes so long: rates need two."""


def top(
    *,
    once: Annotated[bool, typer.Option("--once", help="Show it once, and end.")] = False,
    json: Json = False,
) -> None:
    """Watch the server: ticks, each player's line, bandwidth, and who lags. Ends with Ctrl-C."""
    clone, chosen = open_clone()
    stack = remembered_stack(clone, chosen)
    window, mode = _Window(stack), str(stack.mode)
    if json:
        screen.answer(_glance(window).as_json(mode))
    elif once or not sys.stdout.isatty():
        console = screen.out()
        console.print(board.draw(_glance(window), mode, console.width))
    else:
        with contextlib.suppress(KeyboardInterrupt):
            _live(window, mode)


class _Window:
    """Looks at one server; where it is, is found once, and again after it did not answer."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._door: tuple[int, str] | None = None

    def look(self) -> Moment:
        """What the server says now.

        Raises:
            Problem: it says nothing.
        """
        if self._door is None:
            self._door = self._stack.door().private_port, self._stack.admin_token()
        port, token = self._door
        metrics, players = admin.metrics(port), admin.players(port, token)
        if metrics is None or players is None:
            self._door = None
            what = f"The server does not answer at its private port, {port} of this computer."
            raise Problem(what, "./lanternhold status")
        return Moment(time.monotonic(), metrics, players)


def _glance(window: _Window) -> View:
    watch = Watch(window.look())
    time.sleep(APART_S)
    return watch.see(window.look())


def _live(window: _Window, mode: str) -> None:
    """Until Ctrl-C. A server that stops is waited for: it may be starting anew."""
    watch = Watch(window.look())
    waiting = Text("Looking ...", "dim")
    console = screen.out()
    with Live(waiting, console=console, screen=True, auto_refresh=False) as shown:
        while True:
            time.sleep(EVERY_S)
            drawn: RenderableType
            try:
                drawn = board.draw(watch.see(window.look()), mode, console.width)
            except Problem as problem:
                drawn = Text(f"{problem.what} Looking again each second; Ctrl-C ends.", "yellow")
            shown.update(drawn, refresh=True)
