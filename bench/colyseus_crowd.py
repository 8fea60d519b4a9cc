"""Players of the Colyseus room: they walk as ours do, and say their keys every tick."""

import struct
from typing import Final

from bench.crowd import Crowd
from bench.plan import Plan
from bench.walk import GATHER_S, Land
from bench.walker import Walker
from bench.websocket import masked, upgrade
from game.rules import Rules
from game.strides import HEADINGS

JOIN_ROOM: Final = 10
ROOM_STATE: Final = 14
PATCH: Final = 15
DATA_BYTES: Final = 17
GATHER: Final = 16
"""The key that asks to pick up; ours name the node."""

_SEQ: Final = struct.Struct("<I")
_MARK: Final = 0x7E5A
"""The upper half of all numbers of inputs, by which one is found in a patch: to decode what the
room says would make the crowd dear."""
_MARK_BYTES: Final = _MARK.to_bytes(2, "little")

_DIAGONAL: Final = 46_341


def _delta(keys: int) -> tuple[int, int]:
    return (keys >> 3 & 1) - (keys >> 2 & 1), (keys >> 1 & 1) - (keys & 1)


class ColyseusWalkers(Crowd):
    """The crowd in the room. It does not decode what it hears, so it reckons where it is."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self._land = Land(plan.low, plan.high, plan.nodes, plan.hz)
        pace = Rules().speed // plan.hz
        paces = {0: 0, 1: pace, 2: pace * _DIAGONAL >> 16}
        self._steps = [
            (dx * paces[abs(dx) + abs(dy)], dy * paces[abs(dx) + abs(dy)])
            for dx, dy in map(_delta, range(32))
        ]
        self._is_same = plan.kind == "same"
        rest = 4 if self._is_same else 0
        self._frames = [masked(bytes((DATA_BYTES, 0, keys, *bytes(rest)))) for keys in range(32)]

    def request(self, number: int) -> bytes:
        """The path of the seat that was reserved."""
        return upgrade(self.plan.rights[number], f"{self.plan.name}:{self.plan.port}")

    def opened(self, walker: Walker) -> None:
        """The room speaks first."""
        walker.x, walker.y = self.plan.bodies[walker.number]
        walker.seq = _MARK << 16

    def heard(self, walker: Walker, payload: bytes, now: float) -> None:
        """A patch is counted; the two messages before the first are answered."""
        if payload[0] == PATCH:
            self.snapshots += 1
            self.snapshot_bytes += len(payload)
            if walker.wanted and 0 <= _seq_in(payload) - walker.wanted < self.plan.hz:
                self.delays.append(now - walker.sent_at)
                walker.wanted = 0
        elif payload[0] == JOIN_ROOM:
            walker.send(masked(bytes((JOIN_ROOM,))))
        elif payload[0] == ROOM_STATE and not walker.is_playing:
            walker.is_playing = True
            self.playing += 1

    def speak(self, walker: Walker, now: float) -> None:
        """The keys of one tick, numbered where the room wants that."""
        walker.left -= 1
        if walker.left <= 0:
            self._next_leg(walker)
        dx, dy = self._steps[walker.keys]
        walker.x += dx
        walker.y += dy
        frame = self._frames[walker.keys]
        if self._is_same:
            walker.seq += 1
            frame = frame[: -_SEQ.size] + _SEQ.pack(walker.seq)
            walker.time(walker.seq, now)
        try:
            walker.send(frame)
        except OSError as error:
            self.fault = self.fault or f"an input could not be sent: {error}"
        self.inputs += 1

    def _next_leg(self, walker: Walker) -> None:
        halts = self._land.halt(walker.chance, walker.x, walker.y)
        if halts and walker.keys != GATHER:
            walker.keys, walker.left = GATHER, int(GATHER_S * self.plan.hz)
        else:
            walker.keys, walker.left = self._land.leg(walker.chance, walker.x, walker.y)


def _seq_in(patch: bytes) -> int:
    """The number of an input that a patch tells, 0 for none."""
    at = patch.find(_MARK_BYTES, 2)
    return _SEQ.unpack_from(patch, at - 2)[0] if at >= 0 else 0


assert _delta(9) == HEADINGS[1]  # noqa: S101 - keys mean the same on both sides
