"""The router as the keeper knows it: found once, and anew when anything about it changed."""

import asyncio
from collections.abc import Awaitable, Callable

from deploy.network import facts
from deploy.network.facts import Network
from deploy.ports import natpmp, pcp, router
from deploy.ports.asking import NoAnswerError, ask
from deploy.ports.router import Router
from deploy.ports.wish import Refusal


class Home:
    """The home network and its router.

    Args:
        read: reads the facts of the network; cheap, asked at every look.
        find: asks the router which ways it knows; up to two seconds, so its answer is kept.
    """

    def __init__(
        self,
        read: Callable[[], Network] = facts.read,
        find: Callable[[Network], Awaitable[Router]] = router.find,
    ) -> None:
        self._read = read
        self._find = find
        self._known: Router | None = None
        self._finding = asyncio.Lock()

    async def router(self) -> Router:
        """The router, found anew after `forget` and when our own address or the router changed.

        Raises:
            Problem: there is no way out of this computer.
        """
        network = await asyncio.to_thread(self._read)
        async with self._finding:
            if self._known is None or self._known.network != network:
                self._known = await self._find(network)
            return self._known

    def forget(self) -> None:
        """It did not answer as it should: find it anew next time."""
        self._known = None

    def is_router(self, address: str) -> bool:
        """Whether a datagram comes from the router."""
        return self._known is not None and self._known.network.gateway == address

    async def address(self) -> str:
        """The router's outer address, "" when it does not say."""
        found = await self.router()
        for way in (found.natpmp, found.pcp, found.igd):
            try:
                if way and (said := await way.address()):
                    return said
            except Refusal:
                continue
        return ""

    async def age_s(self) -> int | None:
        """How long the router's tables stand: smaller than before, and it forgot all of them."""
        found = await self.router()
        try:
            if found.pcp:
                request = pcp.announce(found.pcp.line.own)
                return (await ask(found.pcp.line, request, pcp.read)).epoch_s
            if found.natpmp:
                request = natpmp.address_request()
                return (await ask(found.natpmp.line, request, natpmp.read_address)).epoch_s
        except NoAnswerError:
            self.forget()
        return None
