"""The eye outside: the host's own prober, which comes in as a player would.

It proves one thing only: who has met our door came through everything before it. Where it did not
get so far, that may be the router's doing, or the name's; nothing is said of the firewall then. Nor
is anything said of ports by which no invite leads.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from deploy.doctor.gathering.outside import HOME_WAY, ask_prober
from deploy.firewall.exposure import Prober, Reach

Asker = Callable[[Sequence[str], str], Mapping[str, Any] | None]


def by_invite(
    command: Sequence[str], link: Callable[[], str], https_port: int, ask: Asker = ask_prober
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
        return {https_port: Reach.OPEN} if said and has_come_in(said) else {}

    async def prober(ports: Sequence[int]) -> Mapping[int, Reach]:
        return await asyncio.to_thread(look) if https_port in ports else {}

    return prober


def has_come_in(said: Mapping[str, Any]) -> bool:
    """Whether a probe met our door from outside, known by its certificate.

    A connection alone may have met the router's own page; and who also comes in by the addresses
    at home sits in the house, before or behind no firewall of interest.
    """
    ways = said.get("ways", [said])
    at_home = [way for way in ways if way.get("way") == HOME_WAY]
    others = [way for way in ways if way.get("way") != HOME_WAY]
    return any(map(_has_met_us, others)) and not any(map(_has_met_us, at_home))


def _has_met_us(way: Mapping[str, Any]) -> bool:
    return any(step.get("name") == "tls" and step.get("ok") for step in way["steps"])
