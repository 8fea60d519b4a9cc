"""Asking a router by NAT-PMP, the older sister of PCP: IPv4 only, and it gives no "or none"."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from deploy.ports import natpmp
from deploy.ports.asking import Line, NoAnswerError, ask
from deploy.ports.natpmp import Mapped, ReplyError, Result
from deploy.ports.wish import Mapping, Refusal, Why, Wish

NAME = "NAT-PMP"
NOWHERE = "0.0.0.0"  # noqa: S104  # the word of a router without an address
REASONS = {
    Result.UNSUPPORTED_VERSION: Why.NOT_UNDERSTOOD,
    Result.NOT_AUTHORIZED: Why.SWITCHED_OFF,
    Result.NETWORK_FAILURE: Why.NO_ADDRESS,
    Result.OUT_OF_RESOURCES: Why.TABLE_FULL,
    Result.UNSUPPORTED_OPCODE: Why.NOT_UNDERSTOOD,
}
# Looking through 65 000 ports for a free one takes some routers most of a second.
MAP_WAITS_S = (0.5, 1.0, 2.0)
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class NatPmpWay:
    """A router that answers by NAT-PMP."""

    line: Line
    name: str = NAME

    @classmethod
    async def find(cls, line: Line) -> "NatPmpWay":
        """Find out whether the router speaks it.

        Raises:
            Refusal: it does not, or it is switched off.
        """
        way = cls(line)
        said = await way._ask(natpmp.address_request(), natpmp.read_address)
        if said.result not in {Result.SUCCESS, Result.NETWORK_FAILURE}:
            raise _refusal(said.result)
        return way

    async def address(self) -> str:
        """The router's address towards the internet; "" if it has none that it would name."""
        said = await self._ask(natpmp.address_request(), natpmp.read_address)
        return "" if said.result or said.address == NOWHERE else said.address

    async def open(self, wish: Wish) -> Mapping:
        """Ask for the mapping, or renew it.

        Raises:
            Refusal: another port was offered (and given back), or none.
        """
        said = await self._map(wish.internal, wish.external, wish.lease_s)
        if said.result:
            raise _refusal(said.result)
        if said.external != wish.external:
            await self._map(wish.internal, 0, 0)
            offered = f"offers port {said.external} instead"
            raise Refusal(NAME, Why.LOW_PORT if wish.external < 1024 else Why.CONFLICT, offered)
        if said.lifetime_s == 0:  # which would read as "for ever"
            raise Refusal(NAME, Why.NOT_UNDERSTOOD, "granted it for 0 s")
        return Mapping(
            way=NAME,
            client=self.line.own,
            external=wish.external,
            internal=wish.internal,
            lease_s=said.lifetime_s,
            address=await self.address(),
            epoch_s=said.epoch_s,
        )

    async def close(self, wish: Wish) -> int:
        """Give a mapping back; one that is not there is fine. Gives 0: it is closed at once.

        The protocol knows the internal port only: other mappings of it end as well.

        Raises:
            Refusal: no answer, or it belongs to somebody else.
        """
        said = await self._map(wish.internal, 0, 0)
        if said.result == Result.NOT_AUTHORIZED:
            raise _refusal(said.result)
        return 0

    async def _map(self, internal: int, external: int, lease_s: int) -> Mapped:
        request = natpmp.map_request(internal, external, lease_s)
        return await self._ask(request, functools.partial(_read, internal), MAP_WAITS_S)

    async def _ask(
        self,
        request: bytes,
        read: Callable[[bytes], Answer],
        waits_s: tuple[float, ...] = (0.25, 0.5, 1.0),
    ) -> Answer:
        try:
            return await ask(self.line, request, read, waits_s=waits_s)
        except NoAnswerError as problem:
            raise Refusal(NAME, Why.SWITCHED_OFF if problem.is_refused else Why.SILENT) from None


def _read(internal: int, data: bytes) -> Mapped:
    said = natpmp.read_mapped(data)
    if not said.result and said.internal != internal:
        raise ReplyError("an answer about another mapping")
    return said


def _refusal(result: int) -> Refusal:
    known = next((item for item in Result if item == result), None)
    why = REASONS.get(known, Why.NOT_UNDERSTOOD) if known is not None else Why.NOT_UNDERSTOOD
    return Refusal(NAME, why, f"result {result} {known.name if known is not None else 'unknown'}")
