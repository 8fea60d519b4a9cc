"""Asking a STUN server which address it sees: one question of 20 bytes over UDP (RFC 8489)."""

import asyncio
import contextlib
import ipaddress
import secrets
import socket
import struct

from deploy.address.kinds import Family

BINDING_REQUEST, BINDING_SUCCESS = 0x0001, 0x0101
MAGIC = 0x2112A442
MAPPED, XOR_MAPPED = 0x0001, 0x0020
HEADER = struct.Struct("!HHI12s")
MOST_BYTES = 1500
FIRST_WAIT_S = 0.4  # then twice as long each time, until the caller's own limit


class StunError(ValueError):
    """An answer that is none: too short, for another question, or without an address."""


def question(transaction: bytes) -> bytes:
    """The 20 bytes that ask. `transaction` are 12 bytes that the answer must repeat."""
    return HEADER.pack(BINDING_REQUEST, 0, MAGIC, transaction)


def address_in(answer: bytes, transaction: bytes) -> str:
    """The address that an answer names.

    Raises:
        StunError: it is no answer to this question.
    """
    if len(answer) < HEADER.size:
        raise StunError("the answer is too short")
    kind, length, magic, echoed = HEADER.unpack_from(answer)
    if kind != BINDING_SUCCESS or magic != MAGIC or echoed != transaction:
        raise StunError("the answer belongs to another question")
    if length % 4 or HEADER.size + length > len(answer):
        raise StunError("the answer is cut off")
    found = _attributes(answer[HEADER.size : HEADER.size + length])
    if XOR_MAPPED in found:
        return _unmask(found[XOR_MAPPED], struct.pack("!I", MAGIC) + transaction)
    if MAPPED in found:
        return _unmask(found[MAPPED], bytes(16))
    raise StunError("the answer names no address")


def _attributes(body: bytes) -> dict[int, bytes]:
    """The attributes by their type; of two of a type the first counts."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(body):
        kind, length = struct.unpack_from("!HH", body, at)
        value = body[at + 4 : at + 4 + length]
        if len(value) < length:
            raise StunError("an attribute is cut off")
        found.setdefault(kind, value)
        at += 4 + length + (-length % 4)
    return found


def _unmask(value: bytes, mask: bytes) -> str:
    sizes = {1: 4, 2: 16}
    size = sizes.get(value[1], 0) if len(value) > 1 else 0
    if not size or len(value) != 4 + size:
        raise StunError("the address in the answer is cut off")
    plain = bytes(a ^ b for a, b in zip(value[4:], mask, strict=False))
    return str(ipaddress.ip_address(plain))


class _Answers(asyncio.DatagramProtocol):
    """Waits for the datagram that answers; everything else that arrives is ignored."""

    def __init__(self, transaction: bytes) -> None:
        self._transaction = transaction
        self.found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        del addr  # the socket is connected: the kernel lets only the server's through
        if self.found.done():
            return
        with contextlib.suppress(StunError, ValueError):
            self.found.set_result(address_in(data[:MOST_BYTES], self._transaction))

    def error_received(self, exc: Exception) -> None:
        if not self.found.done():
            self.found.set_exception(exc)


async def ask(host: str, port: int, family: Family) -> str:
    """The address that the server at `host` (an address) sees. Asks again until it is cancelled.

    Raises:
        OSError: the server cannot be reached by this family.
    """
    transaction = secrets.token_bytes(12)
    kind = socket.AF_INET if family is Family.V4 else socket.AF_INET6
    transport, answers = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Answers(transaction), remote_addr=(host, port), family=kind
    )
    wait_s = FIRST_WAIT_S
    try:
        while True:
            transport.sendto(question(transaction))
            done, _ = await asyncio.wait((answers.found,), timeout=wait_s)
            if done:
                return answers.found.result()
            wait_s *= 2
    finally:
        transport.close()
