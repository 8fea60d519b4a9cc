"""Others, drawn a moment in the past so that there is always something to draw between."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from math import dist, hypot
from typing import Final

from client.drawn import DrawnMover
from client.timeline import Timeline
from game.rules import UNIT, Rules
from protocol.hot import Mover

JUMP_TILES: Final = 2.0
"""Further than this, and than anybody runs in that time, is no walk: it is shown as a jump."""
STEPS: Final = 2
"""So many steps a server lets somebody do in a tick whose commands came late."""
KEEP: Final = 64
PAUSE: Final = 2
"""Ticks without a step that are no stop."""
BACK_TILES: Final = 1.0
"""Nobody is guessed further ahead of where they are; somebody put further back was put there."""
EASE_S: Final = 0.12
"""A mover that was guessed wrong glides to its true place in this time."""

Frame = tuple[int, dict[int, Mover]]


class Interpolation:
    """The movers of the last snapshots, and where each is to be drawn."""

    def __init__(self, rules: Rules) -> None:
        self.timeline = Timeline(rules.tick_hz)
        self._fastest = STEPS * rules.step(rules.speed) * rules.dash_factor  # units in a tick
        self._frames: deque[Frame] = deque(maxlen=KEEP)
        self._drawn: dict[int, tuple[float, float]] = {}
        self._slips: dict[int, tuple[float, float, float]] = {}  # (x, y, since when)
        self._cursor = 0.0
        self._guessing = False

    def add(self, tick: int, movers: tuple[Mover, ...], at: float) -> None:
        """A snapshot came. One older than the newest is of no use any more."""
        if self._frames and tick <= self._frames[-1][0]:
            return
        self._frames.append((tick, {mover.eid: mover for mover in movers}))
        self.timeline.arrived(tick, at)

    def draw(self, now: float) -> list[DrawnMover]:
        """Everything in view at `now`."""
        cursor = self.timeline.advance(now)
        if not self._frames:
            return []
        while len(self._frames) > 2 and self._frames[1][0] <= cursor:
            self._frames.popleft()
        true = list(self._at(cursor))
        if self._is_break(cursor):
            self._slip(true, now)
        drawn = [self._onward(mover, self._eased(mover, now), now) for mover in true]
        self._drawn = {mover.eid: (mover.x, mover.y) for mover in drawn}
        return drawn

    def _is_break(self, cursor: float) -> bool:
        """Guessing has ended, or time has leapt: what was drawn last may be elsewhere."""
        was_guessing, self._guessing = self._guessing, cursor > self._frames[-1][0]
        leap = cursor - self._cursor > 0.2 * self.timeline.tick_hz
        self._cursor = cursor
        return leap or (was_guessing and not self._guessing)

    def _slip(self, true: list[DrawnMover], now: float) -> None:
        self._slips = {}
        for mover in true:
            x, y = self._drawn.get(mover.eid, (mover.x, mover.y))
            if max(abs(x - mover.x), abs(y - mover.y)) <= JUMP_TILES:
                self._slips[mover.eid] = (x - mover.x, y - mover.y, now)

    def _eased(self, mover: DrawnMover, now: float) -> DrawnMover:
        slip = self._slips.get(mover.eid)
        left = 1.0 - (now - slip[2]) / EASE_S if slip else 0.0
        if slip is None or left <= 0:
            return mover
        return replace(mover, x=mover.x + slip[0] * left, y=mover.y + slip[1] * left)

    def _onward(self, true: DrawnMover, eased: DrawnMover, now: float) -> DrawnMover:
        """Who was guessed too far ahead and walks on is waited for, not drawn walking backwards."""
        last, way = self._drawn.get(true.eid), self._way(true.eid)
        if last is None:
            return eased
        if way is None:
            if eased is true or len(self._frames) > PAUSE + 1:
                return eased  # they stand, or it is known that they stopped
            back = dist(last, (eased.x, eased.y))
            held = replace(eased, x=last[0], y=last[1])
        else:
            back = (last[0] - eased.x) * way[0] + (last[1] - eased.y) * way[1]
            held = replace(eased, x=eased.x + way[0] * back, y=eased.y + way[1] * back)
        if not 0 < back <= BACK_TILES:
            return eased
        self._slips[true.eid] = (held.x - true.x, held.y - true.y, now)
        return held

    def _way(self, eid: int) -> tuple[float, float] | None:
        """Where somebody goes next, as far as is known; None for who stands or leaps.

        A tick or two without a step is no stop: their command came late.
        """
        tick_a, movers_a = self._frames[0]
        a = movers_a.get(eid)
        for tick_b, movers_b in islice(self._frames, 1, PAUSE + 2):
            b = movers_b.get(eid)
            length = hypot(b.x - a.x, b.y - a.y) if a and b else 0.0
            if a and b and 0 < length <= self._reach(tick_b - tick_a):
                return (b.x - a.x) / length, (b.y - a.y) / length
        return None

    def _reach(self, ticks: int) -> float:
        """Units that somebody may have walked in so many ticks: many are skipped after a stall."""
        return max(JUMP_TILES * UNIT, self._fastest * ticks)

    def _at(self, cursor: float) -> Iterator[DrawnMover]:
        """Where all are at `cursor`, without easing."""
        if len(self._frames) < 2:
            yield from (_drawn(mover, mover, 0.0, 0.0) for mover in self._frames[0][1].values())
            return
        (tick_a, movers_a), (tick_b, movers_b) = self._frames[0], self._frames[1]
        share = max(0.0, (cursor - tick_a) / (tick_b - tick_a))
        # Beyond the last snapshot: those it shows walk on; before it: those of the older one.
        shown, reach = movers_a if share < 1.0 else movers_b, self._reach(tick_b - tick_a)
        for eid, mover in shown.items():
            yield _drawn(movers_a.get(eid, mover), movers_b.get(eid, mover), share, reach)


def _drawn(a: Mover, b: Mover, share: float, reach: float) -> DrawnMover:
    """Between two sights of one mover; `share` 0 is the first, above 1 is a guess."""
    dx, dy = b.x - a.x, b.y - a.y
    if hypot(dx, dy) > reach:
        share = float(share >= 1.0)
    seen = a if share < 1.0 else b
    return DrawnMover(
        eid=a.eid,
        kind=seen.kind,
        x=(a.x + dx * share) / UNIT,
        y=(a.y + dy * share) / UNIT,
        facing=seen.facing,
        moving=bool(dx or dy),
        carrying=seen.carrying,
        dashing=seen.dashing,
        away=seen.away,
    )
