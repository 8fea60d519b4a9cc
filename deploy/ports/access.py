"""The router, found when first needed and then kept: for all the changes of a command, or longer.

Who keeps it for longer calls `forget` when it stops answering: after a restart a router may listen
on another port.
"""

import asyncio
from collections.abc import Callable, Collection

from deploy.network import facts
from deploy.network.facts import Network
from deploy.ports import router
from deploy.ports.router import Router
from deploy.ports.wish import Refusal, Why, is_public


class RouterAccess:
    """Finds the router once.

    Args:
        only: the ways to try, by name.
        read: reads the facts of the network.
    """

    def __init__(
        self, only: Collection[str] = router.ALL, read: Callable[[], Network] = facts.read
    ) -> None:
        self._only = only
        self._read = read
        self._found: Router | None = None
        self._finding = asyncio.Lock()

    async def __call__(self) -> Router:
        """The router, whether or not it answers.

        Raises:
            Problem: this computer has no network.
        """
        async with self._finding:
            network = self._read()
            # Another address or another router: what was found belongs to a former network.
            if self._found is None or self._found.network != network:
                self._found = await router.find(network, self._only)
            return self._found

    def forget(self) -> None:
        """Find it anew next time."""
        self._found = None

    async def outer_address(self) -> str:
        """The router's address towards the internet in its own word, which may be a private one.

        "" when it does not say. A public one is preferred where its protocols differ.
        """
        found = await self()
        said: list[str] = []
        for way in (found.pcp, found.natpmp, found.igd):
            if way is None:
                continue
            try:
                said.append(await way.address())
            except Refusal as refusal:
                if refusal.why is Why.SILENT:
                    self.forget()
                continue
            if is_public(said[-1]):
                return said[-1]
        return next(filter(None, said), "")
