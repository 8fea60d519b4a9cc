"""The addresses by which others reach this computer, without those that only look so."""

import contextlib
import ctypes
import ipaddress
import re
import socket
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy import system

MOST = 6  # an invite holds 8; more would only make its line longer
VIRTUAL = re.compile(
    r"docker\d|br-[0-9a-f]{12}|veth|virbr|vnet\d|lxcbr|lxdbr|podman|cni|flannel|cali|kube|vmnet|"
    r"vboxnet|bridge1\d\d|awdl|llw|utun\d+$|ifb\d|dummy\d"
)
TEMPORARY = 0x01 | 0x08 | 0x20 | 0x40  # the kernel's: temporary, failed, deprecated, tentative
# of /proc/net/if_inet6: temporary, deprecated, failed, tentative


@dataclass(frozen=True)
class Found:
    """An address of an interface."""

    interface: str
    address: str


def addresses(found: Iterable[Found] | None = None) -> list[str]:
    """The addresses for an invite, the likeliest first: the default route's, IPv4, then IPv6.

    Addresses of loopback, of container bridges and of machines inside this one are left out, and
    IPv6 ones that are link-local or about to change.
    """
    listed = list(_interfaces() if found is None else found)
    fleeting = _fleeting() if found is None else set()
    first = _default_source() if found is None else ""
    good = {
        item.address: ipaddress.ip_address(item.address)
        for item in listed
        if not VIRTUAL.match(item.interface) and item.address not in fleeting
    }
    usable = [text for text, address in good.items() if not _is_useless(address)]
    usable.sort(key=lambda text: (text != first, good[text].version))
    return usable[:MOST]


def _is_useless(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
    )


def _default_source() -> str:
    """The address that this computer uses towards the internet. Nothing is sent."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("198.51.100.1", 9))
        return str(probe.getsockname()[0])
    return ""


def _fleeting(table: Path = Path("/proc/net/if_inet6")) -> set[str]:
    """IPv6 addresses that will change within hours, by the kernel's own flags."""
    fleeting = set()
    with contextlib.suppress(OSError):
        for line in table.read_text(encoding="ascii").splitlines():
            digits, _, _, _, flags, _ = line.split()
            if int(flags, 16) & TEMPORARY:
                fleeting.add(str(ipaddress.IPv6Address(int(digits, 16))))
    return fleeting


def _interfaces() -> list[Found]:
    if system.IS_WINDOWS:
        return [Found("", address) for address in _by_own_name()]
    with contextlib.suppress(OSError, AttributeError):
        return list(_by_getifaddrs())
    return [Found("", address) for address in _by_own_name()]


def _by_own_name() -> Iterator[str]:
    """What the system finds under this computer's own name: on Windows all its addresses."""
    with contextlib.suppress(OSError):
        for entry in socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM):
            yield str(entry[4][0]).partition("%")[0]


class _Address(ctypes.Structure):
    """struct sockaddr: on macOS a length byte stands before the family."""

    _fields_ = (
        [("length", ctypes.c_uint8), ("family", ctypes.c_uint8), ("data", ctypes.c_uint8 * 26)]
        if sys.platform == "darwin"
        else [("family", ctypes.c_uint16), ("data", ctypes.c_uint8 * 26)]
    )


class _Interface(ctypes.Structure):
    """struct ifaddrs, as far as it is needed."""


_Interface._fields_ = [  # a list of itself can only be declared afterwards
    ("next", ctypes.POINTER(_Interface)),
    ("name", ctypes.c_char_p),
    ("flags", ctypes.c_uint),
    ("address", ctypes.POINTER(_Address)),
]


def _by_getifaddrs() -> Iterator[Found]:
    library: Any = ctypes.CDLL(None, use_errno=True)
    head = ctypes.POINTER(_Interface)()
    if library.getifaddrs(ctypes.byref(head)):
        raise OSError(ctypes.get_errno(), "getifaddrs")
    try:
        entry = head
        while entry:
            yield from _read(entry.contents)
            entry = entry.contents.next
    finally:
        library.freeifaddrs(head)


def _read(entry: Any) -> Iterator[Found]:
    is_up = entry.flags & 1
    if not is_up or not entry.address:
        return
    name = entry.name.decode("utf-8", "replace")
    start = ctypes.addressof(entry.address.contents.data)
    # The port comes first in both; for IPv6 the flow label too.
    if entry.address.contents.family == socket.AF_INET:
        yield Found(name, str(ipaddress.IPv4Address(ctypes.string_at(start + 2, 4))))
    elif entry.address.contents.family == socket.AF_INET6:
        yield Found(name, str(ipaddress.IPv6Address(ctypes.string_at(start + 6, 16))))
