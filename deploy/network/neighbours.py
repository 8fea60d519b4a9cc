"""Other computers in the home network: whose an address is."""

import asyncio
import socket
from contextlib import suppress

from deploy import system
from deploy.network import linux

LOOKS, LOOK_S = 10, 0.03
DISCARD = 9


async def mac_of(address: str) -> str:
    """The hardware address of a neighbour, or "" when it is off or the system does not tell.

    A byte that nobody listens for is sent to it, so that the system has to find out.
    """
    if not system.IS_LINUX:
        return ""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as poke:
        poke.setblocking(False)
        poke.sendto(b"\0", (address, DISCARD))
    for _ in range(LOOKS):
        if mac := linux.neighbours().get(address):
            return mac
        await asyncio.sleep(LOOK_S)
    return ""
