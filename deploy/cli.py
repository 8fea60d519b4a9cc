"""The command line: every command by its name, each with an example."""

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperGroup, TyperOption

from deploy.commands import (
    ddns,
    doctor,
    firewall,
    joining,
    ports,
    probe,
    recording,
    running,
    setting_up,
    starting,
    undoing,
    watching,
)


class Commands(TyperGroup):
    """A group whose help shows a flag as it is typed: there is no `<bool>` to give it."""

    # Any: whose click these are, differs between the versions of typer.
    def get_params(self, ctx: Any) -> list[Any]:
        """The group's own options."""
        return _plain(super().get_params(ctx))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command of the group."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            _plain(command.get_params(ctx))
        return command


def _plain(options: list[Any]) -> list[Any]:
    for option in options:
        if isinstance(option, TyperOption) and option.is_flag:
            option.metavar = ""
    return options


app = typer.Typer(
    name="./lanternhold",
    cls=Commands,
    help="Host a game at home, and let friends in.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

COMMANDS: dict[Callable[..., None], str] = {
    starting.up: "up --detach",
    running.down: "down",
    running.status: "status --json",
    running.logs: "logs -f server",
    watching.top: "top",
    joining.play: "play 'lanternhold://join/...'",
    joining.invite: "invite --new anna",
    joining.bots: "bots 8 --seconds 60",
    setting_up.setup: "setup --name anna.duckdns.org --provider duckdns",
    undoing.undo: "undo --dry-run",
    doctor.doctor: "doctor --all",
    recording.record: "record",
    recording.replay: "replay .lanternhold/recordings/crash-20261127T204540Z-3900.lhrec",
    probe.probe: "probe 'lanternhold://join/...'",
}
"""Each command's function, with the example that its help shows."""

for _command, _example in COMMANDS.items():
    app.command(epilog=f"Example: [bold]./lanternhold {_example}[/bold]")(_command)
for _group in (ports.app, firewall.app, ddns.app):
    app.add_typer(_group, cls=Commands)
