"""From an invite to an open, verified connection: all addresses tried, the first answer wins."""

import asyncio
import ssl
from collections.abc import Callable
from typing import Any, Final, cast

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from client import diagnosis
from client.direct_connection import DirectConnection
from client.problem import Fault, Problem
from client.target import Destination, Target
from client.trust import private_context
from protocol.table import MAX_SERVER_BYTES
from protocol.version import SUBPROTOCOL

STAGGER_S: Final = 0.25
"""The next address is tried when the ones before have not answered for so long."""
OPEN_S: Final = 8.0
LOOKUP_S: Final = 5.0
PING_S: Final = 1.0
"""A ping a second measures the line; the session judges its silence by itself."""
JOURNEYS_MAX: Final = 16
"""Places that a server sent us on to, remembered at once: it may name more than there are."""
LOCAL_NAMES: Final = (".internal", "localhost")

Tell = Callable[[str], None]


class Connector:
    """Opens connections to one server; keeps what it learnt: the pinned root, the best address.

    Where that server sends a session on to is another server, with a connector of its own.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
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
        addresses = await self._addresses()
        tell(_trying(addresses))
        failures: list[tuple[str, Problem]] = []
        attempts: dict[asyncio.Task[DirectConnection], str] = {}
        waiting = list(addresses)
        try:
            while waiting or attempts:
                if waiting:
                    address = waiting.pop(0)
                    attempts[asyncio.create_task(self._open_at(address, tell))] = address
                winner = await _first(attempts, failures, STAGGER_S if waiting else None)
                if winner is not None:
                    self._best = attempts.pop(winner)
                    return winner.result()
            raise diagnosis.summary(failures)
        finally:
            await _give_up(attempts)

    def _to(self, destination: Destination) -> "Connector":
        """The connector for where this one's server sends a session on to."""
        if destination not in self._elsewhere:
            target = self._target.elsewhere(destination.url, destination.world)
            if len(self._elsewhere) >= JOURNEYS_MAX:
                self._elsewhere.clear()
            self._elsewhere[destination] = Connector(target)
        return self._elsewhere[destination]

    async def _addresses(self) -> list[str]:
        """Those of the invite, the last good one first, and those the name stands for."""
        found = list(self._target.addresses)
        if not self._target.name.endswith(LOCAL_NAMES) or not found:
            try:
                found += await _look_up(self._target.name, self._target.port)
            except (OSError, UnicodeError, TimeoutError) as error:
                if not found:
                    raise diagnosis.problem(Fault.DNS) from error
        if self._best in found:
            found.insert(0, self._best)
        return list(dict.fromkeys(found))

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
            create_connection=DirectConnection,
            **secure,
        )
        if line.subprotocol != SUBPROTOCOL:
            line.transport.abort()
            raise diagnosis.problem(Fault.VERSION)
        return cast("DirectConnection", line)  # what it was told to create


def _trying(addresses: list[str]) -> str:
    more = f" and {len(addresses) - 1} more" if len(addresses) > 1 else ""
    return f"Knocking at {addresses[0]}{more}"


async def _look_up(name: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(LOOKUP_S):
        found = await loop.getaddrinfo(name, port, type=1)
    return [str(entry[4][0]) for entry in found]


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
