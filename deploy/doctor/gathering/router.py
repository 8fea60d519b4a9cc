"""The network at home and its router, as deploy/network and deploy/ports see them."""

import ipaddress
from collections.abc import Iterable

from deploy.address.kinds import Kind, kind_of
from deploy.doctor.facts import Held, Lan, Router
from deploy.network import facts
from deploy.ports.access import RouterAccess
from deploy.ports.survey import Survey, survey
from deploy.problem import Problem

NOT_ASKED = Router(asked=False, speaks=(), model="", outer="", outer_kind=None, has_table=False)


def lan() -> Lan:
    """Where this computer is."""
    try:
        network = facts.read()
    except Problem as problem:
        return Lan(address="", interface="", mac="", gateway="", why=problem.what)
    return Lan(
        address=network.address,
        interface=network.interface,
        mac=network.mac,
        gateway=network.gateway,
        address6=network.address6,
        is_fleeting_only=network.is_fleeting_only,
        vpn=network.vpn,
        others=network.others,
    )


async def look(access: RouterAccess, ports: Iterable[int]) -> Router:
    """What the router says, and what it holds for these external ports; nothing is changed."""
    try:
        seen = await survey(await access(), ports)
    except Problem:
        return NOT_ASKED
    return told(seen)


def told(seen: Survey) -> Router:
    """The survey in doctor's words."""
    table = {
        port: Held(held.client, held.internal) if held else None
        for port, held in seen.table.items()
    }
    hops = tuple((hop, kind) for hop in seen.hops if (kind := _kind(hop)))
    return Router(
        speaks=tuple(seen.speaks),
        refusals=dict(seen.refusals),
        model=seen.model,
        outer=seen.outer,
        outer_kind=_kind(seen.outer),
        has_table=seen.has_table,
        table=table,
        hops=hops,
    )


def _kind(word: str) -> Kind | None:
    try:
        return kind_of(ipaddress.ip_address(word))
    except ValueError:
        return None
