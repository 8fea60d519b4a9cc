"""Where a name of the host's own leads, asked before anything is changed.

To another house no authority would sign it, and no friend would come by it. Where something else
than the router brings friends here (a tunnel, a server elsewhere), the name rightly leads there.
"""

import asyncio
from collections.abc import Mapping, Sequence

from deploy.address.here import public_address
from deploy.address.kinds import Family
from deploy.address.names import addresses_of
from deploy.address.sources import Ask
from deploy.ddns.zone import Zone
from deploy.problem import Problem


async def families_of(name: str, given: Mapping[str, str], router: Ask) -> set[Family]:
    """By which families friends come; the name's own servers are asked, and the world for ours.

    Args:
        name: the public name.
        given: the settings that were set.
        router: asks the router for its outer address.

    Raises:
        Problem: it leads to somebody else, or nowhere.
    """
    verdict, led4, led6 = await asyncio.gather(
        public_address(Family.V4, given, router), _leads(name, Family.V4), _leads(name, Family.V6)
    )
    if fault := fault_of(name, verdict.address, led4, led6):
        raise Problem(
            fault,
            f"on the page where you have the name: A record {verdict.address or 'to this house'}; "
            "or --provider, which has it follow; or --no-router, where a tunnel brings friends "
            "here. Then the same command again",
        )
    is_six_only = led4 == [] and bool(led6)
    return ({Family.V6} if led6 else set()) | (set() if is_six_only else {Family.V4})


async def refuse_unknown(name: str) -> None:
    """Whether anybody can look the name up at all, wherever it leads.

    Raises:
        Problem: nobody can, or it has no address.
    """
    zone = Zone(name)
    sights = await asyncio.gather(*(zone.look(family) for family in Family))
    if not any(sight.is_known for sight in sights):
        raise Problem(
            f"{name} cannot be looked up: {sights[0].why}. Nothing was changed.",
            "is the name spelt right? If not: ./lanternhold setup --name NAME. Is this computer on "
            "the internet? ./lanternhold doctor looks; then the same command again",
        )
    if all(sight.is_known and not sight.addresses and not sight.alias for sight in sights):
        lacks = "has no address in DNS" if any(s.exists for s in sights) else "does not exist"
        raise Problem(
            f"{name} {lacks}. Nothing was changed.",
            "is it spelt right? If not: ./lanternhold setup --name NAME. If it is, give it an A "
            "record with the address of this house, on the page where you have the name",
        )


def fault_of(
    name: str, ours: str | None, led4: Sequence[str] | None, led6: Sequence[str] | None
) -> str:
    """What is wrong with where a name leads, or "". What is not known (None) is no fault."""
    if led4 and ours and ours not in led4:
        return (
            f"{name} leads to {', '.join(led4)}, and this house is {ours}: the name is somebody "
            "else's, or its record is old. Nothing was changed."
        )
    if led4 == [] and led6 == []:
        return f"{name} has no address in DNS: is it spelt right? Nothing was changed."
    return ""


async def _leads(name: str, family: Family) -> Sequence[str] | None:
    """Where its own servers say that it leads; None where they do not say."""
    sight = await Zone(name).look(family)
    if not sight.is_known:
        return None
    if not sight.alias:
        return list(sight.addresses)
    try:
        return await addresses_of(name, family)
    except OSError:
        return None
