"""NAT-PMP on the wire (RFC 6886): requests to bytes, replies from bytes. No I/O. IPv4 only."""

import socket
import struct
from dataclasses import dataclass
from enum import IntEnum

ADDRESS, MAP_TCP = 0, 2
REPLY = 0x80


class Result(IntEnum):
    """What a NAT-PMP server says of a request."""

    SUCCESS = 0
    UNSUPPORTED_VERSION = 1
    NOT_AUTHORIZED = 2  # understood, but switched off in the router
    NETWORK_FAILURE = 3  # the router has no public address itself
    OUT_OF_RESOURCES = 4
    UNSUPPORTED_OPCODE = 5


class ReplyError(ValueError):
    """Bytes that are no reply to us."""


@dataclass(frozen=True)
class Address:
    """The router's public address, as it says; "0.0.0.0" with an error."""

    result: int
    epoch_s: int
    address: str


@dataclass(frozen=True)
class Mapped:
    """A mapping, granted or refused."""

    result: int
    epoch_s: int
    internal: int
    external: int
    lifetime_s: int


def address_request() -> bytes:
    """Ask for the router's public address."""
    return struct.pack("!BB", 0, ADDRESS)


def map_request(internal: int, external: int, lifetime_s: int) -> bytes:
    """Ask for a TCP mapping or renew it.

    A lifetime of 0 gives back all mappings of the internal port, whatever the external one is.
    """
    wanted = external if lifetime_s else 0
    return struct.pack("!BBHHHI", 0, MAP_TCP, 0, internal, wanted, lifetime_s)


def read_address(data: bytes) -> Address:
    """Read the answer to `address_request`, or a router's unasked announcement.

    Raises:
        ReplyError: it is none.
    """
    result, epoch_s = _head(data, ADDRESS)
    # A router that cannot serve leaves the address out: 8 bytes.
    return Address(result, epoch_s, socket.inet_ntoa(data[8:12].ljust(4, b"\0")))


def read_mapped(data: bytes) -> Mapped:
    """Read the answer to `map_request`.

    Raises:
        ReplyError: it is none.
    """
    result, epoch_s = _head(data, MAP_TCP)
    if len(data) < 16:
        if result == Result.SUCCESS:
            raise ReplyError("a mapping without its ports")
        return Mapped(result, epoch_s, 0, 0, 0)
    return Mapped(result, epoch_s, *struct.unpack_from("!HHI", data, 8))


def _head(data: bytes, opcode: int) -> tuple[int, int]:
    """Gives the result and the epoch."""
    if not 8 <= len(data) <= 16 or data[0] != 0:
        raise ReplyError("no NAT-PMP reply")
    said, result, epoch_s = struct.unpack_from("!BHI", data, 1)
    is_general = said == REPLY and result != Result.SUCCESS  # an error that names no opcode
    if said != REPLY | opcode and not is_general:
        raise ReplyError("a NAT-PMP reply to something else")
    return result, epoch_s
