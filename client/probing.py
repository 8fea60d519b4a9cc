"""Looking at one way to a server step by step, as a player's own connection takes it.

Each step is timed and told in words. The first one that fails ends the way: those behind it were
not tried, and say so.
"""

import asyncio
import ipaddress
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import msgspec

from client import diagnosis
from client.connecting import Connector
from client.direct_connection import DirectConnection
from client.problem import Problem
from client.target import Target
from client.trust import private_context
from client.visit import Visit

STEPS: Final = ("dns", "tcp", "tls", "websocket", "join", "ticks")
LOOKUP_S: Final = 5.0
TCP_S: Final = 5.0
TLS_S: Final = 8.0

Told = TypeVar("Told")


class Step(msgspec.Struct, frozen=True):
    """One step. `milliseconds` is None when it was not tried."""

    name: str
    ok: bool
    milliseconds: float | None
    detail: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One way, from its name to its ticks. `fault` is a stable word, "" when all went well."""

    ok: bool
    way: str
    fault: str
    steps: list[Step]


@dataclass
class Probe:
    """One way to a server. `way` names it for people."""

    target: Target
    way: str
    clock: Callable[[], float] = time.monotonic
    steps: list[Step] = field(default_factory=list)
    fault: str = ""
    line: DirectConnection | None = None

    async def reach(self) -> None:
        """The steps up to an open, verified line. Never raises for a way that leads nowhere."""
        try:
            addresses = await self._step("dns", self._look_up())
            address = await self._step("tcp", self._dial(addresses))
            await self._step("tls", self._verify(address))
            self.line = await self._step("websocket", self._open(address))
        except Problem as problem:
            self.fault = problem.fault.value

    async def stay(self, secret: str) -> None:
        """Join on the open line and count the ticks for a moment."""
        if self.line is None:
            return
        visit = Visit(self.line, secret)
        try:
            await self._step("join", visit.join())
            await self._step("ticks", visit.listen())
        except Problem as problem:
            self.fault = problem.fault.value
        finally:
            await visit.leave()
            self.line = None

    def close(self) -> None:
        """Give up the line, if nobody stayed on it."""
        if self.line is not None:
            self.line.transport.abort()
            self.line = None

    def report(self) -> Report:
        """What was found; steps not reached are there too."""
        told = {step.name: step for step in self.steps}
        because = next((step.name for step in self.steps if not step.ok), "")
        why = f"Not tried: {because.upper()} failed." if because else "Not tried on this way."
        steps = [told.get(name) or Step(name, False, None, why) for name in STEPS]
        return Report(ok=all(s.ok for s in steps), way=self.way, fault=self.fault, steps=steps)

    async def _step(self, name: str, doing: Awaitable[tuple[Told, str]]) -> Told:
        began = self.clock()
        try:
            result, detail = await doing
        except Exception as error:
            problem = diagnosis.diagnose(error)
            self._note(name, began, problem.sentence, ok=False)
            raise problem from error
        self._note(name, began, detail, ok=True)
        return result

    def _note(self, name: str, began: float, detail: str, *, ok: bool) -> None:
        passed = round(1000 * (self.clock() - began), 1)
        self.steps.append(Step(name, ok, passed, detail))

    async def _look_up(self) -> tuple[list[str], str]:
        target = self.target
        literal = [address for address in target.addresses if _is_address(address)]
        if literal:
            return literal, f"Not needed: the invite names {_listed(literal)}."
        name = target.addresses[0] if target.addresses else target.name
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(LOOKUP_S):
            entries = await loop.getaddrinfo(name, target.port, type=1)
        found = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
        return found, f"{name} is {_listed(found)}."

    async def _dial(self, addresses: Sequence[str]) -> tuple[str, str]:
        """The first address that answers; all are dialled at once."""
        port = self.target.port
        attempts = [asyncio.create_task(_dial(address, port)) for address in addresses]
        try:
            for attempt in asyncio.as_completed(attempts):
                try:
                    address = await attempt
                except (OSError, TimeoutError):
                    continue
                return address, f"{address} answers at port {port}."
            raise diagnosis.summary(
                [
                    (address, _failure(task))
                    for address, task in zip(addresses, attempts, strict=True)
                ]
            )
        finally:
            for task in attempts:
                task.cancel()
            await asyncio.gather(*attempts, return_exceptions=True)

    async def _verify(self, address: str) -> tuple[None, str]:
        target = self.target
        if target.ca_sha256 is None:
            context, who = ssl.create_default_context(), "a public authority"
        else:
            context = await private_context(target.name, address, target.port, target.ca_sha256)
            who = "the authority that the invite names"
        async with asyncio.timeout(TLS_S):
            _, writer = await asyncio.open_connection(
                address, target.port, ssl=context, server_hostname=target.name
            )
        certificate = writer.get_extra_info("peercert")
        writer.transport.abort()
        until = certificate.get("notAfter", "?") if isinstance(certificate, dict) else "?"
        return None, f"{target.name} is proven by {who}; its certificate is good until {until}."

    async def _open(self, address: str) -> tuple[DirectConnection, str]:
        target = self.target
        dialled = Target(
            target.name, target.port, (address,), target.ca_sha256, target.is_secure, target.path
        )
        line = await Connector(dialled).open(lambda _: None)
        return line, f"The door lets players through at {target.url}."


async def _dial(address: str, port: int) -> str:
    async with asyncio.timeout(TCP_S):
        _, writer = await asyncio.open_connection(address, port)
    writer.transport.abort()
    return address


def _failure(task: "asyncio.Task[Any]") -> Problem:
    error = None if task.cancelled() else task.exception()
    return diagnosis.diagnose(error or TimeoutError())


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _listed(addresses: Sequence[str]) -> str:
    return ", ".join(addresses)
