"""Where things lie: the clone's own files and the state beside them."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Clone:
    """A clone of the repository: `root` holds the launcher, `state` everything that is made."""

    root: Path

    @classmethod
    def here(cls) -> "Clone":
        """The clone that this code belongs to."""
        return cls(Path(__file__).resolve().parents[1])

    @property
    def state(self) -> Path:
        """All that running makes: the world, certificates, logs. Never in git."""
        return self.root / ".lanternhold"

    @property
    def env_file(self) -> Path:
        """The host's settings, read by Compose and by us."""
        return self.root / ".env"

    @property
    def data(self) -> Path:
        """The world and the invites of embedded mode."""
        return self.state / "data"

    @property
    def caddy(self) -> Path:
        """Caddy's storage of embedded mode: the authority's key lies in it."""
        return self.state / "caddy"

    @property
    def logs(self) -> Path:
        """What the supervised programs said."""
        return self.state / "logs"

    @property
    def run(self) -> Path:
        """What is true only while something runs."""
        return self.state / "run"

    @property
    def mode_file(self) -> Path:
        """The remembered mode, in one word."""
        return self.state / "mode"

    @property
    def venv(self) -> Path:
        """The launcher's virtual environment."""
        return self.root / ".venv"

    @property
    def requirements(self) -> Path:
        """The locked requirements."""
        return self.root / "requirements"

    def make_state(self) -> None:
        """Make the state folders, closed to other users of this computer.

        Raises:
            OSError: the clone cannot be written to.
        """
        for folder in (self.state, self.data, self.caddy, self.logs, self.run):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_private(path: Path, content: str | bytes) -> None:
    """Write a file that only this user reads, whole or not at all.

    What is there and no file, such as /dev/stdout, is written into and never replaced.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123  # has its mode
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    give_to_owner_of(path.parent, fresh)
    fresh.replace(path)


def give_to_owner_of(folder: Path, file: Path) -> None:
    """What root writes into somebody's folder is theirs: the keeper's container is not root."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and folder.stat().st_uid != 0:
        os.chown(file, folder.stat().st_uid, folder.stat().st_gid)
