"""Opening and closing one port, whichever way the router takes: PCP, NAT-PMP, UPnP."""

import struct
from collections.abc import Sequence
from dataclasses import replace

from deploy.network import neighbours
from deploy.ports import refusing
from deploy.ports.router import Router, Way
from deploy.ports.wish import UPNP, Held, Mapping, Refusal, Why, Wish
from deploy.problem import Problem

ORDER = list(Why)
BY_HAND = "hand"


async def open_port(router: Router, wish: Wish) -> Mapping:
    """Open the port, or renew it. What is granted is exactly what was asked, or nothing.

    Raises:
        PortProblem: no way grants it: why, and what to do.
    """
    held = await look(router, wish)
    own = own_address(router, wish)
    if wish.is_theirs and not has_table(router, wish):
        # Perhaps only for now: what cannot be seen is not replaced.
        return Mapping(BY_HAND, own, wish.external, wish.internal, lease_s=0)
    if held and wish.is_theirs and is_by_hand(held, wish, own):
        return _as_it_is(held, BY_HAND)
    if held and not leads_as_wished(held, wish, own):
        await _make_room(router, wish, held, own)
    refusals: list[Refusal] = []
    for way in router.ways(wish.version):
        try:
            granted = await way.open(wish)
        except Refusal as said:
            refusals.append(said)
        else:
            return await _read_back(router, wish, granted)
    refusal = _most_telling(router, refusals)
    if refusal and refusal.why is Why.CONFLICT:
        held = await look(router, wish)
        if held and leads_as_wished(held, wish, own):
            return _as_it_is(held, refusal.way)
        raise await _conflict(router, wish, held)
    raise refusing.problem(router, wish, refusal)


async def close_port(router: Router, wish: Wish) -> int:
    """Close the port, if it is ours. One that is not open, or leads elsewhere, is left alone.

    Returns:
        Seconds for which it still stands: a few routers only let a pinhole run out.

    Raises:
        PortProblem: the router does not let go of it, or does not answer.
    """
    ways = router.ways(wish.version)
    if not ways:
        raise refusing.unanswered(router, wish)
    own = own_address(router, wish)
    held = await look(router, wish)
    if held and not is_ours(held, wish, own):
        return 0
    refusals: list[Refusal] = []
    for way in _closers(router, wish, held):
        try:
            rest_s = await way.close(wish)
        except Refusal as refusal:
            refusals.append(refusal)
            continue
        held = await look(router, wish)
        if held is None or not is_ours(held, wish, own):
            return rest_s
    raise refusing.kept(router, wish, held, refusals)


async def look(router: Router, wish: Wish) -> Held | None:
    """What the router's table has for the port; None also where there is no table to see."""
    try:
        return await read(router, wish)
    except Refusal:
        return None


async def read(router: Router, wish: Wish) -> Held | None:
    """The same for who must tell an empty place from no answer.

    Raises:
        Refusal: there is a table, and the router does not show it just now.
    """
    if wish.version == 6 or router.igd is None:  # has_table, spelt out for the type checker
        return None
    return await router.igd.held(wish.external)


def has_table(router: Router, wish: Wish) -> bool:
    """Whether the router shows what it holds for the port."""
    return wish.version == 4 and wish.is_listed and router.igd is not None


async def look_for_room(router: Router, wish: Wish) -> Held | None:
    """The same before the port is asked for.

    Raises:
        PortProblem: nobody can be asked, or somebody else has the port.
    """
    if not router.ways(wish.version):
        raise refusing.unanswered(router, wish)
    held = await look(router, wish)
    own = own_address(router, wish)
    if held and not leads_as_wished(held, wish, own) and not is_ours(held, wish, own):
        raise await _conflict(router, wish, held)
    return held


def own_address(router: Router, wish: Wish) -> str:
    """Our own address by the wish's version of IP."""
    return router.network.address6 if wish.version == 6 else router.network.address


def leads_as_wished(held: Held, wish: Wish, own: str) -> bool:
    """Whether an entry is already what is wanted, whoever made it."""
    return (held.client, held.internal) == (own, wish.internal) and held.is_enabled


