"""What the host has answered so far, kept so that an interrupted conversation goes on."""

from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import msgspec

from deploy.clone import Clone, write_private

SETUP = "setup"  # the maker of its entries in the ledger: those of others are theirs to take back


class Way(StrEnum):
    """How friends are to reach the server."""

    HOME = "home"  # nobody from outside
    DOMAIN = "domain"  # a name whose records the host keeps
    DDNS = "ddns"  # a name that a provider of dynamic DNS has point here


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """None: not answered yet. Never a secret.

    Attributes:
        way: how friends come.
        name: the public name.
        provider, user, server, zone: for dynamic DNS; see `ddns update`.
        router: whether the router may be asked to open ports.
        firewall: whether this computer's firewall may be changed.
        is_door_due: the door must be started anew before it knows what was answered.
    """

    way: Way | None = None
    name: str | None = None
    provider: str | None = None
    user: str | None = None
    server: str | None = None
    zone: str | None = None
    router: bool | None = None
    firewall: bool | None = None
    is_door_due: bool = False

    def over(self, earlier: "Answers") -> "Answers":
        """These answers, and for what they leave open the earlier ones."""
        known = {
            field: mine if (mine := getattr(self, field)) is not None else getattr(earlier, field)
            for field in self.__struct_fields__
            if field != "is_door_due"
        }
        return Answers(**known, is_door_due=self.is_door_due or earlier.is_door_due)


class Journal:
    """The answers on disk, from the first question until all is proven."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def of(cls, clone: Clone) -> "Journal":
        """The journal of a clone."""
        return cls(clone.state / "setup.json")

    def read(self) -> Answers:
        """What was answered before; nothing where there is no journal, or a broken one."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Answers)
        except (OSError, msgspec.DecodeError):
            return Answers()

    def write(self, answers: Answers) -> None:
        """Keep the answers."""
        write_private(self._path, msgspec.json.encode(answers).decode() + "\n")

    def last(self) -> Answers:
        """What was answered last, in a conversation that goes on or one that is over."""
        now = self.read()
        return now if now != Answers() else Journal(self._over).read()

    def finish(self) -> None:
        """The conversation is over, and all is proven."""
        with suppress(FileNotFoundError):
            self._path.replace(self._over)

    def forget(self) -> None:
        """Ask everything anew."""
        self._path.unlink(missing_ok=True)

    @property
    def _over(self) -> Path:
        return self._path.with_stem("setup-done")
