"""Trust in a server with a certificate authority of its own (decision 003).

Caddy never sends its root certificate along. The client fetches it over a connection that is
not verified and carries no secret, compares its SHA-256 with the one in the invite, and from
then on trusts exactly that certificate and nothing else.
"""

import asyncio
import hashlib
import hmac
import re
import ssl
from contextlib import suppress
from typing import Final

from client import diagnosis
from client.dialing import dial
from client.problem import Fault, Problem

ANSWER_BYTES_MAX: Final = 32_768
FETCH_S: Final = 6.0
_COME_AGAIN: Final = {b"429", b"502", b"503", b"504"}
_PEM = re.compile(
    rb"-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]{64,16384}?-----END CERTIFICATE-----"
)


async def private_context(name: str, address: str, port: int, sha256: str) -> ssl.SSLContext:
    """A TLS context that trusts only the server's root, fetched from `address`.

    Raises:
        Problem: no root came, or it is not the one that the invite names.
        OSError: the connection failed (TLS included); `diagnosis` makes a sentence of it.
    """
    async with asyncio.timeout(FETCH_S):
        answer = await _get(name, address, port)
    der = _certificate(answer)
    if not hmac.compare_digest(hashlib.sha256(der).hexdigest(), sha256.lower()):
        raise Problem(
            Fault.WRONG_CA,
            "The server at this address is not the one the invite was made for: its certificate "
            "authority is another. If the host has set the server up again, ask for a new invite.",
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=der)
    return context


async def _get(name: str, address: str, port: int) -> bytes:
    """The answer to GET /ca.crt, head included. HTTP/1.0: no chunks, the end is the end."""
    unverified = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE  # the hash in the invite decides, not this line
    reader, writer = await asyncio.open_connection(
        sock=await dial(address, port), ssl=unverified, server_hostname=name
    )
    try:
        writer.write(f"GET /ca.crt HTTP/1.0\r\nHost: {name}:{port}\r\n\r\n".encode("ascii"))
        answer = b""
        while len(answer) <= ANSWER_BYTES_MAX and (data := await reader.read(8192)):
            answer += data
        return answer
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


def _certificate(answer: bytes) -> bytes:
    """The certificate's DER out of an HTTP answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    if status and status[0] in _COME_AGAIN:
        raise diagnosis.problem(diagnosis.fault_of_status(int(status[0])))
    found = _PEM.search(body) if status == [b"200"] else None
    if found is None or len(answer) > ANSWER_BYTES_MAX:
        raise diagnosis.problem(Fault.NOT_LANTERNHOLD)
    try:
        return ssl.PEM_cert_to_DER_cert(found[0].decode("ascii"))
    except ValueError as error:
        raise Problem(
            Fault.WRONG_CA, "The server sent a damaged certificate: ask the host to restart it."
        ) from error
