"""A TCP connection as soon as there is a way, also on a line that is coming back.

A system that hears nothing asks again after 1, 3, 7 and 15 s: of a line that was down for half a
minute it would learn long after the player. So somebody new asks every second; the first who is
answered is taken.
"""

import asyncio
import socket
from contextlib import suppress
from typing import Final

AGAIN_S: Final = 1.0


async def dial(address: str, port: int) -> socket.socket:
    """A socket that is connected to an IP address; it does not end by itself while nobody answers.

    Raises:
        OSError: it was answered with a no, or there is no way there.
    """
    attempts: set[asyncio.Task[socket.socket]] = set()
    try:
        while True:
            attempts.add(asyncio.create_task(_connect(address, port)))
            done, _ = await asyncio.wait(attempts, timeout=AGAIN_S, return_when="FIRST_COMPLETED")
            if done:
                winner = done.pop()
                attempts.discard(winner)
                return winner.result()
    finally:
        await _give_up(attempts)


async def _connect(address: str, port: int) -> socket.socket:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(
        address, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
    )
    family, kind, number, _, where = found[0]
    sock = socket.socket(family, kind, number)
    try:
        sock.setblocking(False)
        await loop.sock_connect(sock, where)
    except BaseException:
        sock.close()
        raise
    return sock


async def _give_up(attempts: set[asyncio.Task[socket.socket]]) -> None:
    """End those that were not answered, and hang up on those that were meanwhile."""
    for attempt in attempts:
        attempt.cancel()
    for attempt in attempts:
        with suppress(OSError, asyncio.CancelledError):
            (await attempt).close()
