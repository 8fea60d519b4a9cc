"""Which addresses a server may be at now: those of its invite, and those its names stand for.

Names are looked up anew for every attempt, and again while one goes unanswered: a host at home
gets another public address at any time, and the name follows it a moment later. All that happens
beside the attempts: on a line that is coming back, names are the last to be found.
"""

import asyncio
import ipaddress
from typing import Final

from client import diagnosis
from client.problem import Fault, Problem
from client.target import Target

LOOKUP_S: Final = 5.0
LOCAL_NAMES: Final = (".internal", "localhost")


class Search:
    """The addresses of a target, each told once, and asked for again when it is wished."""

    def __init__(self, target: Target, known: str | None) -> None:
        self.told = [known] if known else []
        self.rounds = 0
        """How often the names were found."""
        self.problem: Problem | None = None
        """Why they were not found the last time."""
        self.under_way: asyncio.Task[list[str]] | None = None
        self._target = target
        self.again()

    def again(self) -> None:
        """Ask once more, unless an answer is still awaited."""
        if self.under_way is None and (names(self._target) or not self.rounds):
            self.under_way = asyncio.create_task(addresses(self._target))

    def news(self) -> list[str]:
        """What has been found and was not told before; nothing while an answer is awaited."""
        task = self.under_way
        if task is None or not task.done():
            return []
        self.under_way = None
        try:
            found = task.result()
        except Problem as problem:
            self.problem = problem
            return []
        self.rounds += 1
        self.problem = None
        fresh = [address for address in found if address not in self.told]
        self.told += fresh
        return fresh

    def end(self) -> None:
        """Nobody waits for an answer any more."""
        if self.under_way is not None:
            self.under_way.cancel()


async def addresses(target: Target) -> list[str]:
    """All of them, those that need no looking up first.

    Raises:
        Problem: there is none, and the names cannot be found.
    """
    found = [address for address in target.addresses if _is_address(address)]
    for name in names(target):
        try:
            found += await _look_up(name, target.port)
        except (OSError, UnicodeError, TimeoutError) as error:
            if not found:
                raise diagnosis.problem(Fault.DNS) from error
    return list(dict.fromkeys(found))


def names(target: Target) -> list[str]:
    """The names to look up: an invite may name a domain as the place of another server name."""
    named = [address for address in target.addresses if not _is_address(address)]
    if not target.name.endswith(LOCAL_NAMES) or not target.addresses:
        named.append(target.name)
    return named


async def _look_up(name: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(LOOKUP_S):
        found = await loop.getaddrinfo(name, port, type=1)
    return [str(entry[4][0]) for entry in found]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
