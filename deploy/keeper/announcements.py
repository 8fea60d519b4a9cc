"""Hearing the router: it tells the whole home network when its address changed or it restarted.

NAT-PMP (RFC 6886, 3.2.1) and PCP (RFC 6887, 14.1) send to 224.0.0.1, UDP port 5350. Not every
router does, so this only makes faster what polling would find as well.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress

GROUP = "224.0.0.1"
PORT = 5350
LONGEST_BYTES = 1100  # of a PCP message
REPLY = 0x80
PCP_VERSION, PCP_BYTES = 2, 24
NATPMP_VERSION, NATPMP_BYTES = 0, 12


class Listener(asyncio.DatagramProtocol):
    """Calls `on_heard` for each announcement of the router's.

    What it says is not believed, only taken as a reason to ask: anybody at home can send this.

    Args:
        on_heard: told that something happened.
        is_router: whether an address is the router's.
    """

    def __init__(self, on_heard: Callable[[], None], is_router: Callable[[str], bool]) -> None:
        self._on_heard = on_heard
        self._is_router = is_router

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Something came in."""
        if is_announcement(data) and self._is_router(addr[0]):
            self._on_heard()

    def error_received(self, exc: Exception) -> None:
        """Nothing was sent, so nothing can have failed that matters."""


def is_announcement(data: bytes) -> bool:
    """Whether a datagram is a NAT-PMP address reply or a PCP ANNOUNCE reply."""
    if len(data) > LONGEST_BYTES:
        return False
    if len(data) == NATPMP_BYTES:
        return data[:2] == bytes((NATPMP_VERSION, REPLY))
    return len(data) >= PCP_BYTES and data[:2] == bytes((PCP_VERSION, REPLY))


async def listen(
    on_heard: Callable[[], None], is_router: Callable[[str], bool], own: str, port: int = PORT
) -> asyncio.DatagramTransport | None:
    """Listen until the transport is closed; None where the port cannot be had.

    Args:
        on_heard: see Listener.
        is_router: see Listener.
        own: our address in the home network, whose interface is to hear the group; "" for any.
        port: another one, for tests.
    """
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        wire.setblocking(False)
        # Others on this computer may listen for the same, a Bonjour service for one.
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        wire.bind(("", port))
        with suppress(OSError):  # nearly everywhere the group is heard without joining it
            wire.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, _membership(own))
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Listener(on_heard, is_router), sock=wire
        )
    except OSError:
        wire.close()
        return None
    return transport


def _membership(own: str) -> bytes:
    """The group, on the interface of our address; without one the system chooses."""
    return socket.inet_aton(GROUP) + (socket.inet_aton(own) if own else bytes(4))
