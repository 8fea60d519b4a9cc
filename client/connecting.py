"""From an invite to an open, verified connection: all addresses tried, the first answer wins."""

import asyncio
import ssl
from collections.abc import Callable, Iterable
from functools import partial
from random import Random
from typing import Any, Final, cast

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from client import diagnosis, lookup
from client.dialing import dial
from client.direct_connection import DirectConnection
from client.lookup import Search
from client.network import Network
from client.problem import Fault, Problem
from client.slow_connection import SlowConnection
from client.target import Destination, Target
from client.trust import private_context
from protocol.table import MAX_SERVER_BYTES
from protocol.version import SUBPROTOCOL

STAGGER_S: Final = 0.25
"""The next address is tried when the ones before have not answered for so long."""
OPEN_S: Final = 8.0
LOOK_AGAIN_S: Final = 2.0
"""When nobody has answered for so long, the name may have begun to lead elsewhere."""
PING_S: Final = 1.0
"""A ping a second measures the line; the session judges its silence by itself."""
JOURNEYS_MAX: Final = 16
"""Places that a server sent us on to, remembered at once: it may name more than there are."""

Tell = Callable[[str], None]


class Connector:
    """Opens connections to one server; keeps what it learnt: the pinned root, the best address.

    Where that server sends a session on to is another server, with a connector of its own. Each
    line is as bad as `network` says, with the luck of `rng`.
    """

    def __init__(
        self, target: Target, network: Network | None = None, rng: Random | None = None
    ) -> None:
        self._target = target
        self._network = network
        self._rng = rng or Random()
        self._context: ssl.SSLContext | None = None
        self._best: str | None = None
        self._elsewhere: dict[Destination, Connector] = {}

    async def open(self, tell: Tell, destination: Destination | None = None) -> DirectConnection:
        """An open connection; `tell` is called with what is being done.

        Raises:
            Problem: and nothing else.
        """
        if destination is not None:
            return await self._to(destination).open(tell)
        tell(f"Looking for {self._target.name}")
        search = lookup.Search(self._target, self._best)
        try:
            return await self._race(search, list(search.told), tell)
        finally:
            search.end()

    async def _race(self, search: Search, waiting: list[str], tell: Tell) -> DirectConnection:
        """The first line of all to the addresses that are `waiting` and those that are found."""
        failures: list[tuple[str, Problem]] = []
        attempts: dict[asyncio.Task[DirectConnection], str] = {}
        if waiting:
            tell(_trying(waiting))
        try:
            while waiting or attempts or search.under_way:
                if waiting:
                    address = waiting.pop(0)
                    attempts[asyncio.create_task(self._open_at(address, tell))] = address
                patience_s = STAGGER_S if waiting else LOOK_AGAIN_S
                if await _something(attempts, search, patience_s):
                    waiting += self._news(search, tell)
                elif not waiting:
                    search.again()
                winner = _winner(attempts, failures)
                if winner is not None:
                    self._best = attempts.pop(winner)
                    return winner.result()
            raise search.problem or self._summary(search, failures)
        finally:
            await _give_up(attempts)

    def _to(self, destination: Destination) -> "Connector":
        """The connector for where this one's server sends a session on to."""
        if destination not in self._elsewhere:
            target = self._target.elsewhere(destination.url, destination.world)
            if len(self._elsewhere) >= JOURNEYS_MAX:
                self._elsewhere.clear()
            self._elsewhere[destination] = Connector(target, self._network, self._rng)
        return self._elsewhere[destination]

    def _news(self, search: Search, tell: Tell) -> list[str]:
        """Where the name leads by now and did not before."""
        is_answered = search.under_way is not None and search.under_way.done()
        fresh = search.news()
        if fresh:
            tell(_trying(fresh))
        elif is_answered and search.rounds > 1 and self._is_where_it_was(search):
            tell(f"No answer at {self._best}: waiting for the server's new address")
        return fresh

    def _is_where_it_was(self, search: Search) -> bool:
        """Whether the name has led nowhere but to where the server was when it last answered."""
        return self._best in search.told and bool(lookup.names(self._target))

    def _summary(self, search: Search, failures: list[tuple[str, Problem]]) -> Problem:
        faults = {failure.fault for _, failure in failures}
        is_silent = Fault.TIMEOUT in faults <= {Fault.TIMEOUT, Fault.NO_ROUTE}
        if is_silent and self._is_where_it_was(search):
            return diagnosis.problem(Fault.STALE_NAME)
        return diagnosis.summary(failures)

    async def _open_at(self, address: str, tell: Tell) -> DirectConnection:
        """One address, to the end."""
        if not self._target.is_secure:
            return await self._join(address, None)
        return await self._join(address, self._context or await self._trust(address, tell))

    async def _trust(self, address: str, tell: Tell) -> ssl.SSLContext:
        target = self._target
        if target.ca_sha256 is None:
            context = ssl.create_default_context()
        else:
            tell("Checking that the server is the one in the invite")
            context = await private_context(target.name, address, target.port, target.ca_sha256)
        self._context = context
        return context

    async def _join(self, address: str, context: ssl.SSLContext | None) -> DirectConnection:
        secure: dict[str, Any] = {} if context is None else {"ssl": context}
        async with asyncio.timeout(OPEN_S):
            sock = await dial(address, self._target.port)
        line = await connect(
            self._target.url,
            sock=sock,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            proxy=None,
            open_timeout=OPEN_S,
            close_timeout=0.3,
            ping_interval=PING_S,
            ping_timeout=None,
            max_size=MAX_SERVER_BYTES,
            create_connection=self._kind(),
            **secure,
        )
        if line.subprotocol != SUBPROTOCOL:
            line.transport.abort()
            raise diagnosis.problem(Fault.VERSION)
        return cast("DirectConnection", line)  # what it was told to create

    def _kind(self) -> type[ClientConnection]:
        if self._network is None:
            return DirectConnection
        made = partial(SlowConnection, network=self._network, rng=self._rng)
        return cast("type[ClientConnection]", made)  # it is only called


def _trying(addresses: list[str]) -> str:
    more = f" and {len(addresses) - 1} more" if len(addresses) > 1 else ""
    return f"Knocking at {addresses[0]}{more}"


async def _something(
    attempts: Iterable[asyncio.Task[DirectConnection]], search: Search, timeout_s: float
) -> bool:
    """Wait until an attempt has ended or the search has an answer; False if nothing did in time."""
    awaited = [*attempts, *filter(None, [search.under_way])]
    done, _ = await asyncio.wait(awaited, timeout=timeout_s, return_when="FIRST_COMPLETED")
    return bool(done)


def _winner(
    attempts: dict[asyncio.Task[DirectConnection], str], failures: list[tuple[str, Problem]]
) -> asyncio.Task[DirectConnection] | None:
    """The attempt that succeeded, if one did; failed ones move to `failures`."""
    for attempt in [attempt for attempt in attempts if attempt.done()]:
        if attempt.cancelled():
            attempts.pop(attempt)
        elif (error := attempt.exception()) is None:
            return attempt
        else:
            failures.append((attempts.pop(attempt), diagnosis.diagnose(error)))
    return None


async def _give_up(attempts: dict[asyncio.Task[DirectConnection], str]) -> None:
    """End the attempts that came second, and the lines they may have opened."""
    for attempt in attempts:
        attempt.cancel()
    for result in await asyncio.gather(*attempts, return_exceptions=True):
        if isinstance(result, DirectConnection):
            result.transport.abort()
