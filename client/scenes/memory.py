"""What the window remembers between days: the player's name, and the servers joined."""

import contextlib
import os
import random
import tempfile
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from game import names
from protocol.invite import Invite, InviteError

_KEPT: Final = 8
_FILE_BYTES_MAX: Final = 64_000
_FIRST: Final = ("Amber", "Dusky", "Ashen", "Mossy", "Quiet", "Bright", "Velvet", "Silver")
_SECOND: Final = ("Fox", "Owl", "Hare", "Wren", "Otter", "Lynx", "Heron", "Badger")


class Remembered(msgspec.Struct, frozen=True):
    """A server that was joined; the link is secret, so the file is for its owner alone."""

    title: Annotated[str, Meta(max_length=64)]
    link: Annotated[str, Meta(max_length=2100)]

    @property
    def place(self) -> str:
        """Where the server is, for the eye."""
        try:
            invite = Invite.parse(self.link)
        except InviteError:
            return ""
        host = invite.addresses[0] if invite.addresses else invite.name
        return f"{host}:{invite.port}"


class _Kept(msgspec.Struct):
    name: Annotated[str, Meta(max_length=64)] = ""
    servers: list[Remembered] = []
    rounds: int = 0


class Memory:
    """Reads the file once, writes it whole. A disk that cannot be written only forgets."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "window.json"
        self._kept = self._read()

    @property
    def name(self) -> str:
        """The name used last, or one that is made up."""
        try:
            return names.clean(self._kept.name)
        except ValueError:
            return f"{random.choice(_FIRST)} {random.choice(_SECOND)}"

    @property
    def knows_name(self) -> bool:
        """Whether the player has played under a name before."""
        return bool(self._kept.name)

    @property
    def servers(self) -> list[Remembered]:
        """The servers joined, the last one first."""
        return list(self._kept.servers)

    @property
    def is_newcomer(self) -> bool:
        """Whether the keys should still be shown."""
        return self._kept.rounds < 3

    def joined(self, name: str, title: str, link: str) -> None:
        """The player is in: keep name and server."""
        self._kept.name = name
        fresh = Remembered(title[:64] or "a server", link)
        place = fresh.place
        others = [old for old in self._kept.servers if old.link != link and old.place != place]
        self._kept.servers = [fresh, *others][:_KEPT]
        self._write()

    def played(self) -> None:
        """A round was played to its end."""
        self._kept.rounds = min(99, self._kept.rounds + 1)
        self._write()

    def _read(self) -> _Kept:
        try:
            with self._path.open("rb") as file:
                return msgspec.json.decode(file.read(_FILE_BYTES_MAX), type=_Kept)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return _Kept()

    def _write(self) -> None:
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".window-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(msgspec.json.encode(self._kept))
                Path(name).replace(self._path)
            except OSError:
                Path(name).unlink(missing_ok=True)
