"""What `./lanternhold` alone shows before anything is installed; later the command line does."""

from collections.abc import Sequence

COMMANDS = {
    "up": "Start the server and print the invite for friends.",
    "down": "Stop it; the world is kept.",
    "status": "Show what runs, who plays, and where.",
    "top": "Watch ticks and lines live: who lags, and why.",
    "logs": "Show what the programs said.",
    "play": "Open the game's window and join: a friend's LINK, or this server.",
    "invite": "Show the one line that lets a friend in.",
    "bots": "Let bots play.",
    "setup": "Let friends elsewhere in: name, router, firewall.",
    "undo": "Take back what was changed outside this folder.",
    "doctor": "Say what is wrong, why, and what to do.",
    "record": "Keep the last minute of play as a file.",
    "replay": "Play such a file once more, and compare.",
    "probe": "Try every step of the way to a server.",
    "ports": "The ports on the home router.",
    "firewall": "This computer's own firewall.",
    "ddns": "A name that follows your address.",
}


def is_wanted(arguments: Sequence[str]) -> bool:
    """Whether nothing but the overview is asked for."""
    return list(arguments) in ([], ["--help"], ["-h"])


def text() -> str:
    """The overview."""
    lines = [f"  {name:<10}{what}" for name, what in COMMANDS.items()]
    return "\n".join(
        [
            "Usage: ./lanternhold COMMAND [OPTIONS]",
            "",
            "Host a game at home, and let friends in.",
            "",
            *lines,
            "",
            "The first command installs what it needs into .venv in this folder.",
            "To host: ./lanternhold up     To join a friend: ./lanternhold play 'LINK'",
            "",
        ]
    )
