"""As much of RFC 6455 as a load generator needs, with as little work per frame as can be."""

import base64
import struct
from collections.abc import Iterator
from typing import Final

BINARY: Final = 0x82
CLOSE: Final = 0x88
PING: Final = 0x89
PONG: Final = bytes((0x8A, 0x80, 0, 0, 0, 0))
"""The answer to a ping that carries nothing."""

_KEY: Final = base64.b64encode(b"lanternhold bench").decode()
_SHORT: Final = 126
_LONG: Final = 127
_MASKED: Final = 0x80


class LineError(Exception):
    """A connection did not do what the run needs; the text says what."""


def upgrade(path: str, host: str, subprotocol: str = "") -> bytes:
    """The request that opens a websocket."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {_KEY[:22]}==",
        "Sec-WebSocket-Version: 13",
    ]
    if subprotocol:
        lines.append(f"Sec-WebSocket-Protocol: {subprotocol}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def accepted(data: bytes) -> bytes | None:
    """What follows a whole answer that accepts the upgrade; None while it is not whole.

    Raises:
        LineError: for any other answer.
    """
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        return None
    status = head.split(b"\r\n", 1)[0].decode("latin-1")
    if " 101 " not in f"{status} ":
        raise LineError(f"a connection was answered {status!r}: {rest[:120]!r}")
    return rest


def masked(payload: bytes) -> bytes:
    """A binary frame of up to 65535 bytes. Its mask is 0, so that only the server has the work."""
    size = len(payload)
    if size < _SHORT:
        return bytes((BINARY, _MASKED | size, 0, 0, 0, 0)) + payload
    return struct.pack(">BBHI", BINARY, _MASKED | _SHORT, size, 0) + payload


def frames(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """The whole frames in `data`: (first byte, payload, offset behind it)."""
    at = 0
    while len(data) - at >= 2:
        size, head = data[at + 1], 2
        if size == _SHORT:
            if len(data) - at < 4:
                return
            size, head = data[at + 2] << 8 | data[at + 3], 4
        elif size == _LONG:
            if len(data) - at < 10:
                return
            size, head = int.from_bytes(data[at + 2 : at + 10]), 10
        end = at + head + size
        if end > len(data):
            return
        yield data[at], data[at + head : end], end
        at = end
