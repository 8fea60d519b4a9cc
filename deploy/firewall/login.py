"""How the person who types this came in: by SSH, or sitting before it."""

import os
from dataclasses import dataclass
from pathlib import Path

from deploy.firewall.sockets import SSH_SERVERS

PROC = Path("/proc")
KEY = b"SSH_CONNECTION="


@dataclass(frozen=True)
class Login:
    """What this process and its parents tell.

    Attributes:
        connection: SSH_CONNECTION, "CLIENT PORT SERVER PORT", or "".
        is_by_ssh: whether it is a session by SSH.
        is_known: whether all parents could be seen.
    """

    connection: str = ""
    is_by_ssh: bool = False
    is_known: bool = True


def read(pid: int | None = None, proc: Path = PROC) -> Login:
    """Go up from a process, by default this one: sudo takes SSH_CONNECTION away, and has it."""
    at = pid or os.getpid()
    is_by_ssh = False
    while at > 0:
        connection = _connection(proc / str(at))
        if connection:
            return Login(connection, is_by_ssh=True)
        try:
            said = (proc / str(at) / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:  # no /proc, one that hides others' processes, or a parent that just ended
            return Login(is_by_ssh=is_by_ssh, is_known=False)
        name, _, rest = said.partition("(")[2].rpartition(")")
        is_by_ssh = is_by_ssh or name in SSH_SERVERS
        at = int(rest.split()[1])
    return Login(is_by_ssh=is_by_ssh)


def _connection(folder: Path) -> str:
    """Out of its environment; "" where only root could read that."""
    try:
        words = (folder / "environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    found = next((word for word in words if word.startswith(KEY)), KEY)
    return found.removeprefix(KEY).decode("ascii", "replace")
