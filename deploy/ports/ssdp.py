"""Finding the router's UPnP description: a search to the router itself, then to everybody.

Some routers answer only the one, some only the other; and the first opens this computer's own
firewall for the answer. Whoever answers, only the router is believed.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from aiohttp.http_exceptions import InvalidHeader
from async_upnp_client.ssdp import (
    SSDP_TARGET_V4,
    build_ssdp_search_packet,
    decode_ssdp_packet,
    get_ssdp_socket,
)

# The library warns on stderr of each odd packet; a home network is full of them.
logging.getLogger("async_upnp_client").addHandler(logging.NullHandler())

KINDS = (  # some routers know only the exact name of what they are
    "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
    "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
    "upnp:rootdevice",
)
AGAIN_S = 0.4  # a datagram may get lost
MOST_ANSWERS = 10
MAX_PACKET = 4096


class Search(asyncio.DatagramProtocol):
    """Listens for the router's answers; each place of a description comes once."""

    def __init__(self, router: str) -> None:
        self._router = router
        self._seen: set[str] = set()
        self.places: asyncio.Queue[str] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Take an answer, whichever port of the router it came from."""
        if addr[0] != self._router or len(data) > MAX_PACKET or len(self._seen) >= MOST_ANSWERS:
            return
        place = _place_in(data, addr)
        if place and place not in self._seen:
            self._seen.add(place)
            self.places.put_nowait(place)

    def error_received(self, exc: Exception) -> None:
        """Somebody cannot be reached: the others may be."""
        del exc


@asynccontextmanager
async def search(own: str, router: str) -> AsyncIterator[Search]:
    """Search while the block runs.

    Args:
        own: our address towards the router.
        router: the only address that is believed.
    """
    wire, _, _ = get_ssdp_socket((own, 0), SSDP_TARGET_V4)
    try:
        wire.bind((own, 0))
        wire.setblocking(False)
    except OSError:
        wire.close()
        raise
    loop = asyncio.get_running_loop()
    transport, ear = await loop.create_datagram_endpoint(lambda: Search(router), sock=wire)
    asking = asyncio.create_task(_ask(transport, router))
    try:
        yield ear
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        transport.close()
        await asyncio.sleep(0)  # the transport closes its socket in the loop's next round


async def _ask(wire: asyncio.DatagramTransport, router: str) -> None:
    for target in ((router, SSDP_TARGET_V4[1]), SSDP_TARGET_V4, (router, SSDP_TARGET_V4[1])):
        for kind in KINDS:
            wire.sendto(build_ssdp_search_packet(SSDP_TARGET_V4, 1, kind), target)
        await asyncio.sleep(0 if target[0] == router else AGAIN_S)
    for kind in KINDS:
        wire.sendto(build_ssdp_search_packet(SSDP_TARGET_V4, 1, kind), SSDP_TARGET_V4)


def _place_in(data: bytes, addr: tuple[str, int]) -> str:
    """The address of the description that an answer names, or "" for none of use."""
    try:
        said, headers = decode_ssdp_packet(data, None, addr)
        place = str(headers.get("location", ""))
        parts = urlsplit(place)
        is_good = said.startswith("HTTP/1.1 200") and parts.scheme == "http" and parts.port != 0
    except (InvalidHeader, ValueError, LookupError):
        return ""
    return place if is_good and parts.hostname else ""
