"""Which programs of this computer listen, and where a person is logged in from by SSH."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

SSH_SERVERS = {"sshd", "sshd-session", "dropbear"}
SSH_PORT = 22
LISTENING = ("ss", "-Hltnp")
ESTABLISHED = ("ss", "-Htn", "state", "established")


@dataclass(frozen=True)
class Listener:
    """A TCP port that is listened on. `address` is "*" for all; `program` is "" when unknown."""

    address: str
    port: int
    program: str = ""

    @property
    def is_private(self) -> bool:
        """Whether only this computer itself can reach it."""
        return self.address not in {"*", ""} and ipaddress.ip_address(self.address).is_loopback


@dataclass(frozen=True)
class Session:
    """A connection by SSH into this computer: its port here, and where it comes from."""

    port: int
    peer: str


def read_listeners(said: str) -> tuple[Listener, ...]:
    """From what `ss -Hltnp` prints."""
    found = []
    for line in said.splitlines():
        fields = line.split()
        if len(fields) < 5 or fields[0] != "LISTEN":
            continue
        program = re.search(r'users:\(\("([^"]+)"', line)
        address, port = _split(fields[3])
        if port.isdecimal():
            found.append(Listener(address, int(port), program[1] if program else ""))
    return tuple(dict.fromkeys(found))


def ssh_ports(listeners: Sequence[Listener], connection: str) -> tuple[int, ...]:
    """The ports by which SSH comes in.

    Args:
        listeners: who listens.
        connection: SSH_CONNECTION, "CLIENT PORT SERVER PORT"; sudo takes it away, so "" means
            nothing.
    """
    ports = {item.port for item in listeners if item.program in SSH_SERVERS}
    ports |= {item.port for item in listeners if item.port == SSH_PORT and not item.is_private}
    fields = connection.split()
    if len(fields) == 4 and fields[3].isdecimal():
        ports.add(int(fields[3]))
    return tuple(sorted(ports))


def read_sessions(said: str, ports: Sequence[int], connection: str) -> tuple[Session, ...]:
    """Who is logged in: from `ss -Htn state established`, and from SSH_CONNECTION."""
    found = []
    for line in said.splitlines():
        fields = line.split()
        if len(fields) < 4:
            continue
        port = _split(fields[2])[1]
        if port.isdecimal() and int(port) in ports:
            found.append(Session(int(port), _plain(_split(fields[3])[0])))
    fields = connection.split()
    if len(fields) == 4 and fields[3].isdecimal():
        found.append(Session(int(fields[3]), _plain(fields[0])))
    return tuple(dict.fromkeys(found))


def _split(place: str) -> tuple[str, str]:
    """Address and port of "127.0.0.1:80", "[::1]:80", "*:80", "10.0.0.1%eth0:80"."""
    address, _, port = place.rpartition(":")
    return address.strip("[]").partition("%")[0], port


def _plain(address: str) -> str:
    """An IPv4 address as such, also where it came in on an IPv6 socket."""
    return address.removeprefix("::ffff:")
