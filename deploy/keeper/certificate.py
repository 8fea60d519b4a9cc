"""Until when the door's certificate is good, read off the door itself.

Nothing is trusted here, so nothing is verified: an expired certificate, or one of an unknown
authority, is exactly what is to be seen. Python tells the dates of verified certificates only,
hence the few lines that read them from the bytes.
"""

import asyncio
import ssl
import time
from calendar import timegm
from dataclasses import dataclass, replace

KNOCK_S = 5.0
SEQUENCE, VERSION_TAG, UTC_TIME, GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18
DNS_NAME = 0x82


@dataclass(frozen=True)
class Validity:
    """From when until when, in seconds of wall time; and whether it names whom we asked for."""

    not_before: float
    not_after: float
    is_named: bool = True


async def look(name: str, port: int, host: str = "127.0.0.1") -> Validity | None:
    """The validity of what the door shows for `name`; None when it shows nothing."""
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(KNOCK_S):
            _, writer = await asyncio.open_connection(host, port, ssl=blind, server_hostname=name)
    except (OSError, TimeoutError):  # ssl.SSLError is an OSError
        return None
    try:
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.transport.abort()
    try:
        found = read(shown or b"")
    except ValueError:
        return None
    return replace(found, is_named=names(shown or b"", name))


def names(der: bytes, name: str) -> bool:
    """Whether a certificate is for exactly this name; a wildcard is nothing that we ask for."""
    text = name.encode()
    length = bytes((0x81,) if len(text) > 0x7F else ()) + bytes((len(text),))
    return bytes((DNS_NAME,)) + length + text in der  # as subjectAltName has it, length and all


def read(der: bytes) -> Validity:
    """The validity in a certificate.

    Raises:
        ValueError: the bytes are no certificate.
    """
    to_be_signed = _inside(_inside(der, SEQUENCE), SEQUENCE)
    tag, _, rest = _item(to_be_signed)
    if tag == VERSION_TAG:
        _, _, rest = _item(rest)  # the serial number
    for _ in range(2):  # the signature's algorithm, the issuer
        _, _, rest = _item(rest)
    times = _inside(rest, SEQUENCE)
    first_tag, first, after = _item(times)
    second_tag, second, _ = _item(after)
    return Validity(_moment(first_tag, first), _moment(second_tag, second))


def _item(data: bytes) -> tuple[int, bytes, bytes]:
    """Tag, contents, and what follows, of the first DER item."""
    if len(data) < 2:
        raise ValueError("the certificate ends early")
    tag, length, start = data[0], data[1], 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4:
            raise ValueError("a length in the certificate is no length")
        length, start = int.from_bytes(data[2 : 2 + count]), 2 + count
    if len(data) < start + length:
        raise ValueError("the certificate ends early")
    return tag, data[start : start + length], data[start + length :]


def _inside(data: bytes, wanted: int) -> bytes:
    tag, contents, _ = _item(data)
    if tag != wanted:
        raise ValueError("the certificate is not built like one")
    return contents


def _moment(tag: int, contents: bytes) -> float:
    form = {UTC_TIME: "%y%m%d%H%M%SZ", GENERALIZED_TIME: "%Y%m%d%H%M%SZ"}.get(tag)
    if form is None:
        raise ValueError("the certificate has no dates")
    # strptime turns two digits below 69 into 20xx; RFC 5280 draws the line at 50, and no
    # certificate of ours is that old.
    return float(timegm(time.strptime(contents.decode("ascii"), form)))
