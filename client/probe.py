"""Can somebody play from here? Every way of an invite is looked at, step by step.

    python -m client.probe --invite LINK --json

The invite may also come in LANTERNHOLD_CLIENT_INVITE, or on standard input with `--invite -`, so
that a secret need not stand in a list of processes. Exit status: 0 one can play, 1 one cannot,
2 used wrongly.
"""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from typing import Final

import msgspec

from client import settings, ways
from client.probing import Probe, Report
from client.target import Target
from protocol.invite import Invite, InviteError

INVITE_BYTES_MAX: Final = 4096
GRACE_S: Final = 0.5
WAYS: Final = ("any", "home", "outside")


def main(argv: Sequence[str] | None = None) -> int:
    """The command; returns the exit status."""
    parser = _parser()
    given = parser.parse_args(argv)
    logging.basicConfig(level=logging.CRITICAL)  # what matters is in the report, as sentences
    try:
        invite = Invite.parse(_link(given.invite))
    except (InviteError, UnicodeDecodeError, settings.SettingsError) as error:
        parser.error(str(error))
    probes = _probes(invite, given.way)
    if not probes:
        parser.error("this invite has no way in from outside: the host has set no domain")
    reports = asyncio.run(look(probes, invite.secret))
    chosen = _chosen(reports)
    print(_json(chosen, reports) if given.json else told(chosen))  # noqa: T201 - the result
    return 0 if chosen.ok else 1


async def look(probes: Sequence[Probe], secret: str) -> list[Report]:
    """Take all ways at once, and stay on the first that leads in."""
    attempts = [asyncio.create_task(probe.reach()) for probe in probes]
    waiting = set(attempts)
    while waiting:
        # Once one way is open, the others are only waited for as long as they might still win.
        limit = GRACE_S if any(probe.line for probe in probes) else None
        done, waiting = await asyncio.wait(waiting, timeout=limit, return_when="FIRST_COMPLETED")
        if limit and not done:
            break
    for attempt in waiting:
        attempt.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    open_ones = [probe for probe in probes if probe.line is not None]
    if open_ones:
        await open_ones[0].stay(secret)
    for probe in open_ones[1:]:
        probe.close()
    return [probe.report() for probe in probes]


def told(report: Report) -> str:
    """For people: a line a step."""
    width = max(len(step.name) for step in report.steps)
    lines = [f"By {report.way}:"]
    for step in report.steps:
        mark = "ok" if step.ok else "--" if step.milliseconds is None else "NO"
        took = "" if step.milliseconds is None else f"{step.milliseconds:.0f} ms"
        lines.append(f"  {mark:<3}{step.name:<{width}}  {took:>8}  {step.detail}")
    lines.append("A player can join from here." if report.ok else "Nobody can play from here.")
    return "\n".join(lines)


def _probes(invite: Invite, wanted: str) -> list[Probe]:
    home = [Probe(ways.at_home(invite), "the host's own network")]
    outside = [Probe(way, _named(way, invite)) for way in ways.outside(invite)]
    return {"any": home + outside, "home": home, "outside": outside}[wanted]


def _named(way: Target, invite: Invite) -> str:
    by = "its public certificate" if way.ca_sha256 is None else "the invite's own authority"
    return f"{invite.outside} at port {way.port}, proven by {by}"


def _chosen(reports: Sequence[Report]) -> Report:
    """The way that works; else the one from outside, which is what hosts ask about."""
    good = [report for report in reports if report.ok]
    tried = [report for report in reports if any(step.ok for step in report.steps[2:])]
    return (good or tried or list(reports[1:]) or list(reports))[0]


def _json(chosen: Report, reports: Sequence[Report]) -> str:
    fields = msgspec.to_builtins(chosen) | {"ways": msgspec.to_builtins(reports)}
    return msgspec.json.encode(fields).decode()


def _link(given: str) -> str:
    if given == "-":
        return sys.stdin.read(INVITE_BYTES_MAX)
    return given or settings.read(os.environ).invite


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m client.probe",
        description="Look at every step of the way to a server, from this computer.",
        epilog="Example: python -m client.probe --invite LINK --json",
    )
    add = parser.add_argument
    add("--invite", default="", metavar="LINK", help="lanternhold://join/..., or - to read it")
    add("--way", choices=WAYS, default="any", help="home, outside, or whichever works (any)")
    add("--json", action="store_true", help="print the report as one JSON object")
    return parser


if __name__ == "__main__":
    sys.exit(main())
