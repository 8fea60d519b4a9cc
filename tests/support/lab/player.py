"""A player in the lab without a window, who tells how it goes: the session that the window holds.

`python -m support.lab.player` reads an invite from stdin, plays until SIGTERM, and prints a line of
JSON whenever its state changes; `Player` is that program on a host, and what it said.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from client.game_session import GameSession
from client.state import Connecting, Failed, Playing, Waiting
from game.body import Keys
from game.inputs import ActKind
from protocol.invite import Invite
from support.compose import clean_environment
from support.lab.lab import Lab
from support.lab.plan import Host
from support.source import ROOT

FRAME_S = 1 / 60
LOOK_S = 0.02
ACT_S = 1.0
NAME = "Robin"


class Player:
    """Someone who plays from a host; use it as a context manager.

    A line of `said` is {at, state, words, trying, eid, joins, resumes, disconnects, acts, saved};
    `at` is `time.monotonic()`, which all programs of this machine share. They ask for an act every
    second: `acts` is the number of the newest, `saved` up to which they are on the server's disk.
    """

    def __init__(
        self, lab: Lab, invite: Invite, folder: Path, *, host: Host = "friend", name: str = NAME
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "said"
        words = [sys.executable, "-m", "support.lab.player", folder, name]
        environment = clean_environment(
            PYTHONPATH=f"{ROOT}:{ROOT / 'tests'}",
            SSL_CERT_FILE=lab.acme_root() if lab.options.acme else "",
            HOME=folder,
        )
        with self._file.open("w") as out:
            self._process = subprocess.Popen(
                lab.command(host, words),
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=out,
                text=True,
            )
        assert self._process.stdin
        with self._process.stdin as stdin:
            stdin.write(invite.link())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        finally:
            self._process.kill()

    @property
    def said(self) -> list[dict[str, Any]]:
        """All lines until now; the last one may be half written."""
        whole = self._file.read_text().rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def wait_for(self, fits: Callable[[dict[str, Any]], bool], timeout_s: float) -> dict[str, Any]:
        """The first line that fits, once it has been said."""
        deadline_s = time.monotonic() + timeout_s
        while not (found := [line for line in self.said if fits(line)]):
            if time.monotonic() > deadline_s or self._process.poll() is not None:
                raise AssertionError(f"not said in {timeout_s} s: {self.said[-12:]}")
            time.sleep(LOOK_S)
        return found[0]

    def is_in(self, timeout_s: float = 20) -> dict[str, Any]:
        """Wait for the first snapshot."""
        return self.wait_for(lambda line: line["state"] == "Playing", timeout_s)

    def is_back(self, timeout_s: float) -> dict[str, Any]:
        """Wait until they play on after a lost line."""
        return self.wait_for(
            lambda line: line["state"] == "Playing" and line["disconnects"], timeout_s
        )


def main(folder: Path, name: str) -> None:
    """Play to and fro until SIGTERM."""
    session = GameSession(Invite.parse(sys.stdin.read()), name, data_dir=folder)
    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stop.append(number))
    before: dict[str, Any] = {}
    joins, acts, line = 0, 0, session.state
    asked_at = 0.0
    while not stop:
        now = time.monotonic()
        session.set_keys(Keys.RIGHT if int(now) % 2 else Keys.LEFT)
        session.poll(now)
        if isinstance(session.state, Playing) and session.state is not line:
            joins += not session.state.resumed
        line = session.state
        if now - asked_at >= ACT_S and (number := session.act(ActKind.PING)):
            acts, asked_at = number, now
        told = _told(session) | {"joins": joins, "acts": acts, "saved": session.saved}
        if told != before:
            before = told
            sys.stdout.write(json.dumps({"at": now, **told}) + "\n")
            sys.stdout.flush()
        time.sleep(FRAME_S)
    session.close()


def _told(session: GameSession) -> dict[str, Any]:
    state, stats = session.state, session.stats
    words = trying = ""
    match state:
        case Waiting():
            words, trying = state.reason, state.trying
        case Connecting():
            trying = state.step
        case Failed():
            words = state.sentence
    is_blind = isinstance(state, Playing) and session.stalled  # no snapshot yet, or a silent line
    return {
        "state": "Stalled" if is_blind else type(state).__name__,
        "words": words,
        "trying": trying,
        "eid": session.eid,
        "resumes": stats.resumes,
        "disconnects": stats.disconnects,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
