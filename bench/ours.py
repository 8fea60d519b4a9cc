"""Players of Lanternhold: resume, walk, gather, acknowledge, as a client does."""

import struct
from typing import Final

from bench.crowd import Crowd
from bench.plan import Plan, Truth
from bench.told import Sight, Told
from bench.truth import check
from bench.walk import GATHER_S, Land
from bench.walker import Walker
from bench.websocket import BINARY, LineError, masked, upgrade
from game.inputs import ActKind
from protocol.codec import decode_server, encode
from protocol.input import TYPE as INPUT
from protocol.messages import Act, Hello, Reject, Welcome
from protocol.snap import TYPE as SNAP
from protocol.step import TYPE as STEP
from protocol.table import BY_MESSAGE
from protocol.version import MINOR, SUBPROTOCOL, world_path

FULL: Final = 8
"""Items at which a walker lays down what it carries."""
SAMPLE_EVERY: Final = 37
"""Ticks from one that is kept to the next; prime, so that it meets no rhythm."""
SAMPLES_MAX: Final = 6
WATCHED: Final = 40
"""Players of whom is looked at whom they see; of all others, where they are."""

# A frame with mask 0, and the INPUT of one run in it: protocol.input says what it is made of.
_INPUT: Final = struct.Struct("<BBIBIIHBBHB")
_PAYLOAD: Final = 16
_MASKED: Final = 0x80
_OF_INTEREST: Final = frozenset(BY_MESSAGE[kind].id for kind in (Welcome, Reject))
assert _INPUT.size == 6 + _PAYLOAD  # noqa: S101


class Walkers(Crowd):
    """The crowd that plays Lanternhold."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self._land = Land(plan.low, plan.high, plan.nodes, plan.hz)
        self._is_counting = False
        self._sampled: dict[int, dict[int, Sight]] = {}
        every = max(1, len(plan.rights) // WATCHED)
        self._told = [Told(watched=not number % every) for number in range(len(plan.rights))]

    def begin(self) -> None:
        """Count from here, and keep what was told of some ticks."""
        super().begin()
        self._is_counting = True
        self._sampled = {}

    def request(self, _number: int) -> bytes:
        """The same for everybody."""
        return upgrade(world_path(), f"{self.plan.name}:{self.plan.port}", SUBPROTOCOL)

    def opened(self, walker: Walker) -> None:
        """Say HELLO by the right to resume."""
        hello = Hello(minor=MINOR, name="Walker", resume=self.plan.rights[walker.number])
        walker.send(masked(encode(hello)))

    def heard(self, walker: Walker, payload: bytes, now: float) -> None:
        """A SNAP or STEP is a snapshot, and read by a few of its bytes; all else is rare."""
        kind, told = payload[0], self._told[walker.number]
        if kind == STEP:
            told.step(payload)
            tick = told.tick
        elif kind == SNAP:
            told.snap(payload)
            tick = told.tick
            if tick != walker.tick + 1 and walker.tick:
                self.missed += tick - walker.tick - 1
        else:
            self._rare(walker, payload)
            return
        walker.tick = tick
        walker.at = now
        self.snapshots += 1
        self.snapshot_bytes += len(payload)
        self.visible += told.in_view
        if walker.wanted and told.last_seq >= walker.wanted:
            self.delays.append(now - walker.sent_at)
            walker.wanted = 0
        if not tick % SAMPLE_EVERY and self._is_counting:
            self._keep(walker, tick, told)
        if tick > self.last_tick:
            self.first_tick = self.first_tick or tick
            self.last_tick = tick

    def speak(self, walker: Walker, now: float) -> None:
        """The command of one tick, with the acknowledgement of the newest SNAP."""
        walker.left -= 1
        if walker.left <= 0 and walker.tick:
            self._next_leg(walker)
        walker.seq = seq = walker.seq + 1
        walker.time(seq, now)
        hold = min(int((now - walker.at) * 1000), 0xFFFF) if walker.tick else 0
        try:
            walker.send(
                _INPUT.pack(
                    *(BINARY, _MASKED | _PAYLOAD, 0, INPUT, seq, walker.tick, hold),
                    *(1, walker.keys, walker.target, 1),
                )
            )
        except OSError as error:
            self.fault = self.fault or f"an input could not be sent: {error}"
        self.inputs += 1

    def truth(self) -> Truth:
        """What the ticks that were kept have to say."""
        self._is_counting = False
        whole = {tick: s for tick, s in self._sampled.items() if self.first_tick < tick}
        return check(whole.values(), len(self.walkers))

    def _keep(self, walker: Walker, tick: int, told: Told) -> None:
        if tick in self._sampled or len(self._sampled) < SAMPLES_MAX:
            self._sampled.setdefault(tick, {})[walker.number + 1] = told.sight()

    def _rare(self, walker: Walker, payload: bytes) -> None:
        if payload[0] not in _OF_INTEREST:
            return
        message = decode_server(payload)
        if isinstance(message, Welcome):
            self._welcomed(walker, message)
        elif isinstance(message, Reject):
            self.fault = self.fault or message.text

    def _welcomed(self, walker: Walker, welcome: Welcome) -> None:
        if welcome.eid != walker.number + 1 or not welcome.resumed:
            raise LineError(f"player {walker.number + 1} was welcomed as {welcome.eid}")
        if welcome.rules_hash != self.plan.rules_hash or welcome.tick_hz != self.plan.hz:
            raise LineError("the server plays by other rules than its world was made for")
        walker.seq, walker.acts = welcome.last_seq, welcome.last_act_id
        walker.is_playing = True
        self.playing += 1

    def _next_leg(self, walker: Walker) -> None:
        told = self._told[walker.number]
        x, y = told.x, told.y
        if told.load >= FULL:
            walker.acts += 1
            walker.send(masked(encode(Act(act_id=walker.acts, kind=ActKind.DROP))))
        target = 0 if walker.target else self._land.halt(walker.chance, x, y)
        walker.target = target
        if target:
            walker.keys, walker.left = 0, int(GATHER_S * self.plan.hz)
        else:
            walker.keys, walker.left = self._land.leg(walker.chance, x, y)
