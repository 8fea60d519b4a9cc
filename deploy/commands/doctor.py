"""`doctor`: what is wrong, why, and what to do."""

import asyncio
import contextlib
import json as codec
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from deploy import invitation, modes, outsider, screen
from deploy.clone import Clone, write_private
from deploy.commands.opening import open_clone, stack_of
from deploy.doctor.engine import Diagnosis, Judged, examine
from deploy.doctor.finding import Status
from deploy.doctor.redaction import redact
from deploy.problem import USED_WRONGLY, Problem
from deploy.screen import Json
from deploy.settings import Settings
from deploy.stack import Stack

LOOKS = {
    Status.OK: ("green", "ok"),
    Status.INFO: ("cyan", "info"),
    Status.WARN: ("yellow", "warn"),
    Status.FAIL: ("bold red", "FAIL"),
    Status.UNKNOWN: ("dim", "?"),
    Status.SKIPPED: ("dim", "-"),
}
PROOF = "friend-can-join"
PROBE_BYTES = 200_000
AGAIN_S = 15.0
SECRET_BYTES = 4096


def doctor(
    *,
    json: Json = False,
    watch: Annotated[
        bool, typer.Option("--watch", help=f"Look again every {AGAIN_S:.0f} s, until Ctrl-C.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write it all down, without secrets, to show to others."),
    ] = None,
    seen_outside: Annotated[
        str,
        typer.Option(
            "--outside",
            metavar="FILE",
            help="What a friend's ./lanternhold probe LINK --json printed; - reads it.",
        ),
    ] = "",
    all_: Annotated[bool, typer.Option("--all", help="Show what is fine, too.")] = False,
) -> None:
    """Say what is wrong, why, and what to do. Exit code 1 when something keeps players out.

    A fault is named once: what follows from it is skipped. Nothing is changed. Whether friends come
    in is judged by what somebody outside saw: LANTERNHOLD_DEPLOY_PROBER names a command that looks
    from another place, or give a friend's probe with --outside.
    """
    clone, chosen = open_clone()
    friend = _friend(seen_outside)
    while True:
        found = _diagnose(clone, chosen, friend)
        if report is not None:
            _write(report, found, clone, chosen)
            screen.err().say(f"Written down in {report}; no secret is in it.")
        if json:
            screen.answer(found.as_json())
        else:
            _show(found, everything=all_, friend=friend)
        if not watch:
            break
        with _ended_by_interrupt():
            time.sleep(AGAIN_S)
    if found.faults:
        raise typer.Exit(1)


def _diagnose(clone: Clone, chosen: Settings, friend: outsider.Answer | None) -> Diagnosis:
    # What speaks HTTP, DNS and UPnP takes a while to import, which other commands can do without.
    from deploy.doctor.checks import CHECKS  # noqa: PLC0415
    from deploy.doctor.gathering.everything import gather  # noqa: PLC0415

    mode = modes.remembered(clone)
    stack = stack_of(clone, chosen, mode) if mode else None
    with screen.progress() as say:
        if friend is None and chosen.prober and stack is not None:
            say("Having somebody outside look ...")
            link = _link(clone, stack, chosen)
            friend = outsider.ask(chosen.prober, link) if link else None
        say("Looking at this computer, the router, DNS, the certificate and the game ...")
        return examine(CHECKS, asyncio.run(gather(clone, chosen, stack, friend)))


def _link(clone: Clone, stack: Stack, chosen: Settings) -> str:
    """The invite for the prober; "" while the server gives none, which a check will say."""
    with contextlib.suppress(Problem):
        return invitation.invite(stack, chosen, clone=clone)[0].link()
    return ""


def _friend(file: str) -> outsider.Answer | None:
    if not file:
        return None
    try:
        text = sys.stdin.read(PROBE_BYTES) if file == "-" else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise Problem(f"{file} cannot be read: {problem}", "", USED_WRONGLY) from None
    said = outsider.read(text)
    if said is None:
        raise Problem(
            "This is not what ./lanternhold probe LINK --json prints.",
            "have the friend run exactly that, and send all of it",
            USED_WRONGLY,
        )
    return said


@contextlib.contextmanager
def _ended_by_interrupt() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _write(file: Path, found: Diagnosis, clone: Clone, chosen: Settings) -> None:
    """The report: what is in it may be shown to anybody."""
    page = {
        "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python": sys.version.split()[0],
        "system": sys.platform,
        "settings": sorted(chosen.given),  # their names; values are the host's own business
        **found.as_json(),
    }
    shown = redact(page, _secrets(clone), [chosen.domain])
    try:
        write_private(file, codec.dumps(shown, indent=2) + "\n")
    except OSError as problem:
        raise Problem(f"{file} cannot be written: {problem}", "name another file") from None


def _secrets(clone: Clone) -> list[str]:
    """What lies in our own secret files, so that no error text can carry it out."""
    found = []
    for file in sorted((clone.state / "secrets").glob("*")):
        with contextlib.suppress(OSError):
            found.append(file.read_bytes()[:SECRET_BYTES].decode("utf-8", "replace").strip())
    return found


def _show(found: Diagnosis, *, everything: bool, friend: outsider.Answer | None) -> None:
    console = screen.out()
    if friend is not None:
        console.say(_outside(found, friend))
    for one in found.judged:
        status, remedy = one.finding.status, one.finding.remedy
        if everything or status in {Status.FAIL, Status.WARN} or (status is Status.INFO and remedy):
            _show_one(one)
    unknown = [one for one in found.judged if one.finding.status is Status.UNKNOWN]
    if unknown and not everything:
        named = ", ".join(one.check.id for one in unknown)
        console.say(f"Could not confirm: {named} (--all says why).")
    good = sum(one.finding.status is Status.OK for one in found.judged)
    console.say(f"{good} of {len(found.judged)} checks are fine. {_verdict(found)}", style="bold")


def _verdict(found: Diagnosis) -> str:
    """No more than was measured: from inside nobody sees whether friends elsewhere come in."""
    if found.faults:
        return f"The fault: {found.verdict}."
    if found.warnings:
        return f"Players come in; look at {found.verdict} all the same."
    if not found.outside:
        return "All is well for friends at home; ./lanternhold setup lets others in."
    proof = found.of(PROOF)
    is_proven = proof is not None and proof.status is Status.OK
    return "All is well." if is_proven else "All is well, as far as it can be seen from here."


def _outside(found: Diagnosis, friend: outsider.Answer) -> str:
    """What became of the answer that somebody outside gave."""
    if outsider.from_outside(friend) is None:
        return (
            "The probe's answer was read, and proves nothing of the outside: it is from this "
            "house, by the addresses at home. Have it run elsewhere, or by a phone's network."
        )
    if not found.outside:
        return "The probe's answer was read, but nobody is expected from outside yet."
    proof = found.of(PROOF)
    return f"The probe's answer was read. {proof.evidence if proof else ''}"


def _show_one(one: Judged) -> None:
    console = screen.out()
    colour, word = LOOKS[one.finding.status]
    console.print(f"[{colour}]{word:<6}[/]{one.check.id}")
    console.say(f"{'':<6}{one.finding.evidence}")
    if one.finding.remedy:
        console.say(f"{'':<6}Next: {one.finding.remedy}")
