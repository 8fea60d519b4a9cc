"""The eye outside: the host's own prober, which comes in as a player would.

It proves one thing only: who has met our door came through everything before it. Where it did not
get so far, that may be the router's doing, or the name's; nothing is said of the firewall then. Nor
is anything said of ports by which no invite leads.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from deploy import outsider
from deploy.firewall.exposure import Prober, Reach

Asker = Callable[[Sequence[str], str], outsider.Answer | None]


def by_invite(
    command: Sequence[str], link: Callable[[], str], https_port: int, ask: Asker = outsider.ask
) -> Prober:
    """A prober of the door's port.

    Args:
        command: what probes an invite from another place.
        link: gives the invite, or "" while there is none.
        https_port: where the door listens.
        ask: runs the command.
    """

    def look() -> Mapping[int, Reach]:
        invite = link()
        said = ask(command, invite) if invite else None
        way = outsider.from_outside(said) if said else None
        return {https_port: Reach.OPEN} if way and outsider.has_met_us(way) else {}

    async def prober(ports: Sequence[int]) -> Mapping[int, Reach]:
        return await asyncio.to_thread(look) if https_port in ports else {}

    return prober
