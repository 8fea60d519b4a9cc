"""Where a server is and how it proves itself."""

import re
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

from client.problem import Fault, Problem
from protocol.invite import Invite
from protocol.version import world_path

_LABEL: Final = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})*")
_PATH: Final = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_PORTS: Final = {"wss": 443, "ws": 80}


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a server sends a session on to, in that server's words."""

    url: str
    world: str


@dataclass(frozen=True, slots=True)
class Target:
    """A server, as a client finds and verifies it. `is_secure` False is for tests on loopback."""

    name: str
    port: int
    addresses: tuple[str, ...] = ()
    ca_sha256: str | None = None
    is_secure: bool = True
    path: str = world_path()

    @classmethod
    def of(cls, invite: Invite) -> Self:
        """The server an invite is for."""
        return cls(invite.name, invite.port, tuple(invite.addresses), invite.ca_sha256)

    @property
    def url(self) -> str:
        """What is asked for; the host in it is the name, never an address."""
        scheme = "wss" if self.is_secure else "ws"
        return f"{scheme}://{self.name}:{self.port}{self.path}"

    def elsewhere(self, url: str, world: str) -> "Target":
        """The server at `url`, to which this one sends a session on.

        The same name is the same host: its addresses and its authority stay. Any other name is
        looked up, and verified by the system's authorities.

        Raises:
            Problem: the URL leads nowhere, or to a line less safe than this one.
        """
        parts, port = _split(url)
        name, path = (parts.hostname or "").lower(), parts.path.rstrip("/") or world_path(world)
        if not (port and _HOST.fullmatch(name) and _PATH.fullmatch(path)):
            raise Problem(Fault.TRAVEL, "The address to go on to makes no sense.")
        is_secure = parts.scheme == "wss"
        if self.is_secure and not is_secure:
            raise Problem(Fault.TRAVEL, "The address to go on to is not an encrypted one.")
        if name == self.name:
            return Target(name, port, self.addresses, self.ca_sha256, is_secure, path)
        return Target(name, port, is_secure=is_secure, path=path)


def _split(url: str) -> tuple[SplitResult, int]:
    """The URL's parts and its port, 0 for one that cannot be."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return SplitResult("", "", "", "", ""), 0
    return parts, _PORTS.get(parts.scheme, 0) if port is None else port
