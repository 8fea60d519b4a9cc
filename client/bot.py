"""Bots that join like players and play by themselves: to fill seats, and to measure a server.

    python -m client.bot --invite LINK --count 8 --seconds 60 --json

The invite may also come in LANTERNHOLD_CLIENT_INVITE, or on standard input with `--invite -`, so
that a secret need not stand in a list of processes. Exit status: 0 all bots got in and stayed,
1 they did not, 2 used wrongly.
"""

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, NoReturn

import msgspec

from client import network, settings, ways
from client.crowd import Crowd, Plan
from client.network import NetworkError
from client.tally import Report
from client.target import Target
from game import names
from game.names import LENGTH_MAX
from protocol.invite import Invite, InviteError

COUNT_MAX: Final = 500
INVITE_BYTES_MAX: Final = 4096
_STOPPING: Final = (signal.SIGINT, signal.SIGTERM)


def main(argv: Sequence[str] | None = None) -> int:
    """The command; returns the exit status."""
    parser = _parser()
    given = parser.parse_args(argv)
    logging.basicConfig(level=logging.CRITICAL)  # what matters is in the report, as sentences
    plan = _plan(given, parser)
    try:
        report, is_good = asyncio.run(_run(plan))
    except KeyboardInterrupt:  # where signals cannot be handled in the loop
        print("Stopped before the end: there is no report.", file=sys.stderr)  # noqa: T201
        return 1
    text = msgspec.json.encode(report).decode() if given.json else _told(report, plan.count)
    print(text, flush=True)  # noqa: T201 - this is the command's result
    return 0 if is_good else 1


async def _run(plan: Plan) -> tuple[Report, bool]:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _STOPPING:
        with suppress(NotImplementedError):  # Windows: Ctrl-C interrupts instead
            loop.add_signal_handler(number, stop.set)
    crowd = Crowd(plan)
    report = await crowd.run(stop)
    return report, crowd.is_good


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m client.bot",
        description="Bots that join like players and play by themselves.",
        epilog="Example: python -m client.bot --invite LINK --count 8 --seconds 60 --json",
    )
    add = parser.add_argument
    add("--invite", default="", metavar="LINK", help="lanternhold://join/..., or - to read it")
    add("--count", type=_whole(1, COUNT_MAX), default=1, metavar="N", help="bots (1)")
    add("--seconds", type=_seconds, default=30.0, metavar="S", help="0: until stopped (30)")
    add("--name", default="", help="what they are called, with a number behind")
    add("--seed", type=_whole(0, 2**31), default=1, help="of their chance (1)")
    add("--network", metavar="LINE", help=f"a bad line for each of them: {network.HELP}")
    add("--json", action="store_true", help="print the report as one JSON object")
    add("--loopback-port", type=_whole(1, 65535), help=argparse.SUPPRESS)  # plain ws, for tests
    return parser


def _plan(given: argparse.Namespace, parser: argparse.ArgumentParser) -> Plan:
    try:
        chosen = settings.read(os.environ)
        invite = Invite.parse(_link(given.invite) or chosen.invite)
        line = chosen.network if given.network is None else network.parse(given.network)
    except NetworkError as error:
        _refuse(parser, f"--network: {error}")
    except (InviteError, UnicodeDecodeError, settings.SettingsError) as error:
        _refuse(parser, str(error))
    if len(given.name) > LENGTH_MAX - 4:
        _refuse(parser, f"--name: at most {LENGTH_MAX - 4} characters, a number follows")
    try:
        names.clean(f"{given.name} 1")
    except ValueError as error:
        _refuse(parser, f"--name: {error}")
    target, outside = ways.at_home(invite), tuple(ways.outside(invite))
    if given.loopback_port:
        outside = ()
        target = Target("localhost", given.loopback_port, ("127.0.0.1",), is_secure=False)
    return Plan(
        target=target,
        secret=invite.secret,
        count=given.count,
        seconds=given.seconds,
        seed=given.seed,
        name=given.name.strip(),
        outside=outside,
        network=line,
    )


def _refuse(parser: argparse.ArgumentParser, text: str) -> NoReturn:
    parser.error(text)


def _link(given: str) -> str:
    if given == "-":
        return sys.stdin.read(INVITE_BYTES_MAX)
    return given


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 11 else low - 1
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"a whole number from {low} to {high} is needed")
        return number

    return read


def _seconds(text: str) -> float:
    with suppress(ValueError):
        number = float(text)
        if 0 <= number <= 1e7:
            return number
    raise argparse.ArgumentTypeError("a number of seconds is needed, 0 or more")


def _told(report: Report, count: int) -> str:
    """The report for people."""
    rtt, gap = report.rtt_ms, report.snapshot_gap_ms
    lines = [
        f"{report.joined} of {count} bots joined.",
        f"Items: {report.gathered} gathered, {report.deposited} handed in.",
        f"Acts on the server's disk: {report.saved}.",
        f"Round trip: {rtt.p50} ms, 95 % within {rtt.p95} ms, 99 % within {rtt.p99} ms.",
        f"Snapshots: every {gap.p50} ms, 95 % within {gap.p95} ms, 99 % within {gap.p99} ms.",
        f"Traffic: {report.bytes_per_player_second} bytes a second to each player.",
        f"Line: {report.disconnects} disconnects, {report.resumes} resumes.",
        f"Mispredictions: {report.mispredictions}.",
    ]
    if report.network:
        lines.append(f"Over a simulated line: {report.network}.")
    lines += [f"Refused ({times}): {sentence}" for sentence, times in report.refused.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    # Nearly nothing here is cyclic: looking for cycles often would be a tenth of the work.
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    sys.exit(main())
