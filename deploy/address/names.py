"""Names to addresses with an end: the system's own resolver may hang for half a minute.

aiohttp and the STUN client both look names up here, by dnspython and within `LOOK_UP_S`.
"""

import ipaddress
import socket

import dns.asyncresolver
import dns.exception
from aiohttp.abc import AbstractResolver, ResolveResult

from deploy.address.kinds import Family

LOOK_UP_S = 2.0
HERE = {"localhost": {Family.V4: "127.0.0.1", Family.V6: "::1"}}


async def addresses_of(
    host: str,
    family: Family,
    limit_s: float = LOOK_UP_S,
    resolver: dns.asyncresolver.Resolver | None = None,
) -> list[str]:
    """The addresses of a name in one family; an address is its own.

    Args:
        host: a name or an address.
        family: of the addresses.
        limit_s: how long it may take.
        resolver: who is asked; this computer's own without it.

    Raises:
        OSError: there are none, or nobody answers in time.
    """
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        if literal.version != family:
            raise OSError(f"{host} is no IPv{family:d} address")
        return [host]
    if host in HERE:
        return [HERE[host][family]]
    try:
        asked = resolver or dns.asyncresolver.Resolver()
        answer = await asked.resolve(host, family.record, search=False, lifetime=limit_s)
    except dns.exception.DNSException as problem:
        raise OSError(f"the name {host} was not found ({type(problem).__name__})") from None
    return [str(record) for record in answer]


class BoundedResolver(AbstractResolver):
    """For aiohttp: names within `LOOK_UP_S`, all in one family when `family` is given."""

    def __init__(self, family: Family | None = None) -> None:
        self._family = family

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses to try, IPv4 first when either will do."""
        del family
        wanted = (self._family,) if self._family else (Family.V4, Family.V6)
        found: list[ResolveResult] = []
        problems: list[OSError] = []
        for one in wanted:
            try:
                found += [_entry(host, text, port, one) for text in await addresses_of(host, one)]
            except OSError as problem:
                problems.append(problem)
        if not found:
            raise problems[0]
        return found

    async def close(self) -> None:
        """Nothing is held."""


def _entry(host: str, address: str, port: int, family: Family) -> ResolveResult:
    kind = socket.AF_INET if family is Family.V4 else socket.AF_INET6
    return ResolveResult(
        hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST
    )
