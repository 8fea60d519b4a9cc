"""The ledger: what we changed outside our own files, and what was there before.

It is the only desired state. Only the command line writes it, under a lock; the keeper reads it
anew before each write to the world, so that nothing comes back which was taken back.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from deploy import system
from deploy.clone import Clone, give_to_owner_of, write_private
from deploy.problem import Problem

JsonObject = dict[str, Any]
"""What JSON can hold: names to texts, numbers, lists and objects of the same. Never a secret."""

VERSION = 1
PATIENCE_S = 15.0  # a command waits this long for another, or for a write of the keeper
STEP_S = 0.05


class BusyError(Problem):
    """Somebody else holds the ledger's lock."""

    def __init__(self) -> None:
        super().__init__(
            "Another ./lanternhold command, or the keeper, is changing the router, the firewall, "
            "DNS or .env right now.",
            "wait until it has ended (the keeper needs some seconds), then the same command again",
        )


class State(StrEnum):
    """How far a change has come. Whatever is not APPLIED was interrupted, and can be resumed."""

    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change.

    Attributes:
        id: unique in the ledger; the same change asked for again has the same one.
        kind: which code can rebuild it, such as "port-mapping".
        desired: what is wanted, enough to rebuild the change.
        before: what was there when it was first made; `undo` goes back to it.
        made_at: UTC, for people: "2026-11-22T11:10:50Z".
        maker: the command that takes it back by itself when it is answered otherwise, such as
            "setup"; "" for those that only people take back.
    """

    id: str
    kind: str
    desired: JsonObject
    before: JsonObject
    state: State
    made_at: str
    maker: str = ""


class _Page(msgspec.Struct, frozen=True):
    """The file."""

    entries: tuple[Entry, ...] = ()
    version: int = VERSION


class Ledger:
    """The ledger in a file of its own folder, oldest entry first.

    The folder holds nothing else, so that the keeper's container can be given just that (a single
    file could not be given: it is replaced at each write). No entries, no file: after a complete
    undo all is as it was.

    Attributes:
        path: the file.
        maker: whose the entries are that are first made through this object; see Entry.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time, maker: str = "") -> None:
        self.path = path
        self.maker = maker
        self._clock = clock

    @classmethod
    def of(cls, clone: Clone, maker: str = "") -> "Ledger":
        """The ledger of a clone."""
        return cls(clone.state / "ledger" / "ledger.json", maker=maker)

    def entries(self) -> tuple[Entry, ...]:
        """What it holds now, read from the disk each time.

        Raises:
            Problem: the file is there but cannot be read, or is of a newer version.
        """
        try:
            page = msgspec.json.decode(self.path.read_bytes(), type=_Page)
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.DecodeError) as problem:
            raise Problem(
                f"The ledger {self.path} cannot be read: {problem}. It holds what was changed on "
                "the router, in the firewall and in DNS, so nothing is done without it.",
                "restore that file, or move it away and take its changes back by hand",
            ) from None
        if page.version != VERSION:
            raise Problem(
                f"The ledger {self.path} was written by a newer Lanternhold.",
                "update this clone: git pull",
            )
        return page.entries

    def find(self, id_: str) -> Entry | None:
        """The entry of that id, read from the disk."""
        return next((entry for entry in self.entries() if entry.id == id_), None)

    def put(self, entry: Entry) -> None:
        """Add an entry at the end, or replace the one of the same id in its place."""
        entries = list(self.entries())
        ids = [known.id for known in entries]
        if entry.id in ids:
            entries[ids.index(entry.id)] = entry
        else:
            entries.append(entry)
        self._write(entries)

    def remove(self, id_: str) -> None:
        """Forget an entry; one that is not there is fine."""
        self._write([entry for entry in self.entries() if entry.id != id_])

    def now(self) -> str:
        """The time for `made_at`."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._clock()))

    @contextmanager
    def locked(self, patience_s: float = PATIENCE_S) -> Iterator[None]:
        """Be the only one who changes things; the lock ends with this process, however it ends.

        Raises:
            BusyError: another command, or the keeper, is at it.
        """
        self._make_lock()
        with ExitStack() as held:
            began = time.monotonic()
            while not held.enter_context(system.exclusive(self._lock)):
                held.close()
                if time.monotonic() - began >= patience_s:
                    raise BusyError
                time.sleep(STEP_S)
            yield

    @contextmanager
    def holding(self, id_: str) -> Iterator[Entry | None]:
        """For the keeper: an entry that is APPLIED, and that no command changes meanwhile.

        What is written to the world inside this block cannot come after an `undo` of it. None when
        the entry is not held any more: then nothing may be written.

        Raises:
            BusyError: a command is at work.
        """
        with system.exclusive(self._lock) as is_ours:
            if not is_ours:
                raise BusyError
            entry = self.find(id_)
            yield entry if entry and entry.state is State.APPLIED else None

    def _make_lock(self) -> None:
        """Whoever may read the folder must be able to hold its lock."""
        self._lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock.touch(mode=0o600)
        give_to_owner_of(self._lock.parent, self._lock)

    @property
    def _lock(self) -> Path:
        return self.path.with_suffix(".lock")

    def _write(self, entries: list[Entry]) -> None:
        if not entries:
            self.path.unlink(missing_ok=True)
            return
        page = msgspec.json.format(msgspec.json.encode(_Page(tuple(entries))), indent=2)
        write_private(self.path, page.decode() + "\n")
        _settle(self.path.parent)


def _settle(folder: Path) -> None:
    """After a power cut the ledger must not be older than the world: the rename reaches the disk.

    A system that cannot do this for a folder (Windows) does it by itself.
    """
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
