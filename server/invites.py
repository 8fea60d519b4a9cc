"""The invites: a small private file that the host's command writes and the server rereads."""

import hashlib
import hmac
import secrets
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from server.exclusive import Exclusive, HeldError
from server.folder import write_private

FILE: Final = "invites.json"
LOCK_FILE: Final = "invites.lock.sqlite3"
LOCK_S: Final = 5.0
"""For so long one command waits for another."""
FIRST_LABEL: Final = "friends"
SECRET_BYTES: Final = 18  # 144 bits, 24 characters


class InviteFileError(Exception):
    """The file of invites cannot be used; the text says why and what to do."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One invite: whoever knows `secret` may join. Times are of the wall clock, for people."""

    label: str
    secret: str
    created: float
    expires: float | None = None
    withdrawn: bool = False

    def is_open(self, now: float) -> bool:
        """Whether it still lets people in."""
        return not self.withdrawn and (self.expires is None or now < self.expires)

    @property
    def key(self) -> bytes:
        """Tells it from all others without telling its secret, whatever becomes of its label."""
        return hashlib.sha256(self.secret.encode()).digest()


class InviteBook:
    """All invites of a data folder."""

    def __init__(self, folder: Path, wall: Callable[[], float] = time.time) -> None:
        self._path = folder / FILE
        self._wall = wall
        self._entries: tuple[Entry, ...] = ()
        self._seen: tuple[int, int, int] | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The invites as last read, oldest first."""
        return self._entries

    def reread(self) -> bool:
        """Read the file if it changed since; True if it did.

        Raises:
            InviteFileError: when it cannot be read or understood; what was known stays in force.
        """
        try:
            status = self._path.stat()
            seen = (status.st_mtime_ns, status.st_size, status.st_ino)
            if seen == self._seen:
                return False
            self._entries = msgspec.json.decode(self._path.read_bytes(), type=tuple[Entry, ...])
            self._seen = seen
        except FileNotFoundError:
            changed, self._entries, self._seen = bool(self._entries), (), None
            return changed
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InviteFileError(
                f"{self._path} cannot be read ({error}). Mend it, or delete it and make a new "
                "invite with `./lanternhold invite`."
            ) from error
        return True

    def find(self, secret: str) -> Entry | None:
        """The invite with this secret, open or not. Takes the same time for every guess."""
        wanted = hashlib.sha256(secret.encode()).digest()
        found = None
        for entry in self._entries:
            if hmac.compare_digest(entry.key, wanted):
                found = entry
        return found

    def is_open(self, entry: Entry) -> bool:
        """Whether `entry` lets people in at this moment."""
        return entry.is_open(self._wall())

    def read(self) -> tuple[Entry, ...]:
        """The invites as the file holds them now, oldest first.

        Raises:
            InviteFileError: when it cannot be read or understood.
        """
        self.reread()
        return self._entries

    def first(self) -> Entry:
        """The general invite; if it is not open the oldest that is; made if there is none."""
        with self._alone():
            usable = [entry for entry in self._entries if self.is_open(entry)]
            general = [entry for entry in usable if entry.label == FIRST_LABEL]
            return next(iter(general or usable), None) or self._add(self._free_label())

    def show(self, label: str) -> Entry:
        """The open invite of this label.

        Raises:
            InviteFileError: when there is none that lets people in, or the file cannot be read.
        """
        self.reread()
        entry = self._labelled(label)
        if not self.is_open(entry):
            raise InviteFileError(
                f"The invite {label!r} has run out. Withdraw it with --withdraw "
                f"{shlex.quote(label)} and make another one with --new."
            )
        return entry

    def make(self, label: str, days: int | None = None) -> Entry:
        """A new invite, on disk when this returns.

        Raises:
            InviteFileError: when an invite of that label exists, or the file cannot be written.
        """
        with self._alone():
            if label in self._taken():
                said = shlex.quote(label)
                raise InviteFileError(
                    f"There is an invite called {label!r} already. See it again with --show "
                    f"{said}, choose another label, or withdraw that one first with --withdraw "
                    f"{said}."
                )
            return self._add(label, days)

    def _add(self, label: str, days: int | None = None) -> Entry:
        now = self._wall()
        entry = Entry(
            label=label,
            secret=secrets.token_urlsafe(SECRET_BYTES),
            created=now,
            expires=None if days is None else now + days * 86_400,
        )
        self._write((*self._entries, entry))
        return entry

    def withdraw(self, label: str) -> Entry:
        """Let nobody else in with the invite of this label.

        Its secret stays in the file, so that a friend reads "withdrawn" and not "wrong"; the
        label becomes free.

        Raises:
            InviteFileError: when there is no such invite, or the file cannot be written.
        """
        with self._alone():
            entry = self._labelled(label)
            gone = msgspec.structs.replace(entry, withdrawn=True)
            self._write(tuple(gone if one is entry else one for one in self._entries))
            return gone

    def _labelled(self, label: str) -> Entry:
        """The invite of this label that was not withdrawn; there is one at most."""
        for entry in self._entries:
            if entry.label == label and not entry.withdrawn:
                return entry
        known = ", ".join(self._taken()) or "none"
        raise InviteFileError(f"There is no invite called {label!r}. There are: {known}.")

    def _taken(self) -> list[str]:
        return [entry.label for entry in self._entries if not entry.withdrawn]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """What is known is what the file holds, and nobody else writes it meanwhile."""
        try:
            lock = Exclusive(self._path.with_name(LOCK_FILE), LOCK_S)
        except HeldError as error:
            raise InviteFileError(
                f"{self._path} cannot be changed now ({error}): another command is changing it, "
                "or the folder cannot be written. Try again in a moment."
            ) from error
        try:
            self.reread()
            yield
        finally:
            lock.release()

    def _free_label(self) -> str:
        taken = self._taken()
        numbered = (f"{FIRST_LABEL}-{number}" for number in range(2, len(taken) + 3))
        return next(label for label in (FIRST_LABEL, *numbered) if label not in taken)

    def _write(self, entries: tuple[Entry, ...]) -> None:
        try:
            write_private(self._path, msgspec.json.format(msgspec.json.encode(entries), indent=2))
        except OSError as error:
            raise InviteFileError(
                f"{self._path} cannot be written ({error.strerror}). Check who owns the folder "
                "and whether the disk is full."
            ) from error
        self._entries, self._seen = entries, None
