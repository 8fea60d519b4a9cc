"""What is running, kept in a file, and safe to believe after a power cut.

A process id alone proves nothing: after a restart of the computer it belongs to somebody else. With
each id stands when its process began, and only a process that began just then is taken for ours.
"""

import msgspec

from deploy import system
from deploy.clone import Clone, write_private


class Process(msgspec.Struct, frozen=True):
    """A process: its id, and when it began in the system's own form."""

    pid: int
    birth: str

    @classmethod
    def of(cls, pid: int) -> "Process":
        """The process that has this id now."""
        return cls(pid, system.birth(pid) or "")

    @property
    def is_alive(self) -> bool:
        """Whether that very process still runs."""
        return bool(self.birth) and system.birth(self.pid) == self.birth


class Ports(msgspec.Struct, frozen=True):
    """The TCP ports in use: two for everybody, two on loopback."""

    https: int
    http: int
    game: int
    private: int


class ChildRecord(msgspec.Struct, frozen=True):
    """A supervised program; `process` is None between its end and its next start."""

    process: Process | None
    restarts: int


class Record(msgspec.Struct, frozen=True):
    """A supervisor and its programs.

    `failure` says why it gave up; it is then no longer alive. `since` is wall time, for people.
    """

    supervisor: Process
    ports: Ports
    since: float
    children: dict[str, ChildRecord] = {}
    failure: str = ""

    @property
    def is_alive(self) -> bool:
        """Whether the supervisor still runs."""
        return self.supervisor.is_alive

    def orphans(self) -> list[Process]:
        """Programs that outlived their supervisor."""
        if self.is_alive:
            return []
        processes = [child.process for child in self.children.values()]
        return [process for process in processes if process and process.is_alive]


def read(clone: Clone) -> Record | None:
    """The record, or None where there is none that can be read."""
    try:
        return msgspec.json.decode((clone.run / "supervisor.json").read_bytes(), type=Record)
    except (OSError, msgspec.DecodeError):
        return None


def write(clone: Clone, record: Record) -> None:
    """Keep the record, whole or not at all."""
    write_private(clone.run / "supervisor.json", msgspec.json.encode(record).decode())


def forget(clone: Clone) -> None:
    """Remove the record: nothing runs."""
    (clone.run / "supervisor.json").unlink(missing_ok=True)
