"""What the commands ask for: changes of records, and reports on them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deploy.address.here import public_address
from deploy.address.kinds import Family
from deploy.address.public import Verdict
from deploy.address.sources import Ask
from deploy.clone import Clone
from deploy.ddns.record import DnsRecord
from deploy.ddns.secret import Secret
from deploy.ddns.status import Report, report
from deploy.ddns.target import Target
from deploy.ports.access import RouterAccess


@dataclass(frozen=True)
class Plan:
    """Changes to carry out; `left_out` says of each record that cannot be kept why not.

    One family must not wait for the other: what has no address is left out, unless nothing has.
    """

    changes: list[DnsRecord]
    left_out: list[str]


async def plan(
    clone: Clone,
    wanted: Sequence[Target],
    settings: Mapping[str, str],
    given: Secret | None = None,
    router: Ask | None = None,
) -> Plan:
    """A change for each target that has an address.

    Args:
        clone: where secrets and memories lie.
        wanted: the targets, checked.
        settings: the keys that were set.
        given: the secret, when it is not on disk.
        router: asks the router for its outer address; the home router without it.
    """
    verdicts = await _verdicts(wanted, settings, router)

    async def find(family: Family) -> Verdict:
        return verdicts[family]

    has_address = [t for t in wanted if verdicts[t.family].address] or wanted[:1]
    return Plan(
        [DnsRecord(clone, target, find, given) for target in has_address],
        [
            f"{target.hostname} {target.record} is left out: {verdicts[target.family].why}."
            for target in wanted
            if target not in has_address
        ],
    )


async def reports(
    clone: Clone, wanted: Sequence[Target], settings: Mapping[str, str], router: Ask | None = None
) -> list[Report]:
    """Where each target stands; the provider is not asked."""
    verdicts = await _verdicts(wanted, settings, router)
    return list(await asyncio.gather(*(report(clone, t, verdicts[t.family]) for t in wanted)))


async def _verdicts(
    wanted: Sequence[Target], settings: Mapping[str, str], router: Ask | None
) -> dict[Family, Verdict]:
    families = sorted({target.family for target in wanted})
    ask = router or RouterAccess().outer_address
    found = await asyncio.gather(*(public_address(f, settings, ask) for f in families))
    return dict(zip(families, found, strict=True))
