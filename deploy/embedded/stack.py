"""Embedded mode as the commands see it."""

import shutil
import sys
import tarfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from deploy import door as front
from deploy import log_words, occupied, run, system
from deploy.clone import Clone
from deploy.embedded import record
from deploy.embedded.log_reader import last_lines, show, sizes
from deploy.embedded.ports import choose_ports
from deploy.embedded.programs import KEEPER, find_caddy, root_certificate, server_environment
from deploy.embedded.record import Process, Record
from deploy.log_words import Form
from deploy.modes import Mode
from deploy.problem import USED_WRONGLY, Problem
from deploy.settings import Settings, refuse_low_ports
from deploy.stack import Door, Part, Say

READY_S = 40.0
STOP_S = 14.0
TIRED_AFTER = 3  # restarts before the first answer
STEP_S = 0.05
LOOKED_AT, SHOWN = 40, 4  # lines of a log of a failed start


class EmbeddedStack:
    """The server and Caddy under a supervisor of this clone."""

    mode = Mode.EMBEDDED

    def __init__(self, clone: Clone, settings: Settings) -> None:
        self._clone = clone
        self._settings = settings
        self._begins: dict[str, int] = {}  # of each log: where this start's own lines begin

    def is_running(self) -> bool:
        """Whether the supervisor runs."""
        known = record.read(self._clone)
        return known is not None and known.is_alive

    def start(self, say: Say) -> None:
        """Start the supervisor and wait until the door answers.

        Raises:
            Problem: it runs already, a port is taken, or a program cannot be started.
        """
        self._refuse_second()
        self._end_orphans(say)
        find_caddy()
        self._check_ports()
        self._clone.make_state()
        record.forget(self._clone)
        self._begins = sizes(self._clone.logs)
        began = time.monotonic()
        supervisor = run.detach(
            [sys.executable, "-P", "-m", "deploy.embedded"],
            log=self._clone.logs / "supervisor.log",
            env={"PYTHONPATH": str(self._clone.root)},
            cwd=self._clone.root,
        )
        say("Starting the server and its door ...")
        born = system.birth(supervisor)
        while not self._answers():
            self._look_for_failure(supervisor, born)
            if time.monotonic() - began > READY_S:
                self.stop(say)
                raise Problem(
                    f"The server does not answer after {READY_S:.0f} s.", "./lanternhold logs"
                )
            time.sleep(STEP_S)

    def stop(self, say: Say) -> None:
        """Have the supervisor stop all; where it is gone, end what it left behind."""
        known = record.read(self._clone)
        if known is None:
            return
        if known.is_alive:
            say("Telling the players, saving the world ...")
            system.ask_to_stop(known.supervisor.pid)
            self._wait_for_end(known)
        self._end_orphans(say)
        record.forget(self._clone)

    def parts(self) -> list[Part]:
        """The programs and how they are."""
        known = record.read(self._clone)
        if known is None:
            return [Part(name, "stopped") for name in ("server", "caddy")]
        alive = known.is_alive
        return [
            Part(
                name,
                ("running" if child.process else "restarting") if alive else "stopped",
                child.restarts,
            )
            for name, child in known.children.items()
        ]

    def door(self) -> Door:
        """Where it can be reached.

        Raises:
            Problem: it does not run.
        """
        known = record.read(self._clone)
        if known is None or not known.is_alive:
            raise Problem("Lanternhold is not running here.", "./lanternhold up")
        ports = known.ports
        return Door(ports.https, ports.http, ports.private, self._root())

    def ask_server(self, arguments: Sequence[str]) -> run.Result:
        """Run a command of the server's on this clone's data."""
        known = record.read(self._clone)
        ports = known.ports if known else choose_ports(self._settings)
        env = server_environment(self._clone, self._settings, ports)
        argv = [sys.executable, "-P", "-m", "server", *arguments]
        return run.run(argv, timeout_s=30, env=env, cwd=self._clone.data)

    def admin_token(self) -> str:
        """The token that the server has made in its folder."""
        try:
            return (self._clone.data / "admin.token").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return ""

    def logs(self, name: str, *, follow: bool, lines: int, form: Form = Form.WORDS) -> int:
        """Show the logs; `follow` goes on until Ctrl-C or the end of the supervisor."""
        names = [name] if name else ["server", "caddy", KEEPER]
        paths = {each: self._clone.logs / f"{each}.log" for each in names}
        until = None if not follow else lambda: not self.is_running()
        show(paths, lines=lines, until=until, form=form)
        return 0

    def pack_recordings(self, target: BinaryIO) -> None:
        """Archive the folder of recordings, which may not be there yet."""
        folder = self._clone.data / "recordings"
        with tarfile.open(fileobj=target, mode="w|") as archive:
            if folder.is_dir():
                archive.add(folder, arcname=".", filter=_own_files)

    def pack(self, store: str, target: BinaryIO) -> None:
        """Archive a store."""
        with tarfile.open(fileobj=target, mode="w|") as archive:
            archive.add(self._folder(store), arcname=".", filter=_own_files)

    def unpack(self, store: str, source: BinaryIO) -> None:
        """Replace a store; the one before stays beside it as NAME.before, in case."""
        folder = self._folder(store)
        fresh, before = (
            folder.with_name(f"{folder.name}.new"),
            folder.with_name(f"{folder.name}.before"),
        )
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700, parents=True)
        try:
            with tarfile.open(fileobj=source, mode="r|") as archive:
                for entry in archive:
                    _extract(archive, entry, fresh)
        except tarfile.TarError as problem:
            raise Problem(
                f"The {store} did not arrive whole: {problem}.", "try it again"
            ) from problem
        shutil.rmtree(before, ignore_errors=True)
        if folder.exists():
            folder.rename(before)
        fresh.rename(folder)

    def _folder(self, store: str) -> Path:
        return {"world": self._clone.data, "door": self._clone.caddy}[store]

    def _refuse_second(self) -> None:
        if self.is_running():
            raise Problem(
                "Lanternhold is already running here (embedded mode).",
                "./lanternhold status, or ./lanternhold down to stop it first",
            )

    def _end_orphans(self, say: Say) -> None:
        known = record.read(self._clone)
        for process in known.orphans() if known else []:
            say("An earlier supervisor was killed; ending what it left running ...")
            _end(process)

    def _check_ports(self) -> None:
        chosen = self._settings
        refuse_low_ports(chosen)
        occupied.check_free(
            {
                "LANTERNHOLD_HTTPS_PORT": ("", chosen.https_port),
                "LANTERNHOLD_HTTP_PORT": ("", chosen.http_port),
                "LANTERNHOLD_SERVER_PORT": ("127.0.0.1", chosen.game_port),
                "LANTERNHOLD_SERVER_PRIVATE_PORT": ("127.0.0.1", chosen.private_port),
            },
            chosen.ports,
        )

    def _answers(self) -> bool:
        known = record.read(self._clone)
        if known is None or not known.is_alive or not self._root():
            return False
        return front.status(self.door()) is not None

    def _root(self) -> str:
        try:
            return root_certificate(self._clone).read_text(encoding="ascii")
        except OSError:
            return ""

    def _look_for_failure(self, supervisor: int, born: str | None) -> None:
        known = record.read(self._clone)
        if known and known.failure:
            self._wait_for_end(known)
            record.forget(self._clone)
            words = self._last_words(known.failure.split()[0])
            raise Problem(
                f"{known.failure}:\n{words}", "mend .env, then ./lanternhold up", USED_WRONGLY
            )
        tired = [
            name
            for name, child in (known.children.items() if known else ())
            if child.restarts >= TIRED_AFTER and name != KEEPER  # players come in without it
        ]
        if tired:
            self.stop(lambda _: None)
            words = self._last_words(tired[0])
            raise Problem(
                f"{tired[0]} ends again and again:\n{words}", f"./lanternhold logs {tired[0]}"
            )
        if born is None or system.birth(supervisor) != born:
            raise Problem(
                f"The supervisor ended at once:\n{self._last_words('supervisor')}",
                "./lanternhold logs supervisor",
            )

    def _last_words(self, name: str) -> str:
        """What a program said last since this start, each sentence once."""
        begin = self._begins.get(name, 0)
        lines = last_lines(self._clone.logs / f"{name}.log", LOOKED_AT, begin=begin)
        words = dict.fromkeys(log_words.read(line).words for line in lines)
        return "\n".join([said for said in words if said][-SHOWN:])

    def _wait_for_end(self, known: Record) -> None:
        _wait(lambda: not known.is_alive, STOP_S)
        if known.is_alive:
            system.kill(known.supervisor.pid)
            _wait(lambda: not known.is_alive, 2.0)


def _own_files(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """What belongs into an archive: files and folders, no sockets, and nobody's in particular."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry if entry.isfile() or entry.isdir() else None


def _extract(archive: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """Lay one file or folder of an archive of ours down; tarfile's own filters are newer than 3.11.

    Raises:
        tarfile.TarError: the entry is none of ours: it leads out of the folder, or is a link.
    """
    path = PurePosixPath(entry.name)
    if path.is_absolute() or ".." in path.parts:
        raise tarfile.ExtractError(f"{entry.name!r} leads out of its folder")
    target = folder.joinpath(*path.parts)
    if entry.isdir():
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    content = archive.extractfile(entry) if entry.isfile() else None
    if content is None:
        raise tarfile.ExtractError(f"{entry.name!r} is neither a file nor a folder")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.touch(mode=0o600)
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)
    target.chmod(entry.mode & 0o755)


def _end(process: Process) -> None:
    system.ask_to_stop(process.pid)
    _wait(lambda: not process.is_alive, 7.0)
    if process.is_alive:
        system.kill(process.pid)


def _wait(is_so: Callable[[], bool], longest_s: float) -> None:
    deadline = time.monotonic() + longest_s
    while not is_so() and time.monotonic() < deadline:
        time.sleep(STEP_S)