def is_ours(held: Held, wish: Wish, own: str) -> bool:
    """Whether we made an entry: it leads where we want it or led, or bears our mark."""
    leads_to = (held.client, held.internal)
    return leads_to in {(own, wish.internal), wish.former} or _is_marked(held, wish)


def _is_marked(held: Held, wish: Wish) -> bool:
    is_named = bool(wish.tag) and held.description == wish.description
    return is_named or any(mark in held.description.lower() for mark in _marks(wish.nonce))


def is_by_hand(held: Held, wish: Wish, own: str) -> bool:
    """Whether a person made the entry that we want: it is for ever, and has no mark of ours."""
    is_for_ever = held.lease_s == 0
    return is_for_ever and leads_as_wished(held, wish, own) and not _is_marked(held, wish)


def is_unmarked(held: Held, wish: Wish) -> bool:
    """Whether nothing says that we made an entry."""
    return not _is_marked(held, wish)


async def put_back(router: Router, held: Held) -> None:
    """Write an entry of the host's own as it was before we took its place.

    Raises:
        Problem: the router does not take it.
    """
    if router.igd is None:
        raise _not_back(held, Refusal(UPNP, Why.SILENT))
    try:
        await router.igd.put(held)
    except Refusal as refusal:
        raise _not_back(held, refusal) from None


def _not_back(held: Held, refusal: Refusal) -> Problem:
    state = "on" if held.is_enabled else "off"
    return Problem(
        f"TCP {held.external} is closed, but your own entry {held.description!r} to "
        f"{held.client}:{held.internal} (switched {state}) could not be put back: {refusal}.",
        "make it anew in the router, then: ./lanternhold undo --dry-run --json for the id, and "
        "./lanternhold undo ID --forget",
    )


def _as_it_is(held: Held, way: str) -> Mapping:
    """An entry that is as wished already, and was not touched."""
    return Mapping(way, held.client, held.external, held.internal, held.lease_s)


def _marks(nonce: bytes) -> tuple[str, ...]:
    """How routers name a mapping made by PCP: by its nonce, some with each word turned round."""
    words = struct.unpack("<3I", nonce)
    return nonce.hex(), "".join(f"{word:08x}" for word in words)


async def _conflict(router: Router, wish: Wish, held: Held | None) -> refusing.PortProblem:
    is_neighbour = held is not None and held.client != router.network.address
    mac = await neighbours.mac_of(held.client) if held and is_neighbour else ""
    return refusing.conflict(router, wish, held, mac)


async def _make_room(router: Router, wish: Wish, held: Held, own: str) -> None:
    """Take an earlier mapping of ours away: the router sees it as another computer's.

    Raises:
        PortProblem: it is not ours, or the router does not let go of it.
    """
    if not is_ours(held, wish, own):
        raise await _conflict(router, wish, held)
    refusals = []
    # Not by NAT-PMP: it would end other mappings of the port too.
    for way in (router.pcp, router.igd):
        if way is None:
            continue
        try:
            await way.close(replace(wish, internal=held.internal))
        except Refusal as refusal:
            refusals.append(refusal)
    if (rest := await look(router, wish)) and not leads_as_wished(rest, wish, own):
        raise refusing.kept(router, wish, rest, refusals)


async def _read_back(router: Router, wish: Wish, granted: Mapping) -> Mapping:
    """Believe the router's table more than its answer, where the table can be seen.

    Raises:
        PortProblem: the table has something else.
    """
    if router.igd is None or wish.version == 6:
        return granted
    held = await look(router, wish)
    if held is None:
        return replace(granted, is_listed=False)
    if leads_as_wished(held, wish, granted.client):
        return replace(granted, is_listed=True)
    raise await _conflict(router, wish, held)


def _closers(router: Router, wish: Wish, held: Held | None) -> list[Way]:
    """By which ways to give back, in this order. NAT-PMP ends too much, so it is the last."""
    if wish.version == 6:
        return router.ways(6)
    seen = router.igd if held else None
    return [way for way in (router.pcp, seen, router.natpmp) if way] or router.ways(4)


def _most_telling(router: Router, refusals: Sequence[Refusal]) -> Refusal | None:
    """The refusal that explains most; else why nobody could be asked."""
    said = [*refusals] or [*router.refusals.values()]
    return min(said, key=lambda refusal: ORDER.index(refusal.why), default=None)
