"""All facts, gathered side by side. Nothing is changed, and nothing takes longer than seconds."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from deploy.address.here import chosen_sources
from deploy.address.kinds import Family
from deploy.address.public import Verdict, find
from deploy.address.sources import Echo
from deploy.clone import Clone
from deploy.doctor.facts import (
    Acme,
    Facts,
    Firewall,
    Lan,
    Names,
    Outside,
    Public,
    Records,
    Router,
    Wanted,
)
from deploy.doctor.gathering import door, firewall, game, host, names, outside, router
from deploy.invitation import HTTPS, public_port
from deploy.ledger import Ledger
from deploy.modes import Mode
from deploy.ports.access import RouterAccess
from deploy.problem import Problem
from deploy.settings import Settings
from deploy.setup.answers import Journal
from deploy.stack import Stack

MAPPING_KIND = "port-mapping"
HTTP = 80
LONGEST_S = 20.0
UNSEEN = Public(v4="", why="it could not be looked at", heard=None)
ROUTER = "router"  # as a source of our address it stands in the house
UNREAD = Records(zone=None, seen=None, ttl=None, why=UNSEEN.why)
NO_WALL = Firewall(is_known=False, kind="it could not be looked at")
Seen = TypeVar("Seen")

_log = logging.getLogger(__name__)


async def gather(
    clone: Clone,
    settings: Settings,
    stack: Stack | None,
    friend: Mapping[str, Any] | None = None,
) -> Facts:
    """The facts of this very house.

    Args:
        clone: whose server.
        settings: the host's.
        stack: what the last `up` started, or None.
        friend: what a probe from outside printed.
    """
    mode = stack.mode if stack else None
    expected = _wanted(clone, settings, mode, 0)
    at_home = router.lan()
    (running, where), said, wall, named = await asyncio.gather(
        game.look(clone, stack),
        _within(_router_and_address(settings, at_home, expected), (router.NOT_ASKED, UNSEEN)),
        _within(asyncio.to_thread(firewall.look, clone, settings), NO_WALL),
        _within(names.look(clone, settings.domain), Names(UNREAD, UNREAD)),
    )
    seen_router, public = said
    https_port = where.https_port if where else 0
    wanted = _wanted(clone, settings, mode, https_port)
    computer, tls, inside = await asyncio.gather(
        host.look(clone, settings, mode, _clocks(settings), runs=where is not None),
        door.look(clone, settings, mode, https_port),
        _within(outside.knock_from_inside(public.v4, wanted.public_port, https_port), ("", False)),
    )
    seen = _outside(public, named.a.zone, tls.acme, friend, wanted.public_port)
    return Facts(
        wanted=wanted,
        host=computer,
        lan=at_home,
        router=seen_router,
        public=public,
        names=named,
        firewall=wall,
        door=tls,
        game=running,
        outside=replace(seen, inside=inside[0], inside_is_us=inside[1]),
    )


async def _within(looking: Awaitable[Seen], otherwise: Seen) -> Seen:
    """What was seen, or `otherwise` when a device answers in a way nobody thought of."""
    try:
        async with asyncio.timeout(LONGEST_S):
            return await looking
    except Exception:  # noqa: BLE001 - routers say what they like, and the rest is still worth telling
        _log.debug("a look at the world failed", exc_info=True)
        return otherwise


async def _router_and_address(
    settings: Settings, at_home: Lan, wanted: Wanted
) -> tuple[Router, Public]:
    """The router, and the address that the world sees: the router's word is one of its sources."""
    if not at_home.address and not at_home.address6:
        return router.NOT_ASKED, Public(v4="", why="there is no network", heard=None)
    access = RouterAccess()
    seen, v4, v6 = await asyncio.gather(
        router.look(access, sorted({HTTP, wanted.public_port, *wanted.mappings}, reverse=True)),
        _verdict(settings, Family.V4, access),
        _verdict(settings, Family.V6, access, at_home.address6),
    )
    address4 = v4.address or ""
    told = {*v4.agreeing, *v6.agreeing, *(each.source for each in (*v4.odd, *v6.odd))}
    heard = len(told - {ROUTER})
    return seen, Public(v4=address4, v6=v6.address or "", why=v4.why, heard=heard)


async def _verdict(
    settings: Settings, family: Family, access: RouterAccess, own: str = ""
) -> Verdict:
    if family is Family.V6 and not own:
        return Verdict(family, None, "this computer has no lasting IPv6 address")
    try:
        asked = chosen_sources(settings.given, access.outer_address)
        return await find(family, asked, own=[own] if own else [])
    except Problem as problem:
        return Verdict(family, None, problem.what)


def _wanted(clone: Clone, settings: Settings, mode: Mode | None, https_port: int) -> Wanted:
    mappings, our_port = _mappings(clone), https_port or settings.https_port
    return Wanted(
        mode=str(mode) if mode else "",
        domain=settings.domain,
        https_port=our_port,
        http_port=settings.http_port,
        outside=bool(settings.domain or mappings),
        mappings=mappings,
        public_port=_public_port(clone, our_port),
        by_hand=Journal.of(clone).last().router is False,
    )


def _public_port(clone: Clone, our_port: int) -> int:
    try:
        return public_port(Ledger.of(clone), our_port)
    except Problem:  # a broken ledger is told elsewhere
        return HTTPS


def _mappings(clone: Clone) -> dict[int, tuple[str, int]]:
    """The IPv4 mappings of the ledger: external port -> our address then, our port."""
    try:
        entries = Ledger.of(clone).entries()
    except Problem:
        return {}
    kept = [e.desired for e in entries if e.kind == MAPPING_KIND and e.desired.get("ip") != 6]
    return {int(d["external"]): (str(d["client"]), int(d["internal"])) for d in kept}


def _outside(
    public: Public,
    zone: Sequence[str] | None,
    acme: Acme,
    friend: Mapping[str, Any] | None,
    port: int,
) -> Outside:
    is_named = bool(public.v4) and tuple(zone or ()) == (public.v4,)
    return outside.seen(acme, friend, address=public.v4, is_named=is_named, port=port)


def _clocks(settings: Settings) -> list[str]:
    """Pages that the time is read off: the certificate authority's, and those that echo."""
    pages = [door.directory(settings)]
    try:
        sources = chosen_sources(settings.given)
    except Problem:
        return pages
    return pages + [source.url for source in sources if isinstance(source, Echo)]
