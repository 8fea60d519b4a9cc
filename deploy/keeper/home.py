"""The router as the keeper knows it: found once, and anew when anything about it changed."""

from deploy.ports import natpmp, pcp
from deploy.ports.access import RouterAccess
from deploy.ports.asking import NoAnswerError, ask


class Home(RouterAccess):
    """The home router, kept for long."""

    def is_router(self, address: str) -> bool:
        """Whether a datagram comes from the router."""
        return self._found is not None and self._found.network.gateway == address

    async def age_s(self) -> int | None:
        """How long the router's tables stand: smaller than before, and it forgot all of them.

        None where it does not say.
        """
        found = await self()
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
