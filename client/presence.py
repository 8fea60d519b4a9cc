"""The player's part in the world while a line is open: commands out, the own body in step."""

from collections import deque
from collections.abc import Iterable
from typing import Final

from client.controls import Controls
from client.figures import Figures
from client.outbox import Outbox
from client.pacing import Pacer
from client.prediction import Prediction
from client.timeline import Lateness
from client.view import View
from game.body import Command
from game.inputs import ActKind
from protocol.client_conversation import ClientConversation
from protocol.hot import Snap
from protocol.limits import STALL_S
from protocol.messages import Act

JITTER_COUNTED_S: Final = 0.1
"""The most jitter our commands are sent ahead for; beyond it a late one is the lesser evil."""


class Presence:
    """From the first snapshot after a WELCOME until the line is lost. Times: monotonic seconds."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it stands between
        self,
        view: View,
        controls: Controls,
        conversation: ClientConversation,
        figures: Figures,
        snap: Snap,
        at: float,
    ) -> None:
        self.prediction = Prediction(snap.body, conversation.next_seq - 1, view.rules, view.ground)
        self.pacer = Pacer(view.rules.tick_hz, at, conversation.next_seq)
        self._view = view
        self._controls = controls
        self._conversation = conversation
        self._figures = figures
        self._outbox = Outbox(view.rules.tick_hz)
        self._lateness = Lateness()
        self._made: deque[tuple[int, float]] = deque(maxlen=600)  # (seq, when)
        self._snap = snap
        self._at = at
        self._is_first = True

    def repeat(self, acts: Iterable[Act]) -> None:
        """Foresee acts that were sent again: their line was lost before the server heard them."""
        self._foresee_phase()
        for act in acts:
            self.prediction.act(ActKind(act.kind))

    def take(self, snap: Snap, at: float) -> None:
        """A snapshot came at `at`; the view has it already."""
        hz = self._view.rules.tick_hz
        self._lateness.add(at - snap.tick / hz)
        self._measure(snap, at)
        self._snap, self._at = snap, at
        if not self.prediction.confirm(snap.last_seq, snap.body):
            self._figures.mispredictions += 1
        jitter_s = self._lateness.jitter_s
        self._figures.jitter_ms = 1000 * jitter_s
        next_seq = self.prediction.seq + 1
        self.pacer.waited(snap.wait, min(jitter_s, JITTER_COUNTED_S), snap.last_seq, next_seq)
        self._figures.wait_ticks, self._figures.clock_rate = self.pacer.wait, self.pacer.rate

    def advance(self, now: float) -> list[bytes]:
        """Run the ticks that are due; returns the frames to send."""
        frames: list[bytes] = []
        stalled = now - self._at > STALL_S
        for _ in range(self.pacer.advance(now)):
            self._tick(now)
            box = self._outbox
            due = box.take() if self.pacer.is_ahead else box.take_due(now, stalled=stalled)
            frames += self._frames(due, now)
        return frames

    def act(self, kind: ActKind, arg: int, now: float) -> list[bytes]:
        """Ask for something; what was done before it goes out before it."""
        self._foresee_phase()
        frames = self._frames(self._outbox.take(), now)
        frames.append(self._conversation.act(kind, arg))
        self.prediction.act(kind)
        return frames

    def _tick(self, now: float) -> None:
        self._foresee_phase()
        prediction, view = self.prediction, self._view
        command = self._controls.command(prediction.body, view.ground.nodes, view.rules)
        self._made.append((prediction.command(command), now))
        self._outbox.add(command, now)

    def _foresee_phase(self) -> None:
        """What may be done in the tick in which the server will do the next command."""
        prediction, view = self.prediction, self._view
        tick = self._snap.tick + prediction.seq + 1 - self._snap.last_seq
        prediction.gathers = view.may_gather_at(tick)
        lantern = view.lantern
        prediction.lantern = (lantern.x, lantern.y) if lantern else None

    def _frames(self, commands: list[Command], now: float) -> list[bytes]:
        if not commands:
            return []
        hold_ms = int(1000 * max(0.0, now - self._at))
        return self._conversation.inputs(commands, self._snap.tick, hold_ms)

    def _measure(self, snap: Snap, at: float) -> None:
        figures = self._figures
        figures.snapshots += 1
        if not self._is_first:
            figures.gaps.append(1000 * (at - self._at))
        self._is_first = False
        figures.skipped += max(0, snap.tick - self._snap.tick - 1)
        made = self._made
        while made and made[0][0] <= snap.last_seq:
            seq, when = made.popleft()
            if seq == snap.last_seq:
                figures.echo_ms = 1000 * (at - when)
