"""The player's own body, moved at once and set right when the server disagrees.

Each command is stepped here by the very function the server uses, so what the server says about
it is normally what was predicted, to the last integer. Where it is not, its body is taken and
the commands it has not seen yet are replayed.
"""

from collections import Counter, deque
from copy import copy
from dataclasses import dataclass, field
from typing import Final

from client.ground import Ground
from game import avatar
from game.body import Body, Command
from game.inputs import ActKind
from game.rules import Rules

HISTORY_MAX: Final = 600
"""Commands kept: 10 s at 60 Hz. A server silent for longer is not replayed, only believed."""

_NONE: Final[Counter[int]] = Counter()


@dataclass(slots=True)
class _Step:
    """One command and what it came to; `acts` were asked for after it and before the next.

    The server may tell of the body before or after those acts (`after`, `acted`): an act is
    done at once when no command waits behind it.
    """

    seq: int
    command: Command
    after: Body
    acted: Body
    took: int = 0  # nid that gave an item, 0 for none
    acts: list[ActKind] = field(default_factory=list)


class Prediction:
    """Commands on their way to the server, and the body as it will be when they arrive.

    `last_seq` numbers the newest command the server has done, `body` is the body after it.
    """

    def __init__(self, body: Body, last_seq: int, rules: Rules, ground: Ground) -> None:
        self.body = copy(body)
        self.seq = last_seq
        self.gathers = False  # whether the phase is play
        self.lantern: tuple[int, int] | None = None  # the own team's, as a tile
        self.mispredictions = 0
        self._rules = rules
        self._ground = ground
        self._answered = _Step(last_seq, Command(), body, body)
        self._steps: deque[_Step] = deque(maxlen=HISTORY_MAX)
        self._slip = (0, 0)

    @property
    def unanswered(self) -> int:
        """Commands the server has not been heard to have done."""
        return len(self._steps)

    def take_slip(self) -> tuple[int, int]:
        """How far corrections have moved the body since the last call: (x, y) before - after."""
        slip, self._slip = self._slip, (0, 0)
        return slip

    def command(self, command: Command) -> int:
        """Do a command now; returns its number."""
        self.seq += 1
        step = _Step(self.seq, command, self.body, self.body)
        self._run(step)
        self._steps.append(step)
        return self.seq

    def act(self, kind: ActKind) -> bool:
        """Do what can be foreseen of an act; whether it changed the body."""
        if kind is not ActKind.DEPOSIT and kind is not ActKind.DROP:
            return False
        last = self._steps[-1] if self._steps else self._answered
        before = last.acted
        last.acts.append(kind)
        last.acted = copy(before)
        self._do(kind, last.acted)
        self.body = copy(last.acted)
        return self.body != before

    def confirm(self, last_seq: int, body: Body) -> bool:
        """Take in the server's body after command `last_seq`; whether it was as predicted.

        Call it when the snapshot's nodes are in the ground: own takes still on their way are
        then foreseen on top of them.
        """
        if last_seq < self._answered.seq:
            return True  # older than what is known: nothing to learn
        known = self._answer(last_seq)
        if known is not None and body in (known.after, known.acted):
            self._settle(known, body)
            self._ground.foresee(self._takes())
            return True
        has_warped = body.warp != self._answered.after.warp
        self._answered = _Step(last_seq, Command(), body, body)
        if known is not None:
            self._answered.acts = known.acts
        self._replay()
        self.mispredictions += not has_warped
        return has_warped

    def _answer(self, last_seq: int) -> _Step | None:
        """Forget the commands up to `last_seq`; returns that one if it was ours."""
        known = self._answered if self._answered.seq == last_seq else None
        while self._steps and self._steps[0].seq <= last_seq:
            known = self._steps.popleft()
        self.seq = max(self.seq, last_seq)
        return known if known is not None and known.seq == last_seq else None

    def _settle(self, known: _Step, body: Body) -> None:
        if body == known.acted:
            known.acts.clear()
            known.after = known.acted
        self._answered = known

    def _replay(self) -> None:
        x, y = self.body.x, self.body.y
        self._ground.foresee(Counter())
        self.body = copy(self._answered.after)
        self._do_acts(self._answered)
        for step in self._steps:
            self._run(step)
            self._do_acts(step)
        slip_x, slip_y = self._slip
        self._slip = (slip_x + x - self.body.x, slip_y + y - self.body.y)

    def _run(self, step: _Step) -> None:
        ground = self._ground
        step.took = avatar.step(
            self.body, step.command, ground.terrain, ground.nodes, self._rules, self.gathers
        )
        if step.took:
            ground.foreseen.add(step.took)
        step.after = step.acted = copy(self.body)

    def _do_acts(self, step: _Step) -> None:
        for kind in step.acts:
            self._do(kind, self.body)
        step.acted = copy(self.body)

    def _do(self, kind: ActKind, body: Body) -> None:
        if kind is ActKind.DROP:
            avatar.drop(body)
        elif self.gathers and self.lantern is not None:
            avatar.deposit(body, self.lantern, self._rules)

    def _takes(self) -> Counter[int]:
        """The nids that gave an item to commands without an answer."""
        if not self._ground.foreseen:
            return _NONE  # nearly always, and thirty times a second
        return Counter(step.took for step in self._steps if step.took)
