"""What the name's own servers say, asked directly: no resolver's memory stands in between."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import dns.asyncquery
import dns.asyncresolver
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.resolver
import dns.rrset

from deploy.address.kinds import Family
from deploy.address.names import addresses_of

ASK_S = 2.0  # for one server
MOST_SERVERS = 4


@dataclass(frozen=True)
class Sight:
    """What was seen.

    Attributes:
        addresses: the records of that family, sorted; empty when the name has none.
        ttl: how long resolvers remember them, in seconds; when there are none, how long they
            remember that there are none.
        servers: the name servers that answered.
        alias: the other name that this name points to (CNAME), or "".
        is_known: whether any server answered at all.
        is_agreed: whether all that answered say the same.
        exists: whether any server knows the name at all, with whatever records.
        why: when it is not known, a sentence.
    """

    addresses: tuple[str, ...] = ()
    ttl: int | None = None
    servers: tuple[str, ...] = ()
    alias: str = ""
    is_known: bool = True
    is_agreed: bool = True
    exists: bool = True
    why: str = ""

    def shows(self, address: str) -> bool:
        """Whether all servers say this one address."""
        return self.is_known and self.is_agreed and self.addresses == (address,)


@dataclass(frozen=True)
class _Said:
    """One server's answer."""

    server: str
    addresses: tuple[str, ...]
    ttl: int | None
    alias: str = ""
    exists: bool = True


@dataclass
class Zone:
    """The servers of a name, found once and kept.

    With `servers` (addresses and ports) these are asked; else the system's resolver says who the
    zone's servers are.
    """

    hostname: str
    servers: Sequence[tuple[str, int]] = ()
    _found: list[tuple[str, int]] = field(default_factory=list)

    async def look(self, family: Family) -> Sight:
        """Ask all of the name's servers at once."""
        try:
            servers = list(self.servers) or self._found or await _servers_of(self.hostname)
        except (dns.exception.DNSException, OSError, _OddError) as problem:
            return _unknown(f"the name servers of {self.hostname} were not found", problem)
        self._found = servers
        asked = [_ask(self.hostname, family, host, port) for host, port in servers]
        heard = await asyncio.gather(*asked, return_exceptions=True)
        said = [one for one in heard if isinstance(one, _Said)]
        if not said:
            self._found = []
            first = next((e for e in heard if isinstance(e, BaseException)), None)
            return _unknown(f"no name server of {self.hostname} gives an answer", first)
        return _joined(said)


def _unknown(what: str, problem: BaseException | None) -> Sight:
    if problem is None:
        return Sight(is_known=False, is_agreed=False, why=what)
    said = next((words for kind, words in _WORDS.items() if isinstance(problem, kind)), "")
    why = said or str(problem) or type(problem).__name__
    return Sight(is_known=False, is_agreed=False, why=f"{what} ({why})")


def _joined(said: Sequence[_Said]) -> Sight:
    first = said[0]
    return Sight(
        addresses=first.addresses,
        ttl=max((s.ttl for s in said if s.ttl is not None), default=None),
        servers=tuple(s.server for s in said),
        alias=first.alias,
        is_agreed=all(s.addresses == first.addresses for s in said),
        exists=any(s.exists for s in said),
    )


_WORDS = {
    dns.resolver.NoRootSOA: "the resolver of this network knows no zone for it",
    dns.resolver.NoNameservers: "the resolver of this network does not tell",
    dns.exception.Timeout: "no answer in time",
    OSError: "they cannot be reached",
}
"""What our errors mean to a person; the texts of the library are for programmers."""


class _OddError(Exception):
    """An answer that is none of ours: its sentence says why."""


async def _servers_of(hostname: str) -> list[tuple[str, int]]:
    resolver = dns.asyncresolver.Resolver()
    resolver.lifetime = ASK_S
    zone = await dns.asyncresolver.zone_for_name(
        dns.name.from_text(hostname), resolver=resolver, lifetime=ASK_S
    )
    names = await resolver.resolve(zone, "NS")
    hosts = sorted(str(record.target).rstrip(".") for record in names)[:MOST_SERVERS]
    found = await asyncio.gather(*(_reachable(host) for host in hosts))
    servers = [(text, 53) for texts in found for text in texts]
    if not servers:
        raise _OddError(f"none of {', '.join(hosts)} has an address")
    return servers


async def _reachable(host: str) -> list[str]:
    try:
        return (await addresses_of(host, Family.V4))[:1]
    except OSError:
        try:
            return (await addresses_of(host, Family.V6))[:1]
        except OSError:
            return []


async def _ask(hostname: str, family: Family, host: str, port: int) -> _Said:
    query = dns.message.make_query(hostname, family.record, want_dnssec=False)
    query.flags &= ~dns.flags.RD
    answer, _ = await dns.asyncquery.udp_with_fallback(query, host, timeout=ASK_S, port=port)
    if answer.rcode() not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
        raise _OddError(f"{host} answers {dns.rcode.to_text(answer.rcode())}")
    return _read(answer, query.question[0], host)


def _read(answer: dns.message.Message, asked: dns.rrset.RRset, host: str) -> _Said:
    """The records that were asked for; whatever else an answer holds is passed over."""
    found = answer.get_rrset(answer.answer, asked.name, dns.rdataclass.IN, asked.rdtype)
    if found is not None:
        return _Said(host, tuple(sorted(str(r) for r in found)), found.ttl)
    alias = answer.get_rrset(answer.answer, asked.name, dns.rdataclass.IN, dns.rdatatype.CNAME)
    if alias is not None:
        return _Said(host, (), alias.ttl, str(alias[0]).rstrip("."))
    return _Said(host, (), _negative_ttl(answer), exists=answer.rcode() != dns.rcode.NXDOMAIN)


def _negative_ttl(answer: dns.message.Message) -> int | None:
    """How long resolvers remember that there is nothing (RFC 2308)."""
    for rrset in answer.authority:
        if rrset.rdtype == dns.rdatatype.SOA:
            return min(rrset.ttl, int(rrset[0].minimum))
    return None
