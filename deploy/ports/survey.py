"""Looking at the router without changing anything: what it speaks, says and holds, who is above.

For doctor and `ports status`. "Above" is judged from the router's own answers and from the first
hops on the way out; that the outside world sees yet another address is for others to compare.
"""

import asyncio
import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from deploy.address.kinds import Kind, kind_of
from deploy.network import hops
from deploy.network.facts import Network
from deploy.ports import pcp
from deploy.ports.asking import Line
from deploy.ports.by_natpmp import NatPmpWay
from deploy.ports.by_pcp import PcpWay
from deploy.ports.router import Router
from deploy.ports.wish import Held, Refusal, Why


class Above(StrEnum):
    """What stands between the router and the internet."""

    NOTHING = "nothing"
    ROUTER = "router"  # a second one in the house, most likely: double NAT
    CARRIER = "carrier"  # the provider's NAT: nobody can come in by IPv4
    TUNNEL = "tunnel"  # DS-Lite: IPv4 is lent by the provider
    UNKNOWN = "unknown"


ABOVE = {Kind.CARRIER: Above.CARRIER, Kind.PRIVATE: Above.ROUTER, Kind.DS_LITE: Above.TUNNEL}


@dataclass(frozen=True)
class Survey:
    """What was seen.

    Attributes:
        network: where we are.
        model: what the router says that it is, or "".
        speaks: the ways that work: "PCP", "NAT-PMP", "UPnP IGD 2", "PCP for IPv6".
        refusals: for the others, what was said: "silent", "switched off".
        said: the router's outer address by each way, in its own word; "" for none.
        outer: the one to go by, or "".
        line: the state of its line in its own word ("Connected"), or "".
        hops: the first routers on the way out; "" for a silent one, empty where not known.
        upstream: the ways by which the second hop answers us too: a second router that can be
            asked for ports itself.
        above: the judgement, and `evidence` the sentence for it.
        has_table: whether the router shows what it holds; `table` is that, by external port.
    """

    network: Network
    model: str = ""
    speaks: tuple[str, ...] = ()
    refusals: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    outer: str = ""
    line: str = ""
    hops: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    above: Above = Above.UNKNOWN
    evidence: str = ""
    has_table: bool = False
    table: Mapping[int, Held | None] = field(default_factory=dict)


async def survey(router: Router, ports: Iterable[int] = (443, 80)) -> Survey:
    """Look at the router. It takes two seconds where hops keep silent.

    Args:
        router: as found.
        ports: the external ports whose entries in its table are wanted.
    """
    said, first, table, line = await asyncio.gather(
        _addresses(router), hops.first_hops(), _table(router, ports), _line(router)
    )
    if first and first[0] not in {"", router.network.gateway}:
        first = ()  # a VPN's hops say nothing of our router
    upstream = await _upstream(router, first)
    outer = next((word for word in said.values() if _kind(word) is Kind.GLOBAL), "") or next(
        filter(None, said.values()), ""
    )
    above, evidence = judge(said, first)
    return Survey(
        network=router.network,
        model=str(router.model),
        speaks=router.speaks,
        refusals={name: str(refusal.why) for name, refusal in router.refusals.items()},
        said=said,
        outer=outer,
        line=line,
        hops=first,
        upstream=upstream,
        above=above,
        evidence=evidence,
        has_table=router.igd is not None,
        table=table,
    )


def judge(said: Mapping[str, str], first: tuple[str, ...]) -> tuple[Above, str]:
    """What stands above the router, and the sentence that says from what it is concluded.

    Args:
        said: the router's outer address by each way.
        first: the first hops; the first is the router itself.
    """
    kinds = {name: (word, _kind(word)) for name, word in said.items()}
    for name, (word, kind) in kinds.items():
        if kind in ABOVE:
            return ABOVE[kind], f"The router's address towards the internet is {word}, by {name}."
    second = first[1] if len(first) > 1 else ""
    kind = _kind(second)
    if kind in ABOVE:
        return ABOVE[kind], f"The second router on the way out is {second}, a private address."
    if any(kind is Kind.GLOBAL for _, kind in kinds.values()):
        word = next(word for word, kind in kinds.values() if kind is Kind.GLOBAL)
        return Above.NOTHING, f"The router's address towards the internet is {word}."
    return Above.UNKNOWN, "The router does not say which address it has towards the internet."


async def _addresses(router: Router) -> dict[str, str]:
    said = {}
    for way in (router.pcp, router.natpmp, router.igd):
        if way is not None:
            try:
                said[way.name] = await way.address()
            except Refusal:
                continue
    return said


async def _table(router: Router, ports: Iterable[int]) -> dict[int, Held | None]:
    table = {}
    for port in ports if router.igd else ():
        try:
            table[port] = await router.igd.held(port) if router.igd else None
        except Refusal:
            continue
    return table


async def _line(router: Router) -> str:
    return await router.igd.status() if router.igd else ""


async def _upstream(router: Router, first: tuple[str, ...]) -> tuple[str, ...]:
    """Ask a private second hop whether it would open ports; our own router passes that on."""
    second = first[1] if len(first) > 1 else ""
    if _kind(second) not in {Kind.PRIVATE, Kind.CARRIER}:
        return ()
    line = Line(router.network.address, second, pcp.SERVER_PORT)
    found = await asyncio.gather(PcpWay.find(line), NatPmpWay.find(line), return_exceptions=True)
    names = [way.name for way in found if isinstance(way, PcpWay | NatPmpWay)]
    # A PCP server above a NAT answers that our address is not the one it sees: it is there.
    heard = [f.way for f in found if isinstance(f, Refusal) and f.why is Why.MISMATCH]
    return tuple(dict.fromkeys([*names, *heard]))


def _kind(word: str) -> Kind | None:
    try:
        return kind_of(ipaddress.ip_address(word))
    except ValueError:
        return None
