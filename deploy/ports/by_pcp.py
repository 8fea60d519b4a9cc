"""Asking a router by PCP. IPv4: a mapping; IPv6: a pinhole in its firewall."""

import ipaddress
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from deploy.ports import pcp
from deploy.ports.asking import Line, NoAnswerError, ask
from deploy.ports.pcp import Reply, ReplyError, Result
from deploy.ports.wish import Mapping, Refusal, Why, Wish

NAME = "PCP"
DISCARD = 9  # a port that nobody maps
SHORTEST_S = 1  # the router takes the least that it grants, usually two minutes
REASONS = {
    Result.CANNOT_PROVIDE_EXTERNAL: Why.CONFLICT,
    Result.NOT_AUTHORIZED: Why.NOT_ALLOWED,
    Result.ADDRESS_MISMATCH: Why.MISMATCH,
    Result.NETWORK_FAILURE: Why.NO_ADDRESS,
    Result.USER_EX_QUOTA: Why.TABLE_FULL,
}


@dataclass(frozen=True)
class PcpWay:
    """A router that answers by PCP."""

    line: Line
    name: str = NAME

    @classmethod
    async def find(cls, line: Line) -> "PcpWay":
        """Find out whether the router speaks it.

        Raises:
            Refusal: it does not.
        """
        way = cls(line)
        reply = await way._ask(pcp.announce(line.own), _any_of(pcp.ANNOUNCE))
        if reply.result in {Result.UNSUPPORTED_VERSION, Result.UNSUPPORTED_OPCODE}:
            raise Refusal(NAME, Why.NOT_UNDERSTOOD, _word(reply))
        if reply.result == Result.ADDRESS_MISMATCH:
            raise Refusal(NAME, Why.MISMATCH, _word(reply))
        return way

    async def address(self) -> str:
        """The router's address towards the internet, public or not; "" if it does not say.

        It is read from the answer to giving back a mapping that does not exist, so nothing is
        changed. Some routers name it there even when they refuse all else.
        """
        reply = await self._map(secrets.token_bytes(pcp.NONCE_BYTES), DISCARD, 0, 0, exactly=False)
        address = reply.mapped.address if reply.mapped else ""
        return "" if address in {"0.0.0.0", "::"} else address  # noqa: S104

    async def open(self, wish: Wish) -> Mapping:
        """Ask for the mapping, or renew it.

        Raises:
            Refusal: another port was offered (and given back), or none.
        """
        reply = await self._map(wish.nonce, wish.internal, wish.external, wish.lease_s)
        if reply.result in {Result.UNSUPPORTED_OPTION, Result.MALFORMED_OPTION}:
            reply = await self._map(
                wish.nonce, wish.internal, wish.external, wish.lease_s, exactly=False
            )
        if reply.result != Result.SUCCESS or reply.mapped is None:
            raise _refusal(reply)
        if reply.mapped.external != wish.external:
            await self._map(wish.nonce, wish.internal, reply.mapped.external, 0, exactly=False)
            offered = f"offers port {reply.mapped.external} instead"
            raise Refusal(NAME, Why.LOW_PORT if wish.external < 1024 else Why.CONFLICT, offered)
        if reply.lifetime_s == 0:  # which would read as "for ever"
            raise Refusal(NAME, Why.NOT_UNDERSTOOD, "granted it for 0 s")
        return Mapping(
            way=NAME,
            client=self.line.own,
            external=wish.external,
            internal=wish.internal,
            lease_s=reply.lifetime_s,
            address=reply.mapped.address,
            epoch_s=reply.epoch_s,
        )

    async def close(self, wish: Wish) -> int:
        """Give a mapping back; one that is not there is fine.

        Returns:
            Seconds for which it still stands: some routers refuse to close a pinhole that was
            renewed, and only let it run out.

        Raises:
            Refusal: no answer, or it belongs to somebody else.
        """
        reply = await self._map(wish.nonce, wish.internal, wish.external, 0, exactly=False)
        if reply.result != Result.NOT_AUTHORIZED:
            return 0  # gone, or it never was
        if wish.version == 4:
            raise Refusal(NAME, Why.NOT_ALLOWED, _word(reply))
        short = await self._map(wish.nonce, wish.internal, wish.external, SHORTEST_S, exactly=False)
        if short.result != Result.SUCCESS:
            raise Refusal(NAME, Why.NOT_ALLOWED, _word(short))
        return short.lifetime_s

    async def _map(
        self, nonce: bytes, internal: int, external: int, lease_s: int, *, exactly: bool = True
    ) -> Reply:
        request = pcp.map_request(
            self.line.own, nonce, internal, external, lease_s, exactly=exactly and lease_s > 0
        )
        return await self._ask(request, _about(nonce, internal))

    async def _ask(self, request: bytes, read: Callable[[bytes], Reply]) -> Reply:
        try:
            return await ask(self.line, request, read)
        except NoAnswerError as problem:
            raise Refusal(NAME, Why.SWITCHED_OFF if problem.is_refused else Why.SILENT) from None


def _any_of(opcode: int) -> Callable[[bytes], Reply]:
    """Reads an answer to a question of that kind."""

    def read(data: bytes) -> Reply:
        if len(data) >= 4 and data[0] == 0:  # NAT-PMP's way of saying "I am no PCP server"
            return Reply(opcode, Result.UNSUPPORTED_VERSION, 0, 0)
        reply = pcp.read(data)
        if reply.opcode != opcode:
            raise ReplyError("an answer to something else")
        return reply

    return read


def _about(nonce: bytes, internal: int) -> Callable[[bytes], Reply]:
    """Reads the answer about one mapping; an error may leave the mapping out."""
    read_map = _any_of(pcp.MAP)

    def read(data: bytes) -> Reply:
        reply = read_map(data)
        is_other = reply.mapped and (reply.mapped.nonce, reply.mapped.internal) != (nonce, internal)
        if is_other or (reply.result == Result.SUCCESS and not reply.mapped):
            raise ReplyError("an answer about another mapping")
        return reply

    return read


def _refusal(reply: Reply) -> Refusal:
    why = REASONS.get(Result(reply.result)) if reply.result in set(Result) else None
    if reply.result == Result.NO_RESOURCES:
        why = _without_resources(reply)
    return Refusal(NAME, why or Why.NOT_UNDERSTOOD, _word(reply))


def _without_resources(reply: Reply) -> Why:
    """The table is full, or the router has no public address to give, which its answer shows."""
    address = ipaddress.ip_address(reply.mapped.address) if reply.mapped else None
    has_public = address is None or address.is_global
    return Why.TABLE_FULL if has_public else Why.NO_ADDRESS


def _word(reply: Reply) -> str:
    known = next((result.name for result in Result if result == reply.result), "unknown")
    return f"result {reply.result} {known}"
