"""What every firewall that we can change is asked, whichever it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from deploy.firewall.sockets import Session
from deploy.ledger import JsonObject

COMMENT = "Lanternhold"


@dataclass(frozen=True)
class Wanted:
    """What is to be let in.

    Attributes:
        ports: TCP ports that everybody may reach.
        enable: also switch the firewall on.
        ssh: the ports of SSH, which stay open when it is switched on.
    """

    ports: tuple[int, ...]
    enable: bool = False
    ssh: tuple[int, ...] = ()


class Wall(Protocol):
    """A firewall that can be changed: ufw or firewalld.

    `before` is always what `look` said before the first change; JSON, so that it can be kept.
    The first five are pure.
    """

    name: str

    def diff(self, now: JsonObject) -> list[str]:
        """What is missing: lines "+ command" as a person would type it. Problem when forbidden."""
        ...

    def closed(self, now: JsonObject) -> list[int]:
        """The wanted ports that strangers do not come in at now."""
        ...

    def undoing(self, before: JsonObject) -> list[str]:
        """The commands that take it back."""
        ...

    def cut_off(self, now: JsonObject, sessions: Sequence[Session]) -> list[Session]:
        """Those of the SSH sessions that would be locked out once all is applied."""
        ...

    def explain(self, now: JsonObject) -> list[str]:
        """What it says of itself, in sentences."""
        ...

    def look(self) -> JsonObject:
        """What is there now, to the byte."""
        ...

    def change(self, now: JsonObject) -> None:
        """Let it in, to be tried. May be killed at any point."""
        ...

    def keep(self, now: JsonObject) -> None:
        """Make it last."""
        ...

    def back(self, before: JsonObject) -> None:
        """Back to `before`, from any state; rules that others made since stay."""
        ...
