"""How play feels over a line: what a window showed frame by frame, held against what was true.

Positions are in tiles, times in seconds of one monotonic clock, `path` is where somebody truly was
after each tick: {tick: (x, y)}.
"""

import itertools
import math
from typing import NamedTuple

from client.draw.ground import PX
from client.interpolation import PAUSE
from game.rules import UNIT, Rules

WALK = 15
"""The keys that walk, as a mask."""
BEFORE, AFTER = 8, 4
"""Ticks around the one shown in which somebody has to walk straight for their heading to count:
what is shown may still be eased from before, and may be guessed ahead."""
CORRECTION_BAR_PX = 4
STALE_BAR_S = 0.25  # beside the stall
OFF_PATH_BAR_PX = 16  # what a tenth of a second of guessing can miss
BACK_BAR = 1e-9
LEAP_BAR = 5
"""Times as fast as somebody walks: made up twice as fast, by whom the server let make up steps too,
and eased from where they were guessed."""


class Frame(NamedTuple):
    """One frame of a window."""

    now: float
    keys: int
    own: tuple[float, float] | None
    others: dict[int, tuple[float, float]]
    shown: float  # the server's tick that the others are drawn at
    newest: int  # tick of the newest snapshot


class Diary:
    """Keeps what a window shows; `look` once a frame, when the session has lived it."""

    def __init__(self, session, sight):
        self.frames = []
        self._session = session
        self._sight = sight

    def look(self, now):
        """See everything, and write it down."""
        session, sight = self._session, self._sight
        sight.look(now)
        others = {mover.eid: (mover.x, mover.y) for mover in sight.others(now)}
        if session.snap is not None:
            own = (sight.own.x, sight.own.y) if sight.own else None
            keys, newest = session.controls.keys, session.snap[0].tick
            self.frames.append(Frame(now, keys, own, others, sight.shown_tick, newest))


def place_of(body):
    """A body's place in tiles."""
    return body.x / UNIT, body.y / UNIT


def px_of(tiles):
    """Tiles as pixels of the window."""
    return [PX * length for length in tiles]


def percentile(values, share):
    """The value below which that share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def frames_to_move(frames, rest=6, held=11):
    """For each key pressed at rest: frames after the one it was pressed in until the body moved.

    None: it did not in all the frames in which it was `held`, as before an obstacle.
    """
    waits = []
    for at in range(rest, len(frames) - held):
        still = frames[at - rest : at]
        if not frames[at].keys & WALK or any(frame.keys & WALK for frame in still):
            continue
        places = {frame.own for frame in still}
        if len(places) == 1:
            moved = (n for n in range(held) if frames[at + n].own not in places)
            waits.append(next(moved, None))
    return waits


def steps_back(frames, eid, path, pause=PAUSE):
    """How far each step was drawn against the way somebody truly went, where that was straight.

    Who stands for more than `pause` ticks has stopped: where that is so, nothing is judged.
    """
    back = []
    for one, two in itertools.pairwise(frames):
        heading = _heading(path, one.shown, pause)
        if heading and eid in one.others and eid in two.others:
            (x, y), (to_x, to_y) = one.others[eid], two.others[eid]
            back.append(-((to_x - x) * heading[0] + (to_y - y) * heading[1]))
    return back


def off_path_px(frames, eid, path, around=20):
    """How far from anywhere they truly were at about that time somebody was drawn, in pixels."""
    off = []
    for frame in frames:
        ticks = range(int(frame.shown) - around, int(frame.shown) + around)
        true = [path[tick] for tick in ticks if tick in path]
        if eid in frame.others and len(true) == 2 * around:
            legs = itertools.pairwise(true)
            off.append(PX * min(_distance(frame.others[eid], a, b) for a, b in legs))
    return off


def paces(frames, eid, rules=Rules()):  # noqa: B008 - frozen
    """How fast somebody was drawn from each frame to the next: 1 is an empty-handed walk."""
    return [
        math.dist(one.others[eid], two.others[eid]) * UNIT / rules.speed / (two.now - one.now)
        for one, two in itertools.pairwise(frames)
        if eid in one.others and eid in two.others
    ]


def staleness_s(frames, time_of):
    """How old the newest snapshot was in each frame; `time_of(tick)` is when it was true."""
    return [frame.now - time_of(frame.newest) for frame in frames]


def _heading(path, tick, pause):
    """Where somebody walks who goes straight around that tick; None for who turns or stops.

    A step or two left out is no stop: the machines that they run on are uneven.
    """
    ticks = range(math.floor(tick) - BEFORE, math.ceil(tick) + AFTER)
    if any(tick not in path for tick in ticks):
        return None
    first, last = path[ticks[0]], path[ticks[-1]]
    length = math.dist(first, last)
    if length < 0.1:
        return None
    x, y = (last[0] - first[0]) / length, (last[1] - first[1]) / length
    stood = 0
    for a, b in itertools.pairwise(path[tick] for tick in ticks):
        dx, dy = b[0] - a[0], b[1] - a[1]
        stood = 0 if dx or dy else stood + 1
        if stood > pause or dx * x + dy * y < 0 or abs(dx * y - dy * x) > 1e-4:
            return None
    return x, y


def _distance(point, a, b):
    """From a point to the leg from a to b."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    squared = dx * dx + dy * dy
    along = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / squared if squared else 0.0
    along = min(1.0, max(0.0, along))
    return math.dist(point, (a[0] + along * dx, a[1] + along * dy))
