"""One source's word, as a hint that the address may be another one: who asks often asks one.

A hint is not believed: what differs is only a reason to ask them all.
"""

import ipaddress
from collections.abc import Sequence
from itertools import cycle

from deploy.address import public
from deploy.address.kinds import Family
from deploy.address.sources import Source

NETWORK6 = 64  # bits: with IPv6 the world sees passing addresses of one network


class Sampler:
    """Asks the sources in turn, one at a time.

    Args:
        sources: who is asked; at least one.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self._turns = cycle(sources)

    async def sees_another(self, family: Family, known: str) -> bool:
        """Whether the source whose turn it is sees us elsewhere. Silence is no news."""
        verdict = await public.find(family, [next(self._turns)])
        seen = [str(opinion.address) for opinion in verdict.odd if opinion.address]
        return any(_network(each, family) != _network(known, family) for each in seen)


def _network(address: str, family: Family) -> str:
    bits = 32 if family is Family.V4 else NETWORK6
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))
