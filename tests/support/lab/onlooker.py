"""People in the lab who note frame by frame what their window would show.

`python -m support.lab.onlooker ROLE SECONDS` reads an invite from stdin, plays a part and prints
one JSON object at its end. `LOOKER` tries its keys and then carries things about; `WALKER` walks
and turns; `HUNTER` runs into the looker.
"""

import json
import signal
import subprocess
import sys
import time
from collections import deque
from random import Random
from typing import Any

from client import ways
from client.link_thread import LinkThread
from client.session import Identity, Session
from client.sight import Sight
from client.tokens import TokenMemory
from client.ways import Ways
from game.body import Keys
from protocol.hot import Snap
from protocol.invite import Invite
from support.compose import clean_environment
from support.feel import Diary, frames_to_move, place_of, px_of
from support.lab.lab import Lab
from support.lab.plan import Host
from support.minds import Mind, hunt, turning
from support.source import ROOT

LOOKER, WALKER, HUNTER = "Robin", "Walker", "Hunter"
HUNTED, HUNTING = 0, 1  # teams: only a rival's dash does anything
FRAME_S = 1 / 60
TRYING_S, CARRYING_S = 4, 14  # keys are tried, and then things are carried about, in turn
JOIN_S = 20


class Onlooker:
    """Such a program on a host; `told` waits for its end."""

    def __init__(self, lab: Lab, invite: Invite, role: str, *, host: Host, seconds: float) -> None:
        self._seconds = seconds
        words = [sys.executable, "-m", "support.lab.onlooker", role, seconds]
        self._process = subprocess.Popen(
            lab.command(host, words),
            cwd=ROOT,
            env=clean_environment(PYTHONPATH=f"{ROOT}:{ROOT / 'tests'}"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin
        self._process.stdin.write(invite.link())
        self._process.stdin.close()
        self._process.stdin = None

    def told(self) -> dict[str, Any]:
        """What it saw; ends the test when it could not play."""
        out, _ = self._process.communicate(timeout=self._seconds + 2 * JOIN_S)
        if self._process.returncode:
            raise AssertionError(f"exit {self._process.returncode}: {out[-1000:]}")
        said: dict[str, Any] = json.loads(out.splitlines()[-1])
        return said

    def stop(self) -> None:
        """End it, if it has not ended."""
        self._process.kill()
        self._process.communicate()


class Part:
    """One person's session, lived in frames."""

    def __init__(self, invite: Invite, role: str) -> None:
        self.role = role
        self.path: dict[int, tuple[float, float]] = {}
        self.times: dict[int, float] = {}
        self.waits: list[int] = []
        self._line = LinkThread(Ways(ways.targets(invite)).open)
        team = HUNTING if role.startswith(HUNTER) else HUNTED
        who = Identity(role, invite.secret, team)
        session = Session(self._line, who, TokenMemory(), Random(1), time.monotonic())
        session.figures.corrections = deque(maxlen=None)
        self.session = session
        self.diary = Diary(session, Sight(session))
        self._mind = Mind(session, Random(2), self._decide)
        self._roam = turning(sum(map(ord, role)), (0.5, 1.0, 1.5, 2.5))
        see = session.on_snap

        def on_snap(snap: Snap, at: float) -> None:
            assert see is not None
            see(snap, at)
            self.path[snap.tick] = place_of(snap.body)
            self.times[snap.tick] = at

        session.on_snap = on_snap
        session.start()

    @property
    def is_playing(self) -> bool:
        """Whether a round is on, with the own body in it."""
        view, presence = self.session.view, self.session.presence
        return bool(presence and view and view.round and view.round.phase == "play")

    def live(self, seconds: float, *, until_playing: bool = False) -> None:
        """Let frames pass."""
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end and not (until_playing and self.is_playing):
            self._frame(now)
            time.sleep(max(0.0, FRAME_S - (time.monotonic() - now)))

    def play(self, seconds: float) -> None:
        """Play the part in the round."""
        self.live(JOIN_S, until_playing=True)
        self.live(1)  # until the place where the round puts everybody has been seen
        self.session.figures.corrections.clear()
        self.diary.frames.clear()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            begun = len(self.diary.frames)
            self._tries = self.role == LOOKER
            self.live(min(TRYING_S, end - time.monotonic()))
            if self._tries:
                self.waits += frames_to_move(self.diary.frames[begun:])
            self._tries = False
            self.live(min(CARRYING_S, end - time.monotonic()))

    _tries = False

    def told(self) -> dict[str, Any]:
        """What was seen."""
        view, figures = self.session.view, self.session.figures
        return {
            "eid": view.eid if view else 0,
            "hz": view.rules.tick_hz if view else 0,
            "path": list(self.path.items()),
            "times": list(self.times.items()),
            "frames": self.diary.frames if self.role == LOOKER else [],
            "waits": self.waits,
            "corrections_px": px_of(figures.corrections),
            "rtt_ms": list(figures.rtts),
            "disconnects": figures.disconnects,
        }

    def close(self) -> None:
        """Leave."""
        self.session.leave()
        self._line.close()

    def _frame(self, now: float) -> None:
        for event in self._line.events(400):
            self.session.handle(event)
        if self._tries:
            is_down = now % 0.5 < 0.2
            keys = Keys.RIGHT if int(now * 2) % 2 else Keys.LEFT
            self.session.controls.set(int(keys) if is_down else 0, 0)
        else:
            self._now = now
            self._mind.live(now)
        self.session.advance(now)
        self.diary.look(now)

    def _decide(self, now: float, body: Any) -> tuple[int, int] | None:
        if self.role == WALKER or (self.role == LOOKER and body.load > 1):
            return self._roam(now), 0
        if self.role.startswith(HUNTER) and (prey := self._prey()):
            return hunt(body, prey)
        return None

    def _prey(self) -> Any:
        view = self.session.view
        entries = view.roster.values() if view else ()
        eids = {entry.eid for entry in entries if entry.name == LOOKER}
        return next((mover for mover in view.movers if mover.eid in eids), None) if view else None


def main(role: str, seconds: float) -> None:
    """Play that part for so long."""
    part = Part(Invite.parse(sys.stdin.read()), role)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        part.play(seconds)
        sys.stdout.write(json.dumps(part.told()) + "\n")
    finally:
        part.close()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
