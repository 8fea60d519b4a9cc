"""Which programs of this computer listen, and where a person is logged in from by SSH."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

SSH_SERVERS = {"sshd", "sshd-session", "dropbear"}
SSH_PORT = 22
LISTENING = ("ss", "-Hltnp")
ESTABLISHED = ("ss", "-Htnp", "state", "established")


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
    """From what `ss -Hltnp` prints; where several programs share a socket, each of them."""
    found = []
    for line in said.splitlines():
        fields = line.split()
        if len(fields) < 5 or fields[0] != "LISTEN":
            continue
        address, port = _split(fields[3])
        if port.isdecimal():
            found += [Listener(address, int(port), name) for name in _programs(line) or [""]]
    return tuple(dict.fromkeys(found))


def ssh_ports(
    listeners: Sequence[Listener], connection: str, established: str = ""
) -> tuple[int, ...]:
    """The ports by which SSH comes in.

    Args:
        listeners: who listens.
        connection: SSH_CONNECTION, "CLIENT PORT SERVER PORT"; sudo takes it away, so "" means
            nothing.
        established: what `ss -Htnp state established` prints: systemd may listen for sshd, which
            then only the sessions show.
    """
    ports = {item.port for item in listeners if item.program in SSH_SERVERS}
    ports |= {item.port for item in listeners if item.port == SSH_PORT and not item.is_private}
    listened = {item.port for item in listeners}
    ports |= listened & {_own_port(line) for line in established.splitlines() if has_ssh(line)}
    fields = connection.split()
    if len(fields) == 4 and fields[3].isdecimal():
        ports.add(int(fields[3]))
    return tuple(sorted(ports))


def has_ssh(established: str) -> bool:
    """Whether a server of SSH has any connection."""
    return not SSH_SERVERS.isdisjoint(_programs(established))


def read_sessions(said: str, ports: Sequence[int], connection: str) -> tuple[Session, ...]:
    """Who is logged in: from `ss -Htnp state established`, and from SSH_CONNECTION."""
    found = []
    for line in said.splitlines():
        fields = line.split()
        if len(fields) < 4:
            continue
        port = _own_port(line)
        if port in ports:
            found.append(Session(port, _plain(_split(fields[3])[0])))
    fields = connection.split()
    if len(fields) == 4 and fields[3].isdecimal():
        found.append(Session(int(fields[3]), _plain(fields[0])))
    return tuple(dict.fromkeys(found))


def _programs(said: str) -> list[str]:
    """The names in users:(("systemd",pid=1,fd=40),("sshd",pid=7,fd=3))."""
    return re.findall(r'[(,]\("([^"]+)",pid=', said)


def _own_port(established: str) -> int:
    """This computer's port in a line of established connections; 0 for none."""
    port = _split("".join(established.split()[2:3]))[1]
    return int(port) if port.isdecimal() else 0


def _split(place: str) -> tuple[str, str]:
    """Address and port of "127.0.0.1:80", "[::1]:80", "*:80", "10.0.0.1%eth0:80"."""
    address, _, port = place.rpartition(":")
    return address.strip("[]").partition("%")[0], port


def _plain(address: str) -> str:
    """An IPv4 address as such, also where it came in on an IPv6 socket."""
    return address.removeprefix("::ffff:")
