"""Resume tokens, one for each server and name: who holds one comes back into the same body."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Protocol

import msgspec

from protocol.invite import Invite
from protocol.messages import Secret

FILE_BYTES_MAX = 65_536


class TokenStore(Protocol):
    """Where a session keeps its token between connections."""

    def load(self) -> str | None:
        """The token of this session's last connection, None for none."""

    def save(self, token: str) -> None:
        """Keep the newest token in place of any earlier one."""

    def forget(self) -> None:
        """The session has ended: there is nothing to come back to, not by this token."""


class TokenMemory:
    """Keeps the token as long as the process lives: for bots."""

    def __init__(self) -> None:
        self._token: str | None = None

    def load(self) -> str | None:
        """See TokenStore."""
        return self._token

    def save(self, token: str) -> None:
        """See TokenStore."""
        self._token = token

    def forget(self) -> None:
        """See TokenStore."""
        self._token = None


class TokenFile:
    """Keeps the token in one file for all servers, readable by its owner only.

    A disk that cannot be written costs the player nothing but the way back after the window
    was closed: the token stays in memory and `trouble` says what is wrong.
    """

    def __init__(self, data_dir: Path, invite: Invite, name: str) -> None:
        self._path = data_dir / "tokens.json"
        self._key = _key(invite, name)
        self._token = self._read().get(self._key)
        self.trouble = ""

    def load(self) -> str | None:
        """See TokenStore."""
        return self._token

    def save(self, token: str) -> None:
        """See TokenStore."""
        self._token = token
        tokens = self._read()
        if tokens.get(self._key) != token:
            self._write(tokens | {self._key: token})

    def forget(self) -> None:
        """See TokenStore. What another window has written since is its way back: it stays."""
        tokens, own = self._read(), self._token
        self._token = None
        if own is not None and tokens.get(self._key) == own:
            del tokens[self._key]
            self._write(tokens)

    def _write(self, tokens: dict[str, str]) -> None:
        try:
            _write_private(self._path, msgspec.json.encode(tokens))
        except OSError as error:
            self.trouble = f"The way back into this game could not be kept on disk: {error}"

    def _read(self) -> dict[str, str]:
        try:
            with self._path.open("rb") as file:
                data = file.read(FILE_BYTES_MAX)
            return dict(msgspec.json.decode(data, type=dict[str, Secret]))
        except (OSError, ValueError, msgspec.DecodeError):
            return {}  # none yet, or damaged: the invite still opens the door


def _key(invite: Invite, name: str) -> str:
    """Private servers share one TLS name: their CA and port tell them apart."""
    parts = (invite.name, str(invite.port), invite.ca_sha256 or "", name)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _write_private(path: Path, data: bytes) -> None:
    """Replace the file in one step; mkstemp makes it 0600 from its first byte on."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".tokens-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
