"""`python -m server`: run the server, look after its invites, or replay what was played."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from server import invite_command
from server.folder import StartError
from server.invites import InviteFileError
from server.settings import Settings, SettingsError, load

GOOD, BAD, USED_WRONGLY = 0, 1, 2

THREAD_SWITCH_S = 0.0002
"""For how long the store's thread may keep the interpreter from the tick. Python's own 5 ms showed
in every twentieth of a second: 64 players' p99 of a tick fell from 13 to 8 ms with this."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 good, 1 bad, 2 used wrongly."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.command == "invite" and chosen.days and chosen.new is None:
        parser.error("--days is for an invite that is made: give --new LABEL as well")
    if chosen.command == "replay" and chosen.what is not None:
        return _replay(chosen.what, as_json=chosen.json)  # a file needs no settings
    try:
        settings = load()
    except SettingsError as error:
        return _told(str(error), USED_WRONGLY)
    return _obey(chosen, settings)


def _obey(chosen: argparse.Namespace, settings: Settings) -> int:
    if chosen.command == "check":
        return GOOD
    if chosen.command == "replay":
        return _replay(settings.data_dir, as_json=chosen.json)
    try:
        if chosen.command == "invite":
            print(invite_command.answer(settings, chosen))  # noqa: T201 - it was asked for
            return GOOD
        return _run(settings)
    except (StartError, InviteFileError) as error:
        return _told(str(error), BAD)


def _run(settings: Settings) -> int:
    # Only here: an invite is printed in a fraction of the time that all of it takes to load.
    import asyncio  # noqa: PLC0415

    from server import log  # noqa: PLC0415
    from server.app import App  # noqa: PLC0415
    from server.door import DoorError  # noqa: PLC0415
    from server.intake import Intake  # noqa: PLC0415
    from server.loop import event_loop  # noqa: PLC0415
    from server.store.rows import StoreError  # noqa: PLC0415

    intake = Intake()

    async def serve() -> None:
        await App(settings, intake).run()

    def loop() -> asyncio.AbstractEventLoop:
        return event_loop(settings.coalesce_ms, intake)

    log.configure(settings.log_level, settings.log_format)
    sys.setswitchinterval(THREAD_SWITCH_S)
    try:
        with asyncio.Runner(loop_factory=loop) as runner:
            runner.run(serve())
    except (StoreError, DoorError) as error:
        return _told(str(error), BAD)
    return GOOD


def _replay(what: Path, *, as_json: bool) -> int:
    from server import replay_command  # noqa: PLC0415 - as in _run
    from server.history import HistoryError  # noqa: PLC0415
    from server.replay import Verdict  # noqa: PLC0415

    try:
        outcome = replay_command.run(what, as_json=as_json)
    except HistoryError as error:
        return _told(str(error), USED_WRONGLY)
    return GOOD if outcome.verdict is Verdict.SAME else BAD


def _told(text: str, code: int) -> int:
    print(text, file=sys.stderr)  # noqa: T201 - for whoever typed the command
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m server",
        description="The Lanternhold server. Settings: LANTERNHOLD_SERVER_*, see .env.example.",
        epilog="example: LANTERNHOLD_SERVER_PORT=8765 python -m server",
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("run", help="serve until SIGTERM (what no command means)")
    commands.add_parser("check", help="tell everything that is wrong with the settings, and end")
    invite_command.add_options(
        commands.add_parser("invite", help="make, show, list or withdraw invites")
    )
    _add_replay(commands.add_parser("replay", help="play a recording or a world's log once more"))
    return parser


def _add_replay(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Exit code 0: every hash is the live server's. 1: it differs from some tick on, or a tick "
        "crashes. 2: it cannot be replayed."
    )
    parser.epilog = "example: python -m server replay crash-20261127T204540Z-3900.lhrec --json"
    parser.add_argument(
        "what",
        nargs="?",
        type=Path,
        metavar="FILE|DATA_DIR",
        help="a recording, or a data folder, whose server may go on running; without it, the "
        "folder of the settings",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


if __name__ == "__main__":
    sys.exit(main())
