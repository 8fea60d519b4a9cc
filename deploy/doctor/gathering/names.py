"""The public name: its zone, the resolver here, and the updater's memory."""

import asyncio

import dns.asyncresolver
import dns.exception
import dns.resolver

from deploy.address.kinds import Family
from deploy.clone import Clone
from deploy.ddns import secret
from deploy.ddns.state import Memory, Notebook
from deploy.ddns.target import KIND, Target
from deploy.ddns.zone import Zone
from deploy.doctor.facts import Names, Records
from deploy.ledger import Ledger
from deploy.problem import Problem

RESOLVE_S = 3.0


async def look(clone: Clone, domain: str) -> Names:
    """All that is known of the name."""
    if not domain:
        return Names(a=Records(), aaaa=Records())
    zone = Zone(domain)
    a, aaaa = await asyncio.gather(*(_records(zone, domain, family) for family in Family))
    return Names(a=a, aaaa=aaaa, parked=_parked(clone, domain), provider=_provider(clone, domain))


async def _records(zone: Zone, domain: str, family: Family) -> Records:
    sight, (seen, left_s) = await asyncio.gather(zone.look(family), _resolve(domain, family))
    if sight.alias:  # its addresses stand in another zone, whose servers were not asked
        why = f"the resolver here does not answer for {sight.alias}, its alias"
        return Records(zone=seen, seen=seen, left_s=left_s, alias=sight.alias, why=why)
    told = sight.addresses if sight.is_known else None
    return Records(told, seen, left_s, sight.ttl, why=sight.why, exists=sight.exists)


async def _resolve(domain: str, family: Family) -> tuple[tuple[str, ...] | None, int | None]:
    """What the system's resolver says, and for how many seconds it will."""
    try:
        resolver = dns.asyncresolver.Resolver()
        resolver.lifetime = RESOLVE_S
        answer = await resolver.resolve(domain, family.record, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return (), None
    except (dns.exception.DNSException, OSError):
        return None, None
    return tuple(sorted(str(one) for one in answer)), answer.rrset.ttl if answer.rrset else None


def _parked(clone: Clone, domain: str) -> str:
    targets = {target.record: target for target in _targets(clone, domain)}
    for family in Family:
        target = targets.get(family.record)
        memory = _memory(clone, target or Target("", domain, family.record))
        if memory.is_parked:
            return memory.sentence or memory.word
    return ""


def _memory(clone: Clone, target: Target) -> Memory:
    """What the updater remembers: another token than the one refused begins unparked."""
    notebook = Notebook.of(clone, target)
    try:
        token = secret.read(secret.held_for(clone, target))
    except Problem:
        return notebook.read()
    return notebook.current(target, token) if target.provider else notebook.read()


def _provider(clone: Clone, domain: str) -> str:
    return next((target.provider for target in _targets(clone, domain)), "")


def _targets(clone: Clone, domain: str) -> list[Target]:
    try:
        entries = Ledger.of(clone).entries()
    except Problem:
        return []
    kept = [Target.from_json(e.desired) for e in entries if e.kind == KIND]
    return [target for target in kept if target.hostname == domain]
