"""`ports open`, `ports status`, `ports close`: the ports on the home router."""

import asyncio
import platform
from enum import StrEnum
from typing import Annotated, Any

import typer

from deploy import changes, screen
from deploy.changes import Outcome
from deploy.clone import Clone
from deploy.commands.changing import DryRun, Talk, Yes, show, tell
from deploy.commands.opening import open_clone
from deploy.ledger import JsonObject, Ledger
from deploy.ports import manual, opening, status
from deploy.ports.access import RouterAccess
from deploy.ports.change import PortMapping
from deploy.ports.opening import Wanted
from deploy.ports.router import ALL, Router
from deploy.ports.wish import LEASE_S, is_public
from deploy.problem import Problem
from deploy.screen import Json

app = typer.Typer(name="ports", help="Open, look at and close ports on the home router.")


class Protocol(StrEnum):
    """How the router is to be asked."""

    AUTO = "auto"
    PCP = "pcp"
    NAT_PMP = "nat-pmp"
    UPNP = "upnp"

    @property
    def ways(self) -> tuple[str, ...]:
        """The names of the ways to try."""
        return tuple(name for name in ALL if self is Protocol.AUTO or name.lower() == self)


@app.command("open", epilog="Example: [bold]./lanternhold ports open --dry-run[/bold]")
def open_(  # noqa: PLR0913  # the options of a command
    *,
    https: Annotated[
        int, typer.Option(min=1, max=65535, help="Friends call this port of the router.")
    ] = 443,
    http: Annotated[
        int, typer.Option(min=0, max=65535, help="For the join page and certificates; 0: not.")
    ] = 80,
    ipv6: Annotated[
        bool | None,
        typer.Option("--ipv6/--no-ipv6", help="IPv6 as well; by itself where it can be."),
    ] = None,
    protocol: Annotated[Protocol, typer.Option(help="How to ask the router.")] = Protocol.AUTO,
    lease: Annotated[
        int, typer.Option(min=120, max=86400, metavar="SECONDS", help="Ask for this long.")
    ] = LEASE_S,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Have the router pass friends on to this computer: its 443 and 80.

    It asks by PCP, then NAT-PMP, then UPnP, and reads back what the router did. Where the router
    refuses, it says why and what to type in by hand. The keeper renews; so does the same command.
    """
    clone, chosen = open_clone()
    ledger, access = Ledger.of(clone), RouterAccess(protocol.ways)
    pairs = [(https, chosen.https_port), (http, chosen.http_port)]
    ports = tuple((external, internal) for external, internal in pairs if external and internal)
    with Talk(yes=yes) as talk:
        talk.say("Looking for the router ...")
        outcome, router, wanted = asyncio.run(
            _open(ports, ledger, access, ipv6=ipv6, lease=lease, dry_run=dry_run, talk=talk)
        )
    _tell(outcome, router, wanted, json=json)


async def _open(  # noqa: PLR0913  # the options of a command
    ports: tuple[tuple[int, int], ...],
    ledger: Ledger,
    access: RouterAccess,
    *,
    ipv6: bool | None,
    lease: int,
    dry_run: bool,
    talk: Talk,
) -> tuple[Outcome, Router, list[PortMapping]]:
    router = await access()
    has4 = bool(router.network.gateway)
    wanted = opening.plan(
        Wanted(ports, lease, ipv4=has4, ipv6=_by_six(router, ipv6, has4=has4)),
        router.network,
        access,
        ledger,
    )
    outcome = await opening.open_ports(
        wanted, ledger, dry_run=dry_run, confirm=talk.confirm, say=talk.say
    )
    return outcome, router, wanted


def _by_six(router: Router, asked: bool | None, *, has4: bool) -> bool:
    """Whether to open the IPv6 firewall: where it was asked for, else where it can be.

    Raises:
        Problem: it was asked for, and this computer has no address for it.
    """
    has6 = bool(router.network.address6)
    if not has6 and (asked or not has4):
        raise Problem(
            "This computer has no IPv6 address that lasts, so no port can be opened to it.",
            "docs/how-to/router-ipv6-only.md tells how to get one",
        )
    return (has6 and router.pcp6 is not None) or not has4 if asked is None else asked


def _tell(outcome: Outcome, router: Router, wanted: list[PortMapping], *, json: bool) -> None:
    failed = {failure.id for failure in outcome.failures}
    notes = _notes(wanted)
    by_hand = manual.instructions(
        router.network,
        router.model,
        [change.wish for change in wanted if change.id in failed],
        platform.node(),
    )
    if json:
        said: dict[str, Any] = outcome.as_json()
        said["router"] = status.router_json(router)
        said["granted"] = {
            change.id: status.granted_json(change.granted) for change in wanted if change.granted
        }
        said["notes"] = notes
        said["by_hand"] = list(by_hand.steps) if failed else []
        screen.answer(said)
        if outcome.code:
            raise typer.Exit(outcome.code)
        return
    for note in notes:
        screen.err().say(note)
    tell(outcome)  # why, before what to do about it
    if failed:
        screen.out().say(f"\nBy hand:\n{by_hand}\n")
    if outcome.code:
        raise typer.Exit(outcome.code)


def _notes(wanted: list[PortMapping]) -> list[str]:
    """What the host should know of ports that were opened; each thing once."""
    granted = [change.granted for change in wanted if change.granted]
    notes = [item.note for item in granted if item.note]
    private = [item.address for item in granted if item.address and not is_public(item.address)]
    notes += [
        f"The router has opened it at {address}, which is no public address: there is another "
        "router or the provider's NAT above it. Next: ./lanternhold doctor"
        for address in private
    ]
    return list(dict.fromkeys(notes))


@app.command("status", epilog="Example: [bold]./lanternhold ports status --json[/bold]")
def status_(*, json: Json = False) -> None:
    """Show the router, what is open on it, and what stands between it and the internet.

    Changes nothing. Exit code 1 when a port that was opened is not open any more.
    """
    clone, _ = open_clone()
    with screen.progress() as say:
        say("Looking at the router ...")
        seen = asyncio.run(status.look(RouterAccess(), Ledger.of(clone)))
    if json:
        screen.answer(seen.as_json())
    else:
        status.show(seen)
    if not seen.is_good:
        raise typer.Exit(1)


@app.command("close", epilog="Example: [bold]./lanternhold ports close --yes[/bold]")
def close(*, dry_run: DryRun = False, yes: Yes = False, json: Json = False) -> None:
    """Close on the router what `ports open` opened. What others opened stays.

    A router that is gone for good: ./lanternhold undo --forget ID.
    """
    clone, access = Clone.here(), RouterAccess()
    made: list[PortMapping] = []

    def rebuild(kept: JsonObject) -> PortMapping:
        made.append(PortMapping.from_ledger(kept, access))
        return made[-1]

    with Talk(yes=yes) as talk:
        outcome = asyncio.run(
            changes.undo(
                Ledger.of(clone),
                {PortMapping.KIND: rebuild},
                dry_run=dry_run,
                confirm=talk.confirm,
                say=talk.say,
                wanted=lambda entry: entry.kind == PortMapping.KIND,
            )
        )
    for change in made:
        if change.rest_s:
            note = f"The router lets it run out: {change.title}, for {change.rest_s} s more."
            screen.err().say(note)
    show(outcome, json=json)
