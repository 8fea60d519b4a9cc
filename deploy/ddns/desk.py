"""What the commands ask for: changes of records, and reports on them."""

import asyncio
from collections.abc import Mapping, Sequence

from deploy.address.here import public_address
from deploy.address.kinds import Family
from deploy.address.public import Verdict
from deploy.address.sources import Ask
from deploy.clone import Clone
from deploy.ddns.record import DnsRecord
from deploy.ddns.secret import Secret
from deploy.ddns.status import Report, report
from deploy.ddns.target import Target


def changes(
    clone: Clone,
    wanted: Sequence[Target],
    settings: Mapping[str, str],
    given: Secret | None = None,
    router: Ask | None = None,
) -> list[DnsRecord]:
    """A change for each target.

    Args:
        clone: where secrets and memories lie.
        wanted: the targets, checked.
        settings: the keys that were set.
        given: the secret, when it is not on disk.
        router: asks the router for its outer address, where there is one to ask.
    """

    async def find(family: Family) -> Verdict:
        return await public_address(family, settings, router)

    return [DnsRecord(clone, target, find, given) for target in wanted]


async def reports(
    clone: Clone, wanted: Sequence[Target], settings: Mapping[str, str], router: Ask | None = None
) -> list[Report]:
    """Where each target stands; the provider is not asked."""

    async def one(target: Target) -> Report:
        return await report(clone, target, await public_address(target.family, settings, router))

    return list(await asyncio.gather(*(one(target) for target in wanted)))
