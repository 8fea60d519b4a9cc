"""The router: by which ways it can be asked, and why the others do not work."""

import asyncio
from collections.abc import Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from deploy.network.facts import Network
from deploy.ports import by_natpmp, by_pcp, pcp
from deploy.ports.asking import Line
from deploy.ports.by_natpmp import NatPmpWay
from deploy.ports.by_pcp import PcpWay
from deploy.ports.wish import UPNP, Model, Refusal, Wish
from deploy.ports.wish import Mapping as Granted

if TYPE_CHECKING:  # it takes a quarter of a second to import, which most commands can do without
    from deploy.ports.igd import IgdWay

PCP6 = "PCP for IPv6"
ALL = (by_pcp.NAME, by_natpmp.NAME, UPNP)
Found = TypeVar("Found")


class Way(Protocol):
    """A way of asking a router for a port."""

    @property
    def name(self) -> str:
        """How it is called in sentences."""
        ...

    async def open(self, wish: Wish) -> Granted:
        """Make or renew; Refusal when it is not granted exactly."""
        ...

    async def close(self, wish: Wish) -> int:
        """Give back; seconds for which it still stands. Refusal when it cannot be."""
        ...


@dataclass(frozen=True)
class Router:
    """The home router, as far as it answers.

    Attributes:
        network: how we reach it.
        refusals: for each way that does not work, what was said: by the name of the way.
    """

    network: Network
    pcp: PcpWay | None = None
    natpmp: NatPmpWay | None = None
    igd: "IgdWay | None" = None
    pcp6: PcpWay | None = None
    refusals: Mapping[str, Refusal] = field(default_factory=dict)

    @property
    def model(self) -> Model:
        """What the router says that it is; nothing where it does not speak UPnP."""
        return self.igd.model if self.igd else Model()

    @property
    def speaks(self) -> tuple[str, ...]:
        """The names of all the ways that work."""
        return (*(way.name for way in self.ways(4)), *(PCP6 for _ in self.ways(6)))

    def ways(self, version: int) -> list[Way]:
        """The ways that work for a version of IP, the best first."""
        if version == 6:
            return [self.pcp6] if self.pcp6 else []
        return [way for way in (self.pcp, self.natpmp, self.igd) if way]


async def find(network: Network, only: Collection[str] = ALL) -> Router:
    """Ask the router by every way at once. It takes two seconds where one of them keeps silent.

    Args:
        network: whose router.
        only: the ways to try, by name.
    """
    from deploy.ports.igd import IgdWay  # noqa: PLC0415  # see above

    refusals: dict[str, Refusal] = {}

    async def attempt(
        name: str, search: Coroutine[Any, Any, Found], *, makes_sense: bool
    ) -> Found | None:
        if not makes_sense:
            search.close()
            return None
        try:
            return await search
        except Refusal as refusal:
            refusals[name] = refusal
            return None

    has4, has6 = (
        bool(network.address and network.gateway),
        bool(network.address6 and network.gateway6),
    )
    line = Line(network.address, network.gateway, pcp.SERVER_PORT)
    line6 = Line(network.address6, network.gateway6, pcp.SERVER_PORT, network.index)
    by_line, by_sister, by_device, by_line6 = await asyncio.gather(
        attempt(by_pcp.NAME, PcpWay.find(line), makes_sense=has4 and by_pcp.NAME in only),
        attempt(by_natpmp.NAME, NatPmpWay.find(line), makes_sense=has4 and by_natpmp.NAME in only),
        attempt(
            UPNP,
            IgdWay.find(network.address, network.gateway),
            makes_sense=has4 and UPNP in only,
        ),
        attempt(PCP6, PcpWay.find(line6), makes_sense=has6 and by_pcp.NAME in only),
    )
    return Router(network, by_line, by_sister, by_device, by_line6, refusals)
