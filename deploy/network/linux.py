"""Linux: the kernel's own tables in /proc. No program is started."""

import ipaddress
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from deploy.lan import TEMPORARY
from deploy.network.routes import Address6, Route, Tables

NET = Path("/proc/thread-self/net")  # of this thread's own network namespace
UP, GATEWAY, REJECT = 0x1, 0x2, 0x200  # RTF_ flags of both route tables
NO_MAC = "00:00:00:00:00:00"
SIOCGIFHWADDR = 0x8927


def tables(folder: Path = NET) -> Tables:
    """Read the tables of the network namespace that we are in."""
    routes = (*_routes(folder / "route"), *_routes6(folder / "ipv6_route"))
    names = dict.fromkeys(route.interface for route in routes)
    return Tables(
        routes=routes,
        addresses6=tuple(_addresses6(folder / "if_inet6")),
        macs={name: mac for name in names if (mac := mac_of(name))},
    )


def mac_of(interface: str) -> str:
    """An interface's hardware address, asked of the kernel (/sys may be another namespace's)."""
    import fcntl  # noqa: PLC0415  # not on Windows

    request = struct.pack("256s", interface.encode()[:15])
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        answer = fcntl.ioctl(asker.fileno(), SIOCGIFHWADDR, request)
        mac = answer[18:24].hex(":")
        return "" if mac == NO_MAC else mac
    return ""


def neighbours(table: Path = NET / "arp") -> dict[str, str]:
    """Hardware addresses of other computers in the home network, by their IPv4 address."""
    return {
        fields[0]: fields[3] for fields in _lines(table) if len(fields) >= 6 and fields[3] != NO_MAC
    }


def _routes(table: Path) -> Iterator[Route]:
    for fields in _lines(table):
        if len(fields) < 8:
            continue
        interface, target, gateway, flags, mask = (fields[n] for n in (0, 1, 2, 3, 7))
        bits = int(flags, 16)
        is_half = mask == "00000080" and target in {"00000000", "00000080"}
        if not bits & UP or bits & REJECT or not (mask == "00000000" or is_half):
            continue
        # The kernel prints the address as a number of this computer's own byte order.
        router = socket.inet_ntoa(struct.pack("=I", int(gateway, 16)))
        yield Route(interface, router if bits & GATEWAY else "", int(fields[6]), is_half)


def _routes6(table: Path) -> Iterator[Route]:
    for fields in _lines(table, heading=False):
        if len(fields) < 10 or (fields[0].strip("0"), fields[1]) != ("", "00"):
            continue
        bits, interface = int(fields[8], 16), fields[9]
        if bits & UP and bits & GATEWAY and not bits & REJECT:
            yield Route(interface, _ipv6(fields[4]), int(fields[5], 16))


def _addresses6(table: Path) -> Iterator[Address6]:
    for fields in _lines(table, heading=False):
        digits, _, prefix, _, flags, interface = fields[:6]
        is_fleeting = bool(int(flags, 16) & TEMPORARY)
        yield Address6(interface, _ipv6(digits), int(prefix, 16), is_fleeting)


def _ipv6(digits: str) -> str:
    return str(ipaddress.IPv6Address(int(digits, 16)))


def _lines(table: Path, *, heading: bool = True) -> list[list[str]]:
    try:
        lines = table.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:  # no IPv6 in this kernel
        return []
    return [line.split() for line in lines[1 if heading else 0 :] if line.strip()]
