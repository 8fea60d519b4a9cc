"""`python -m deploy.firewall.guard FOLDER`: the process that takes a change back; see trial.py.

Called so, it starts itself anew without a terminal, waits until that one is armed, and ends.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from deploy import run
from deploy.embedded.record import Process
from deploy.firewall.root import AsRoot
from deploy.firewall.trial import START_S, STEP_S, Order, Phase, Standing, Trial, take_back
from deploy.firewall.wall import Wall
from deploy.problem import BAD, GOOD, Problem

STAY = "--stay"


class Guard:
    """Makes the ordered change, waits for the decision, and keeps the change or takes it back.

    Args:
        trial: where order and decision are.
        order: what to do.
        wall: the firewall.
        clock: monotonic seconds.
        wait: sleeps that long.
    """

    def __init__(  # noqa: PLR0913  # clock and sleep are the tests' to give
        self,
        trial: Trial,
        order: Order,
        wall: Wall,
        me: Process,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._trial = trial
        self._order = order
        self._wall = wall
        self._me = me
        self._clock = clock
        self._wait = wait
        self._is_told_to_end = False

    def end(self, *_: object) -> None:
        """As a signal handler: whoever ends the guard gets the change taken back."""
        self._is_told_to_end = True

    def stand(self) -> Phase:
        """Do it all; gives how it ended."""
        self._say(Phase.ARMED)
        try:
            self._wall.change(self._order.before)
            self._say(Phase.CHANGED)
            refusal = self._watch()
            if not refusal:
                self._wall.keep(self._order.before)
                self._say(Phase.KEPT)
                return Phase.KEPT
        except Problem as problem:
            refusal = f"{problem.what} So the change was taken back."
        except OSError as fault:  # a full disk: nobody could tell us to keep it
            refusal = f"{_in_words(fault)} So the change was taken back."
        return self._back(refusal)

    def _watch(self) -> str:
        """Wait for the decision. "" to keep it, else why not."""
        deadline = self._clock() + self._order.seconds
        while True:
            decision = self._trial.decision
            if decision == "keep":
                return ""
            if decision:
                return "It was not kept, so the change was taken back."
            if self._is_told_to_end or not self._order.owner.is_alive:
                return "The command that waited for the answer is gone; the change was taken back."
            if self._clock() >= deadline:
                return (
                    f"Nobody confirmed the change within {self._order.seconds:.0f} s, so it was "
                    "taken back."
                )
            self._wait(STEP_S)

    def _back(self, why: str) -> Phase:
        try:
            take_back(self._wall, self._order.before)
        except (Problem, OSError) as fault:
            words = fault.what if isinstance(fault, Problem) else str(fault)
            why = f"{why.replace('was taken back', 'was to be taken back')} But: {words}"
        with suppress(OSError):  # the command sees that we are gone, and takes it back once more
            self._say(Phase.BACK, why)
        return Phase.BACK

    def _say(self, phase: Phase, why: str = "") -> None:
        self._trial.write(Standing(phase, self._me, why))


def _in_words(fault: OSError) -> str:
    return f"The files of the trial cannot be written ({fault.strerror})."


def main(words: list[str]) -> int:
    """Either of the two processes; an exit code."""
    trial = Trial(Path(words[-1]))
    if words[0] != STAY:
        return _start(trial)
    order = trial.order
    if order is None:
        return BAD
    guard = Guard(trial, order, order.rebuild(AsRoot(run.run)), Process.of(os.getpid()))
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, guard.end)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return GOOD if guard.stand() is Phase.KEPT else BAD


def _start(trial: Trial) -> int:
    """Start the one that stays, and wait until it is armed: nothing is changed before."""
    words = [sys.executable, "-B", "-m", "deploy.firewall.guard", STAY, str(trial.folder)]
    run.detach(words, log=trial.folder / "guard.log", cwd=Path(__file__).parents[2])
    deadline = time.monotonic() + START_S - 5
    while trial.standing is None:
        if time.monotonic() > deadline:
            sys.stderr.write((trial.folder / "guard.log").read_text(encoding="utf-8")[-500:])
            return BAD
        time.sleep(STEP_S)
    return GOOD


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
