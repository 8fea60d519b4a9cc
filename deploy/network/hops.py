"""Who stands between us and the internet: the first hops, without root and without tools.

A datagram with a short life dies at the n-th router, which says so; Linux hands that answer to
the socket that sent it. Other systems keep it for root, so there the answer is "not known".
"""

import asyncio
import socket
import struct

from deploy import system

IP_RECVERR = 11
ERROR_QUEUE = 0x2000  # MSG_ERRQUEUE
PORT = 33434  # where traceroute knocks: nobody listens there
TOWARDS = "1.1.1.1"  # any address of the internet; the datagrams die on the way to it
ORIGIN_ICMP = 2
PATIENCE_S = 1.0


async def first_hops(count: int = 3, towards: str = TOWARDS) -> tuple[str, ...]:
    """The addresses of the first routers, "" for one that keeps silent.

    Empty where the system does not tell.
    """
    if not system.IS_LINUX:
        return ()
    asked = [asyncio.to_thread(_hop, towards, distance) for distance in range(1, count + 1)]
    return tuple(await asyncio.gather(*asked))


def _hop(towards: str, distance: int) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
            probe.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, distance)
            probe.settimeout(PATIENCE_S)
            probe.connect((towards, PORT + distance))
            probe.send(b"\0")
            probe.recv(1)
        except TimeoutError:
            return ""
        except OSError:
            return _blamed(probe)
    return ""


def _blamed(probe: socket.socket) -> str:
    """The router that sent the error which waits in the socket's error queue."""
    try:
        _, notes, _, _ = probe.recvmsg(64, 512, ERROR_QUEUE)
    except OSError:
        return ""
    for level, kind, data in notes:
        # struct sock_extended_err (16 bytes), then the sockaddr_in of who complained.
        if (level, kind) == (socket.IPPROTO_IP, IP_RECVERR) and len(data) >= 24:
            family = struct.unpack_from("=H", data, 16)[0]
            if data[4] == ORIGIN_ICMP and family == socket.AF_INET:
                return socket.inet_ntoa(data[20:24])
    return ""
