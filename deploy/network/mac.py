"""macOS: what `netstat` and `ifconfig` say. Written after their manuals; not tried on a Mac yet."""

import ipaddress
import re
from collections.abc import Iterator

from deploy.network.routes import Address6, Route, Tables
from deploy.run import Runner

PATIENCE_S = 5.0
HALVES = {"0/1", "128.0/1"}  # how some tunnels take over the default route
FLEETING = {"temporary", "deprecated", "tentative", "duplicated", "detached"}


def tables(run: Runner) -> Tables:
    """Ask for the routes of both families and for the interfaces that they use."""
    routes = tuple(
        route
        for family in ("inet", "inet6")
        for route in _routes(run(["netstat", "-rn", "-f", family], timeout_s=PATIENCE_S).out)
    )
    addresses: list[Address6] = []
    macs = {}
    for name in dict.fromkeys(route.interface for route in routes):
        said = run(["ifconfig", name], timeout_s=PATIENCE_S).out
        addresses += _addresses6(name, said)
        if found := re.search(r"^\s*ether ([0-9a-f:]{17})", said, re.MULTILINE):
            macs[name] = found[1]
    return Tables(routes, tuple(addresses), macs)


def _routes(said: str) -> Iterator[Route]:
    """The columns are: destination, gateway, flags, interface. The best default stands first."""
    for metric, words in enumerate(line.split() for line in said.splitlines()):
        if len(words) < 4 or words[0] not in {"default", *HALVES}:
            continue
        gateway = words[1].partition("%")[0]
        router = gateway if _is_address(gateway) else ""  # "link#12": a tunnel
        yield Route(words[3], router, metric, words[0] in HALVES)


def _addresses6(name: str, said: str) -> Iterator[Address6]:
    for line in re.findall(r"^\s*inet6 (.+)$", said, re.MULTILINE):
        words = line.split()
        address = words[0].partition("%")[0]
        prefix = words[words.index("prefixlen") + 1] if "prefixlen" in words else "128"
        if _is_address(address) and prefix.isdecimal():
            yield Address6(name, address, int(prefix), not FLEETING.isdisjoint(words))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
