"""One question to the router by UDP, asked again until it answers: for PCP and NAT-PMP.

The socket is connected, so only the router's own words from the right port come in, and its
"nobody listens here" is heard at once.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

WAITS_S = (0.25, 0.5, 1.0)  # by the RFCs doubling from 250 ms; a home router answers in 5 ms
STARTING_S = 0.1
MAX_DATAGRAM = 2048
Answer = TypeVar("Answer")


class NoAnswerError(Exception):
    """The router did not answer. `is_refused`: it said that nobody listens there."""

    def __init__(self, *, is_refused: bool) -> None:
        super().__init__("refused" if is_refused else "silent")
        self.is_refused = is_refused


@dataclass(frozen=True)
class Line:
    """Between which addresses is spoken. `scope` is the interface's number, for link-local ones."""

    own: str
    server: str
    port: int
    scope: int = 0


async def ask(
    line: Line,
    request: bytes,
    read: Callable[[bytes], Answer],
    *,
    waits_s: Sequence[float] = WAITS_S,
) -> Answer:
    """Send `request` until `read` accepts an answer.

    Args:
        line: from where to where.
        request: the datagram.
        read: makes an answer of a datagram; ValueError for one that is none, which is passed over.
        waits_s: how long to wait after each sending.

    Raises:
        NoAnswerError: nobody answered.
    """
    try:
        return await _ask_once(line, request, read, waits_s)
    except ConnectionRefusedError:
        await asyncio.sleep(STARTING_S)  # a router that is just starting is not one without it
    except OSError:
        raise NoAnswerError(is_refused=False) from None
    try:
        return await _ask_once(line, request, read, waits_s)
    except OSError as problem:
        raise NoAnswerError(is_refused=isinstance(problem, ConnectionRefusedError)) from None


async def _ask_once(
    line: Line, request: bytes, read: Callable[[bytes], Answer], waits_s: Sequence[float]
) -> Answer:
    family = socket.AF_INET6 if ":" in line.server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as wire:
        wire.setblocking(False)
        wire.bind(_end(line.own, 0, line.scope))
        wire.connect(_end(line.server, line.port, line.scope))
        for wait_s in waits_s:
            wire.send(request)
            try:
                async with asyncio.timeout(wait_s):
                    return await _heard(wire, read)
            except TimeoutError:
                continue
    raise NoAnswerError(is_refused=False)


async def _heard(wire: socket.socket, read: Callable[[bytes], Answer]) -> Answer:
    loop = asyncio.get_running_loop()
    while True:
        data = await loop.sock_recv(wire, MAX_DATAGRAM)
        try:
            return read(data)
        except ValueError:
            continue  # not an answer to this; perhaps one to an earlier question


def _end(address: str, port: int, scope: int) -> tuple[str, int] | tuple[str, int, int, int]:
    number = ipaddress.ip_address(address)
    if number.version == 4:
        return address, port
    return address, port, 0, scope if number.is_link_local else 0
