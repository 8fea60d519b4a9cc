"""The ways to one server: in its own network, and from outside. All are tried together.

An invite that works everywhere names the house (addresses of its network, the private authority)
and the way in from outside (a domain, most often at port 443). Which of them leads anywhere from
here is not known before trying: a friend is at home today and elsewhere tomorrow, and many routers
do not let the house in by its public name. So each way is a target of its own, the first verified
line wins, and the others are given up.
"""

import asyncio
import ipaddress
from collections.abc import Iterable, Sequence
from random import Random
from typing import Final

from client import diagnosis
from client.connecting import Connector, Tell
from client.direct_connection import DirectConnection
from client.network import Network
from client.problem import Problem
from client.target import Destination, Target
from protocol.invite import Invite

HEAD_START_S: Final = 0.3
"""The house is asked so much earlier than the internet, and each way before the next one."""


def at_home(invite: Invite) -> Target:
    """The way by the addresses in the invite, or by its name where it has none."""
    return Target.of(invite)


def outside(invite: Invite) -> list[Target]:
    """The ways in from outside: by the domain's certificate, and by the pinned authority.

    The second works while the domain has no certificate yet, or can get none.
    """
    if not invite.outside:
        return []
    host, port = invite.outside, invite.outside_port
    is_address = _is_address(host)
    ways = [] if is_address else [Target(host, port)]
    if invite.ca_sha256 is not None:
        dial = (host,)
        ways.append(Target(invite.name, port, dial, invite.ca_sha256))
    return ways


def targets(invite: Invite) -> list[Target]:
    """Every way, the likeliest first."""
    return [at_home(invite), *outside(invite)]


class Ways:
    """Opens a line by whichever way works; who comes back tries the way that worked first.

    `network` makes each line a simulated one, with the luck of `rng`.
    """

    def __init__(
        self, ways: Sequence[Target], network: Network | None = None, rng: Random | None = None
    ) -> None:
        self._ways = [(way, Connector(way, network, rng)) for way in ways]

    async def open(self, tell: Tell, destination: Destination | None = None) -> DirectConnection:
        """An open, verified line; or one to where the server sends a session on to.

        Raises:
            Problem: no way leads there; it is the problem that tells most.
        """
        if destination is not None:  # named by the server that the best way leads to
            return await self._ways[0][1].open(tell, destination)
        attempts = {
            asyncio.create_task(_after(HEAD_START_S * place, connector, tell)): (way, connector)
            for place, (way, connector) in enumerate(self._ways)
        }
        problems: list[tuple[Target, Problem]] = []
        try:
            while attempts:
                done, _ = await asyncio.wait(attempts, return_when="FIRST_COMPLETED")
                for attempt in done:
                    way, connector = attempts.pop(attempt)
                    error = attempt.exception()
                    if error is None:
                        self._prefer(way, connector)
                        return attempt.result()
                    problems.append((way, diagnosis.diagnose(error)))
        finally:
            await _give_up(attempts)
        raise _telling(problems)

    def _prefer(self, way: Target, connector: Connector) -> None:
        self._ways.remove((way, connector))
        self._ways.insert(0, (way, connector))


async def _after(delay_s: float, connector: Connector, tell: Tell) -> DirectConnection:
    if delay_s:
        await asyncio.sleep(delay_s)
    return await connector.open(tell)


def _telling(problems: Sequence[tuple[Target, Problem]]) -> Problem:
    """The one problem to show; the domain's stands last, so that its sentence is the one."""
    ordered = sorted(problems, key=lambda item: item[0].ca_sha256 is None)
    return diagnosis.summary([(_label(way), problem) for way, problem in ordered])


def _label(way: Target) -> str:
    return way.addresses[0] if way.addresses else way.name


async def _give_up(attempts: Iterable["asyncio.Task[DirectConnection]"]) -> None:
    """End the ways that came second, and the lines they may have opened."""
    for attempt in attempts:
        attempt.cancel()
    for result in await asyncio.gather(*attempts, return_exceptions=True):
        if isinstance(result, DirectConnection):
            result.transport.abort()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
