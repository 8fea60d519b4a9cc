"""What is true of the network that this computer is in, from whichever system tells it."""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from deploy import lan, run, system
from deploy.network import linux, mac, windows
from deploy.network.routes import Address6, Route, Tables
from deploy.problem import Problem

INTERNET = "198.51.100.1"  # nobody's; the system only says which way it would go


@dataclass(frozen=True)
class Network:
    """The network behind the default route.

    Attributes:
        interface: the interface towards the router, such as "eth0"; `index` is its number.
        mac: that interface's hardware address, or "" where it has none.
        address: our IPv4 address there, or "" for none.
        gateway: the router's IPv4 address, or "".
        address6: a global IPv6 address of ours that lasts, or "".
        gateway6: the router's IPv6 address, often link-local, or "".
        vpn: what takes the internet traffic instead of `interface`: another interface, or our
            address in it where only that is known; "" for nothing.
        others: routers behind other interfaces.
    """

    interface: str
    index: int
    mac: str
    address: str
    gateway: str
    address6: str = ""
    gateway6: str = ""
    vpn: str = ""
    others: tuple[str, ...] = ()

    @property
    def is_fleeting_only(self) -> bool:
        """Whether IPv6 is there, but no address of it that lasts."""
        return bool(self.gateway6) and not self.address6


def read(
    tables: Callable[[], Tables] | None = None, source: Callable[[str], str] | None = None
) -> Network:
    """Read the facts anew; nothing is sent to anybody.

    Args:
        tables: what the system says; the real system without it.
        source: gives our own address towards another.

    Raises:
        Problem: there is no way out of this computer.
    """
    said, from_here = (tables or _tables)(), source or own_source
    routes = sorted(said.routes, key=lambda route: route.metric)
    usable = [route for route in routes if route.gateway and not lan.VIRTUAL.match(route.interface)]
    if not usable:
        raise Problem(
            "This computer has no way to a router: there is no default route.",
            "connect it to the network (cable or Wi-Fi), then the same command again",
        )
    first = next((route for route in usable if _version(route) == 4), usable[0])
    gateway = first.gateway if _version(first) == 4 else ""
    gateway6 = next(
        (r.gateway for r in usable if _version(r) == 6 and r.interface == first.interface), ""
    )
    address = from_here(gateway) if gateway else ""
    return Network(
        interface=first.interface,
        index=_index(first.interface),
        mac=said.macs.get(first.interface, ""),
        address=address,
        gateway=gateway,
        address6=_lasting(said.addresses6, first.interface),
        gateway6=gateway6,
        vpn=_vpn(routes, first) or _detour(address, from_here(INTERNET) if address else ""),
        others=tuple(dict.fromkeys(r.gateway for r in usable if r.interface != first.interface)),
    )


def own_source(towards: str) -> str:
    """The address that this computer uses towards another. Nothing is sent."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((towards, 9))
        return str(probe.getsockname()[0])
    return ""


def _tables() -> Tables:
    if system.IS_LINUX:
        return linux.tables()
    return windows.tables(run.run) if system.IS_WINDOWS else mac.tables(run.run)


def _version(route: Route) -> int:
    return ipaddress.ip_address(route.gateway).version


def _index(interface: str) -> int:
    with suppress(OSError):
        return socket.if_nametoindex(interface)
    return int(interface) if interface.isdecimal() else 0


def _lasting(addresses: Iterable[Address6], interface: str) -> str:
    """A global address without an end in sight; those with a whole network around them first."""
    good = [
        item
        for item in addresses
        if item.interface == interface
        and not item.is_fleeting
        and ipaddress.IPv6Address(item.address).is_global
    ]
    good.sort(key=lambda item: item.prefix != 64)
    return good[0].address if good else ""


def _vpn(routes: Iterable[Route], chosen: Route) -> str:
    """Whose default route is better than the router's: then the internet sees another address.

    A tunnel has no gateway; some take two halves of the internet instead of the whole.
    """
    for route in routes:
        is_rival = route.interface != chosen.interface
        if is_rival and (route.is_half or (not route.gateway and route.metric <= chosen.metric)):
            return route.interface
    return ""


def _detour(address: str, outwards: str) -> str:
    """Our address on another way out: some tunnels use tables that /proc does not show."""
    return outwards if outwards != address else ""
