"""From an invite to an open, verified connection: all addresses tried, the first answer wins."""

import asyncio
import ssl
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any, Final, cast

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from client import diagnosis, lookup
from client.direct_connection import DirectConnection
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
        waiting = self._best_first(await lookup.addresses(self._target))
        tell(_trying(waiting))
        tried = list(waiting)
        failures: list[tuple[str, Problem]] = []
        attempts: dict[asyncio.Task[DirectConnection], str] = {}
        try:
            while waiting or attempts:
                if waiting:
                    address = waiting.pop(0)
                    attempts[asyncio.create_task(self._open_at(address, tell))] = address
                winner = await _first(attempts, failures, STAGGER_S if waiting else LOOK_AGAIN_S)
                if winner is not None:
                    self._best = attempts.pop(winner)
                    return winner.result()
                if attempts and not waiting:
                    waiting = await self._news(tried, tell)
                    tried += waiting
            raise self._summary(tried, failures)
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

    def _best_first(self, found: list[str]) -> list[str]:
        return sorted(found, key=lambda address: address != self._best)

    async def _news(self, tried: list[str], tell: Tell) -> list[str]:
        """Where the name leads by now and did not before."""
        if not lookup.names(self._target):
            return []
        try:
            async with asyncio.timeout(LOOK_AGAIN_S / 2):  # attempts under way may succeed
                found = await lookup.addresses(self._target)
        except (Problem, TimeoutError):
            return []
        fresh = [address for address in found if address not in tried]
        if fresh:
            tell(_trying(fresh))
        elif self._is_where_it_was(tried):
            tell(f"No answer at {self._best}: waiting for the server's new address")
        return fresh

    def _is_where_it_was(self, tried: list[str]) -> bool:
        """Whether the name has led nowhere but to where the server was when it last answered."""
        return self._best in tried and bool(lookup.names(self._target))

    def _summary(self, tried: list[str], failures: list[tuple[str, Problem]]) -> Problem:
        faults = {failure.fault for _, failure in failures}
        is_silent = Fault.TIMEOUT in faults <= {Fault.TIMEOUT, Fault.NO_ROUTE}
        if is_silent and self._is_where_it_was(tried):
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
        line = await connect(
            self._target.url,
            host=address,
            port=self._target.port,
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


async def _first(
    attempts: dict[asyncio.Task[DirectConnection], str],
    failures: list[tuple[str, Problem]],
    timeout_s: float | None,
) -> asyncio.Task[DirectConnection] | None:
    """The attempt that succeeded, if one did in time; failed ones move to `failures`."""
    done, _ = await asyncio.wait(attempts, timeout=timeout_s, return_when="FIRST_COMPLETED")
    for attempt in done:
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
