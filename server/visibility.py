"""Who sees and hears what: vectorised passes over all players at once, each once a tick.

The layout of a mover is protocol.snap's; a property test holds the two encoders equal.
Figures are of docs/explain/performance.md, "Where a tick goes".
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.events import Event
from game.items import EMPTY
from game.world import World
from protocol.hot import KIND_BOT, KIND_MOTH, KIND_PLAYER
from protocol.snap import GRID, MAX_MOVERS, MOVER_BYTES, MOVER_REACH, mover_state

Seen = tuple[bytes, int]
"""The records of a player's movers, and how many they are."""

_Whole = NDArray[np.int64]

_BLOCK: Final = 65_536
"""Pairs that are compared in one go: more do not stay in the processor's cache. At 800 players
all pairs at once take 1.9 ms, in such blocks 0.3."""
EDGE: Final = 0xFFFF - 2 * MOVER_REACH
"""Positions on the grid go up to there at most, so that 16 bits are enough to compare them: twice
as fast as 32. The largest map has half as many."""


class Movers:
    """All moving things of one moment, as arrays."""

    def __init__(self, world: World) -> None:
        heads: list[int] = []  # the first three bytes of a record
        xs: list[int] = []
        ys: list[int] = []
        eids = sorted(world.players)
        for eid in eids:
            player = world.players[eid]
            body = player.body
            kind = KIND_BOT if player.is_bot else KIND_PLAYER
            carrying, dashing = body.cargo != EMPTY, body.dash_left > 0
            state = mover_state(kind, body.facing, carrying, dashing, player.away)
            heads.append(eid | state << 16)
            xs.append(body.x)
            ys.append(body.y)
        self._rows = {eid: row for row, eid in enumerate(eids)}
        for moth in world.moths.values():
            heads.append(moth.eid | mover_state(KIND_MOTH, moth.facing, False, False, False) << 16)
            xs.append(moth.x)
            ys.append(moth.y)
        self._heads = np.array(heads, np.int64)
        # Both ends of a distance are put on the grid first: see protocol.snap.pack_mover.
        self._x = np.array(xs, np.int64) // GRID
        self._y = np.array(ys, np.int64) // GRID

    def seen_by(self, eids: Sequence[int]) -> list[Seen]:
        """What each of these players sees, nearest first, oneself left out."""
        viewers = self._rows_of(eids)
        seen: list[Seen] = []
        for at, near in _near(self._x[viewers], self._y[viewers], self._x, self._y):
            present = viewers[at : at + len(near)]
            near[np.arange(len(near)), present] = False
            who, whom = np.divmod(np.flatnonzero(near), len(self._heads))
            seen += self._nearest_first(present, who, whom)
        return seen

    def heard_by(self, eids: Sequence[int], events: Sequence[Event]) -> list[list[int]]:
        """The places in `events` of those that happened where each of these players can see."""
        heard: list[list[int]] = [[] for _ in eids]
        viewers = self._rows_of(eids)
        ex = np.array([event.x for event in events], np.int64) // GRID
        ey = np.array([event.y for event in events], np.int64) // GRID
        for at, near in _near(self._x[viewers], self._y[viewers], ex, ey):
            who, what = np.nonzero(near)
            for listener, place in zip((who + at).tolist(), what.tolist(), strict=True):
                heard[listener].append(place)
        return heard

    def _rows_of(self, eids: Sequence[int]) -> NDArray[np.intp]:
        rows = self._rows
        return np.array([rows[eid] for eid in eids], np.intp)

    def _nearest_first(
        self, viewers: NDArray[np.intp], who: NDArray[np.intp], whom: NDArray[np.intp]
    ) -> Iterator[Seen]:
        """The records of all pairs (who of the viewers, whom of the movers), cut by viewer."""
        dx, dy = self._way(viewers[who], whom)
        # One sort for everybody: by viewer, then distance (24 bits), then mover. The key holds all
        # that is needed afterwards: sorting values is several times faster than sorting places.
        key = who << 40 | (dx * dx + dy * dy) << 16 | whom
        key.sort()
        who, whom = key >> 40, key & 0xFFFF
        dx, dy = self._way(viewers[who], whom)
        records = self._heads[whom] | (dx & 0xFFF) << 24 | (dy & 0xFFF) << 36
        octets = records.astype("<i8", copy=False).view(np.uint8).reshape(-1, 8)
        data = octets[:, :MOVER_BYTES].tobytes()
        at = 0
        for count in np.bincount(who, minlength=len(viewers)).tolist():
            kept = min(count, MAX_MOVERS)
            yield data[at : at + kept * MOVER_BYTES], kept
            at += count * MOVER_BYTES

    def _way(self, one: NDArray[np.intp], other: NDArray[np.intp]) -> tuple[_Whole, _Whole]:
        return self._x[other] - self._x[one], self._y[other] - self._y[one]


def _near(
    x: _Whole, y: _Whole, other_x: _Whole, other_y: _Whole
) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Which of the others are in reach, for a block of viewers after the other.

    Yields:
        the first viewer of the block, and a row for each of its viewers.
    """
    if not len(x) or not len(other_x):
        return
    other_x, other_y = other_x.astype(np.uint16), other_y.astype(np.uint16)
    # Below zero a whole number wraps to a large one, so that one comparison tells both ends.
    x, y = (x - MOVER_REACH).astype(np.uint16), (y - MOVER_REACH).astype(np.uint16)
    size = max(1, _BLOCK // len(other_x))
    for at in range(0, len(x), size):
        near = other_x - x[at : at + size, None] < 2 * MOVER_REACH
        near &= other_y - y[at : at + size, None] < 2 * MOVER_REACH
        yield at, near
