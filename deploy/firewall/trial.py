"""A change of the firewall on trial: made by a guard, and taken back by it unless it is kept.

The guard is a process of its own, with no terminal, that makes the change itself. So whatever ends
the command (Ctrl-C, kill -9, the SSH line that the change has just cut), the guard is still there,
sees it, and takes the change back. The two talk by files in one folder:

    order.json   what to change, what was before, how long; written by the command, once
    state.json   how far the guard is
    decision     "keep" or "back", by whoever decides

A folder with an order and no living guard is a trial that a power cut interrupted. It was never
kept, so the next command takes it back first.
"""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import msgspec

from deploy import run
from deploy.clone import Clone, write_private
from deploy.embedded.record import Process
from deploy.firewall import walls
from deploy.firewall.root import AsRoot, is_root, must, prefix
from deploy.firewall.wall import Wall, Wanted
from deploy.ledger import JsonObject
from deploy.problem import Problem

T = TypeVar("T")
START_S = 30.0  # until the guard says that it is armed, Python's start included
STEP_S = 0.05
SETTLE_S = 1.5  # what a killed guard had started may go on for this long
KEPT_MODE = 0o644  # written by root, read by the user whose folder it is


class Phase(StrEnum):
    """How far a guard is. The last two are the end."""

    ARMED = "armed"
    CHANGED = "changed"
    KEPT = "kept"
    BACK = "back"


class Order(msgspec.Struct, frozen=True):
    """What a guard is to do.

    Attributes:
        wall: the firewall's name; `ports`, `enable`, `ssh` as in Wanted.
        before: what it said of itself before.
        seconds: how long the trial lasts after the change.
        owner: the command that waits.
    """

    wall: str
    ports: tuple[int, ...]
    enable: bool
    ssh: tuple[int, ...]
    before: JsonObject
    seconds: float
    owner: Process

    def rebuild(self, runner: AsRoot) -> Wall:
        """The firewall to work on."""
        return walls.of(self.wall, Wanted(self.ports, self.enable, self.ssh), runner)


class Standing(msgspec.Struct, frozen=True):
    """How far a guard is, and why it gave up."""

    phase: Phase
    guard: Process
    why: str = ""


class Trial:
    """The trial of a clone; there is one at most."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of(cls, clone: Clone) -> "Trial":
        """Its folder is among what is true only while something runs."""
        return cls(clone.run / "firewall")

    @property
    def order(self) -> Order | None:
        """What was ordered, if anything was."""
        return self._read("order.json", Order)

    @property
    def standing(self) -> Standing | None:
        """How far the guard is; None before it has begun."""
        return self._read("state.json", Standing)

    @property
    def is_watched(self) -> bool:
        """Whether a guard is at work, so that the trial is not over."""
        standing = self.standing
        is_over = standing is None or standing.phase in {Phase.KEPT, Phase.BACK}
        return standing is not None and not is_over and standing.guard.is_alive

    @property
    def decision(self) -> str:
        """Either "keep", "back", or "" for none yet."""
        with suppress(OSError):
            return (self.folder / "decision").read_text(encoding="ascii").strip()
        return ""

    def decide(self, word: str) -> None:
        """Tell the guard "keep" or "back"."""
        write_private(self.folder / "decision", f"{word}\n")

    def write(self, standing: Standing) -> None:
        """For the guard: say how far it is."""
        path = self.folder / "state.json"
        write_private(path, msgspec.json.encode(standing).decode())
        path.chmod(KEPT_MODE)

    def clear(self) -> None:
        """Forget a trial that is over. The order goes last: without it there is no trial."""
        for name in ("decision", "state.json", "order.json"):
            (self.folder / name).unlink(missing_ok=True)

    def begin(self, order: Order) -> None:
        """Arm a guard and have it make the change; return when the change is made.

        Raises:
            Problem: it could not be made; all is as before.
        """
        self.clear()
        write_private(self.folder / "order.json", msgspec.json.encode(order).decode())
        started = run.run(
            [
                *prefix(root=is_root()),
                sys.executable,
                "-B",
                "-m",
                "deploy.firewall.guard",
                str(self.folder),
            ],
            timeout_s=START_S,
            cwd=Path(__file__).parents[2],
        )
        must(started, "The guard that would take the change back could not be started")
        self._await(Phase.CHANGED)

    def finish(self, word: str) -> None:
        """Decide, and wait until the guard has done it.

        Raises:
            Problem: it could not keep the change; all is as before.
        """
        self.decide(word)
        self._await(Phase.KEPT if word == "keep" else Phase.BACK)
        self.clear()

    def interrupted(self) -> Order | None:
        """The order of a trial whose guard is gone and whose change still stands. Changes nothing.

        Raises:
            Problem: another command's trial is going on.
        """
        order, standing = self.order, self.standing
        if order is None:
            return None
        if self.is_watched or (standing is None and order.owner.is_alive):
            raise Problem(
                "A change of the firewall is on trial right now.",
                "./lanternhold firewall confirm to keep it, or wait until it is taken back",
            )
        is_over = standing is not None and standing.phase in {Phase.KEPT, Phase.BACK}
        return None if is_over else order

    def recover(self, runner: AsRoot) -> bool:
        """Take back a trial that was interrupted. Whether there was any. Under the ledger's lock.

        Raises:
            Problem: another command's trial is going on; or it cannot be taken back.
        """
        if self.order is None:
            return False
        order = self.interrupted()
        if order:
            take_back(order.rebuild(runner), order.before)
        self.clear()
        return True

    def _await(
        self,
        wanted: Phase,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        deadline = clock() + START_S
        while True:
            standing = self.standing
            if standing and standing.phase is wanted:
                return
            if standing and standing.phase is Phase.BACK:
                self.clear()
                raise Problem(standing.why, "mend that, then the same command again")
            if standing and not standing.guard.is_alive and self.standing == standing:
                self._replace_guard("was killed")
            if standing is None and clock() >= deadline:
                self._replace_guard("gives no sign")
            wait(STEP_S)

    def _replace_guard(self, why: str) -> None:
        """The guard is gone: the command does its work."""
        order = self.order
        if order is None:
            raise Problem(
                f"The files of the trial in {self.folder} are gone, so how the change of the "
                "firewall ended is not known. A guard that still runs takes it back.",
                "./lanternhold firewall plan shows what is there now",
            )
        with suppress(OSError):  # for one that only hangs; on a full disk the change matters more
            self.decide("back")
        take_back(order.rebuild(AsRoot(run.run)), order.before, settle_s=SETTLE_S)
        self.clear()
        raise Problem(
            f"The process that guards a change of the firewall {why}, so the change was taken "
            "back.",
            "the same command again",
        )

    def _read(self, name: str, kind: type[T]) -> T | None:
        with suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode((self.folder / name).read_bytes(), type=kind)
        return None


def take_back(
    wall: Wall,
    before: JsonObject,
    *,
    settle_s: float = 0.0,
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Take a change back, and once more where somebody killed may have left a program at work."""
    wall.back(before)
    if settle_s:
        wait(settle_s)
        wall.back(before)
