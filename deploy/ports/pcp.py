"""PCP on the wire (RFC 6887): requests to bytes, replies from bytes. No I/O.

Every number is big-endian; every address is 16 bytes, IPv4 ones mapped into ::ffff:0:0/96.
"""

import ipaddress
import struct
from dataclasses import dataclass
from enum import IntEnum

VERSION = 2
SERVER_PORT = 5351
TCP = 6
NONCE_BYTES = 12
MAX_BYTES = 1100  # of any PCP message, by the RFC

ANNOUNCE, MAP = 0, 1
REPLY = 0x80
PREFER_FAILURE = 2  # the option "this external port or none"
_REQUEST = struct.Struct("!BBHI16s")
_REPLY = struct.Struct("!BBBBII12x")
_MAP = struct.Struct("!12sB3xHH16s")
_OPTION = struct.Struct("!BBH")


class Result(IntEnum):
    """What a PCP server says of a request. A reply holds a number: others than these exist."""

    SUCCESS = 0
    UNSUPPORTED_VERSION = 1
    NOT_AUTHORIZED = 2
    MALFORMED_REQUEST = 3
    UNSUPPORTED_OPCODE = 4
    UNSUPPORTED_OPTION = 5
    MALFORMED_OPTION = 6
    NETWORK_FAILURE = 7
    NO_RESOURCES = 8
    UNSUPPORTED_PROTOCOL = 9
    USER_EX_QUOTA = 10
    CANNOT_PROVIDE_EXTERNAL = 11
    ADDRESS_MISMATCH = 12
    EXCESSIVE_REMOTE_PEERS = 13


class ReplyError(ValueError):
    """Bytes that are no reply to us."""


@dataclass(frozen=True)
class Mapped:
    """The mapping that a reply speaks of, granted or refused."""

    nonce: bytes
    protocol: int
    internal: int
    external: int
    address: str


@dataclass(frozen=True)
class Reply:
    """A server's answer.

    `epoch_s` counts the seconds since the server's tables began: when it falls back, the router
    has forgotten everything. `lifetime_s` is the lease, or for an error how long it will last.
    """

    opcode: int
    result: int
    lifetime_s: int
    epoch_s: int
    mapped: Mapped | None = None


def announce(client: str) -> bytes:
    """The question whether anybody speaks PCP there; `client` is our own address."""
    return _REQUEST.pack(VERSION, ANNOUNCE, 0, 0, _packed(client))


def map_request(  # noqa: PLR0913  # the fields of the packet
    client: str, nonce: bytes, internal: int, external: int, lifetime_s: int, *, exactly: bool
) -> bytes:
    """Ask for a mapping, renew it, or with a lifetime of 0 give it back.

    For an IPv6 client this opens a pinhole in the router's firewall.

    Args:
        client: our own address, from which this is sent.
        nonce: 12 bytes, the same for the whole life of the mapping.
        internal: our own TCP port.
        external: the port wanted outside.
        lifetime_s: seconds.
        exactly: rather none than another external port.
    """
    any_address = "::" if ":" in client else "0.0.0.0"  # noqa: S104  # the server's to choose
    head = _REQUEST.pack(VERSION, MAP, 0, lifetime_s, _packed(client))
    body = _MAP.pack(nonce, TCP, internal, external, _packed(any_address))
    return head + body + (_OPTION.pack(PREFER_FAILURE, 0, 0) if exactly else b"")


def read(data: bytes) -> Reply:
    """Read a reply, or a router's unasked announcement.

    Raises:
        ReplyError: it is none.
    """
    if len(data) < _REPLY.size or len(data) > MAX_BYTES or len(data) % 4:
        raise ReplyError(f"{len(data)} bytes are no PCP reply")
    version, opcode, _, result, lifetime_s, epoch_s = _REPLY.unpack_from(data)
    if version != VERSION or not opcode & REPLY:
        raise ReplyError("no PCP reply")
    mapped = None
    if opcode == REPLY | MAP and len(data) >= _REPLY.size + _MAP.size:
        nonce, protocol, internal, external, address = _MAP.unpack_from(data, _REPLY.size)
        mapped = Mapped(nonce, protocol, internal, external, _unpacked(address))
    return Reply(opcode & ~REPLY, result, lifetime_s, epoch_s, mapped)


def _packed(address: str) -> bytes:
    number = ipaddress.ip_address(address)
    if number.version == 4:
        return b"\0" * 10 + b"\xff\xff" + number.packed
    return number.packed


def _unpacked(address: bytes) -> str:
    number = ipaddress.IPv6Address(address)
    return str(number.ipv4_mapped or number)
