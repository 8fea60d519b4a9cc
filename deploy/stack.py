"""What the commands know of a running server, whichever mode it runs in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from deploy.log_words import Form
from deploy.modes import Mode
from deploy.run import Result

Say = Callable[[str], None]
"""Shows one line of progress to the person who waits."""

STORES = ("world", "door")
"""What a move between modes takes along: the world with its invites, the authority of the door."""


@dataclass(frozen=True)
class Part:
    """One program of the stack. `state` is "running", "starting", "restarting" or "stopped"."""

    name: str
    state: str
    restarts: int = 0


@dataclass(frozen=True)
class Door:
    """Where the stack can be reached: ports of this computer, and the root that its door trusts.

    `root_pem` is empty until Caddy has made its authority.
    """

    https_port: int
    http_port: int
    private_port: int
    root_pem: str


class Stack(Protocol):
    """A server behind its door."""

    mode: Mode

    def is_running(self) -> bool:
        """Whether any part of it runs."""
        ...

    def start(self, say: Say) -> None:
        """Start it and wait until players can come in; Problem when they cannot."""
        ...

    def stop(self, say: Say) -> None:
        """Stop it, the players being told first. Stopping what does not run is fine."""
        ...

    def parts(self) -> list[Part]:
        """The programs and how they are."""
        ...

    def door(self) -> Door:
        """Where it can be reached; Problem when it does not run."""
        ...

    def ask_server(self, arguments: Sequence[str]) -> Result:
        """Run `python -m server ARGUMENTS` beside the running server."""
        ...

    def admin_token(self) -> str:
        """What the running server's private port wants to hear; "" where it is not known."""
        ...

    def logs(self, name: str, *, follow: bool, lines: int, form: Form = Form.WORDS) -> int:
        """Show what the programs said; gives an exit code."""
        ...

    def pack_recordings(self, target: BinaryIO) -> None:
        """Write the server's recordings as a tar archive, whether it runs or not."""
        ...

    def pack(self, store: str, target: BinaryIO) -> None:
        """Write one of STORES as a tar archive; only while stopped."""
        ...

    def unpack(self, store: str, source: BinaryIO) -> None:
        """Replace one of STORES by an archive; only while stopped."""
        ...


def running(stack: Stack) -> set[str]:
    """The names of the programs that run, whichever mode it is.

    Raises:
        Problem: that cannot be told.
    """
    return {part.name for part in stack.parts() if part.state != "stopped"}
