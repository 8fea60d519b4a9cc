"""How the ports are: what the ledger holds, beside what the router's table says."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from deploy import screen
from deploy.ledger import Ledger
from deploy.ports import mapper
from deploy.ports.access import RouterAccess
from deploy.ports.change import PortMapping
from deploy.ports.router import Router
from deploy.ports.survey import Above, Survey, survey
from deploy.ports.wish import Held
from deploy.ports.wish import Mapping as Granted


class State(StrEnum):
    """How a port is."""

    OPEN = "open"
    MISSING = "missing"  # the router has forgotten it
    ELSEWHERE = "elsewhere"  # it leads to another address or port
    UNSEEN = "unseen"  # the router shows no table


@dataclass(frozen=True)
class PortStatus:
    """A port of the ledger."""

    id: str
    title: str
    external: int
    client: str
    internal: int
    ip: int
    state: State
    held: Held | None

    def as_json(self) -> dict[str, Any]:
        """For --json."""
        return asdict(self)


@dataclass(frozen=True)
class Status:
    """All of it."""

    survey: Survey
    ports: tuple[PortStatus, ...]

    @property
    def is_good(self) -> bool:
        """Whether what was opened is open, as far as can be seen from here."""
        return all(port.state in {State.OPEN, State.UNSEEN} for port in self.ports)

    def as_json(self) -> dict[str, Any]:
        """For --json."""
        seen = self.survey
        return {
            "router": {
                "address": seen.network.gateway,
                "model": seen.model,
                "speaks": list(seen.speaks),
                "refusals": dict(seen.refusals),
                "outer_address": seen.outer,
                "line": seen.line,
            },
            "host": {
                "address": seen.network.address,
                "mac": seen.network.mac,
                "interface": seen.network.interface,
                "address6": seen.network.address6,
                "vpn": seen.network.vpn,
            },
            "above": {
                "what": str(seen.above),
                "evidence": seen.evidence,
                "hops": list(seen.hops),
                "answers": list(seen.upstream),
            },
            "table": {
                str(port): asdict(held) if held else None for port, held in seen.table.items()
            },
            "ports": [port.as_json() for port in self.ports],
        }


async def look(access: RouterAccess, ledger: Ledger) -> Status:
    """Look at the router and at what the ledger says of it; nothing is changed."""
    router = await access()
    kept = [
        PortMapping.from_ledger(entry.desired, access)
        for entry in ledger.entries()
        if entry.kind == PortMapping.KIND
    ]
    wanted = {443, 80} | {change.wish.external for change in kept if change.wish.version == 4}
    seen = await survey(router, sorted(wanted, reverse=True))
    return Status(seen, tuple(_port(change, router, seen.table) for change in kept))


def _port(change: PortMapping, router: Router, table: Mapping[int, Held | None]) -> PortStatus:
    wish = change.wish
    held = table.get(wish.external) if wish.version == 4 else None
    if not mapper.has_table(router, wish) or wish.external not in table:
        state = State.UNSEEN
    elif held is None:
        state = State.MISSING
    else:
        own = mapper.own_address(router, wish)
        state = State.OPEN if mapper.leads_as_wished(held, wish, own) else State.ELSEWHERE
    return PortStatus(
        change.id,
        change.title,
        wish.external,
        change.client,
        wish.internal,
        wish.version,
        state,
        held,
    )


def router_json(router: Router) -> dict[str, Any]:
    """The router, for --json."""
    return {
        "address": router.network.gateway,
        "model": str(router.model),
        "speaks": list(router.speaks),
        "refusals": {name: str(refusal.why) for name, refusal in router.refusals.items()},
    }


def granted_json(granted: Granted) -> dict[str, Any]:
    """What the router granted, for --json."""
    return asdict(granted)


ABOVE = {
    Above.NOTHING: "It has a public address of its own.",
    Above.ROUTER: "Another router stands above it: docs/how-to/router-double-nat.md",
    Above.CARRIER: "The provider's NAT stands above it: docs/how-to/router-cgnat.md",
    Above.TUNNEL: "IPv4 comes through the provider's tunnel: docs/how-to/router-ipv6-only.md",
    Above.UNKNOWN: "Whether it has a public address could not be learnt.",
}


def show(seen: Status) -> None:
    """For a person."""
    console = screen.out()
    looked = seen.survey
    name = f" ({looked.model})" if looked.model else ""
    console.say(f"Router   {looked.network.gateway}{name}")
    console.say(f"Speaks   {', '.join(looked.speaks) or 'nothing that opens ports'}")
    console.say(f"Outside  {looked.outer or 'not told'}. {ABOVE[looked.above]}")
    if looked.network.vpn:
        console.say(f"VPN      {looked.network.vpn} takes the internet traffic")
    for port in seen.ports:
        console.say(f"{port.state:<9}{port.title}")
    if not seen.ports:
        console.say("Nothing was opened from here: ./lanternhold ports open")
    for number, held in looked.table.items():
        if held and number not in {port.external for port in seen.ports}:
            console.say(f"other    TCP {number} -> {held.client}:{held.internal}")
