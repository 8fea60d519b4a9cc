"""The command line: every command by its name, each with an example."""

from collections.abc import Callable

import typer

from deploy.commands import (
    ddns,
    doctor,
    firewall,
    joining,
    ports,
    probe,
    running,
    setting_up,
    starting,
    undoing,
    watching,
)

app = typer.Typer(
    name="./lanternhold",
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
    probe.probe: "probe 'lanternhold://join/...'",
}
"""Each command's function, with the example that its help shows."""

for _command, _example in COMMANDS.items():
    app.command(epilog=f"Example: [bold]./lanternhold {_example}[/bold]")(_command)
app.add_typer(ports.app)
app.add_typer(firewall.app)
app.add_typer(ddns.app)
