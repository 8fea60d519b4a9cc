"""Who sees and hears what: vectorised passes over all players at once, each once a tick.

The layout of a mover is protocol.snap's; a property test holds the two encoders equal.
Figures are of docs/explain/performance.md, "Where a tick goes".
"""

from collections.abc import Iterator, Sequence
from itertools import compress
from operator import ne
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.events import Event
from game.items import EMPTY
from game.player import Player
from game.world import World
from protocol.hot import KIND_BOT, KIND_MOTH, KIND_PLAYER
from protocol.movers import mover_state
from protocol.own_body import rests_of
from protocol.snap import GRID, MAX_MOVERS, MOVER_BYTES, MOVER_REACH

Seen = tuple[bytes, int]
"""The records of a player's movers, and how many they are."""

Whole = NDArray[np.int64]

_BLOCK: Final = 65_536
"""Pairs that are compared in one go: more do not stay in the processor's cache. At 800 players
all pairs at once take 1.9 ms, in such blocks 0.3."""
EDGE: Final = 0xFFFF - 2 * MOVER_REACH
"""Positions on the grid go up to there at most, so that 16 bits are enough to compare them: twice
as fast as 32. The largest map has half as many."""


class Movers:
    """All moving things of one moment, as arrays.

    Args:
        world: where they are.
        before: the same a tick ago, if they are to be compared.
    """

    def __init__(self, world: World, before: "Movers | None" = None) -> None:
        eids, moth_eids = sorted(world.players), sorted(world.moths)
        players = [world.players[eid] for eid in eids]
        bodies = [player.body for player in players]
        moths = [world.moths[eid] for eid in moth_eids]
        xs = [body.x for body in bodies] + [moth.x for moth in moths]
        ys = [body.y for body in bodies] + [moth.y for moth in moths]
        self.order = eids + moth_eids
        """Their eids, ascending, players first; all else of a mover is found at the same place."""
        self.away = [player.away for player in players]
        self.rests = rests_of(bodies)
        """All of each player's body but its place."""
        self.changed = self._compared(before)
        """Rows of the players who look another way, or of whose bodies more changed than the place;
        None if somebody came or went: then rows are others."""
        # Each player's state, which most keep for many ticks.
        if before is None or self.changed is None:
            self.looks = [_look(player) for player in players]
        else:
            self.looks = before.looks.copy()
            for row in self.changed:
                self.looks[row] = _look(players[row])
        states = self.looks + [KIND_MOTH | moth.facing << 2 for moth in moths]
        self.eids = np.array(self.order, np.int64)
        self.states = np.array(states, np.int64)
        self.exact_x, self.exact_y = np.array(xs, np.int64), np.array(ys, np.int64)
        # Both ends of a distance are put on the grid first: see protocol.snap.pack_mover.
        self.x, self.y = self.exact_x // GRID, self.exact_y // GRID
        self.last_seqs = np.array([player.last_seq for player in players], np.int64)
        """The newest of each player's commands that was applied."""

    def _compared(self, before: "Movers | None") -> list[int] | None:
        if before is None or self.order != before.order:
            return None
        rows = range(len(self.rests))
        changed = list(compress(rows, map(ne, self.rests, before.rests)))
        if self.away != before.away:
            changed += compress(rows, map(ne, self.away, before.away))
        return changed

    def seen_by(self, eids: Sequence[int]) -> list[Seen]:
        """What each of these players sees, nearest first, oneself left out."""
        viewers = self.rows_of(eids)
        return list(self.nearest_first(viewers, *self.pairs(viewers)))

    def pairs(self, viewers: Whole) -> tuple[Whole, Whole]:
        """Who sees whom: places in `viewers`, and rows of movers. In ascending order of both."""
        pairs = [np.empty(0, np.int64)]
        for at, near in _near(self.x[viewers], self.y[viewers], self.x, self.y):
            near[np.arange(len(near)), viewers[at : at + len(near)]] = False
            pairs.append(np.flatnonzero(near) + at * len(self.eids))
        found = np.concatenate(pairs)
        who = found // max(1, len(self.eids))
        whom = found - who * len(self.eids)
        if len(self.eids) > MAX_MOVERS and len(who) and np.bincount(who).max() > MAX_MOVERS:
            return self._nearest(viewers, who, whom)
        return who, whom

    def heard_by(self, eids: Sequence[int], events: Sequence[Event]) -> list[list[int]]:
        """The places in `events` of those that happened where each of these players can see."""
        heard: list[list[int]] = [[] for _ in eids]
        viewers = self.rows_of(eids)
        ex = np.array([event.x for event in events], np.int64) // GRID
        ey = np.array([event.y for event in events], np.int64) // GRID
        for at, near in _near(self.x[viewers], self.y[viewers], ex, ey):
            who, what = np.nonzero(near)
            for listener, place in zip((who + at).tolist(), what.tolist(), strict=True):
                heard[listener].append(place)
        return heard

    def rows_of(self, eids: Sequence[int]) -> Whole:
        """Where these players are found, all of whom must be there."""
        return np.searchsorted(self.eids, np.array(eids, np.int64))

    def squares(self, viewers: Whole, size: int, across: int) -> list[int]:
        """The square of `size` units in which each stands; numbered row by row, `across` in one."""
        rows, columns = self.exact_y[viewers] // size, self.exact_x[viewers] // size
        return (rows * across + columns).tolist()  # type: ignore[no-any-return]

    def nearest_first(self, viewers: Whole, who: Whole, whom: Whole) -> Iterator[Seen]:
        """The records of all pairs, cut by viewer."""
        who, whom = self._by_distance(viewers, who, whom)
        data = self.records(viewers[who], whom)
        at = 0
        for count in np.bincount(who, minlength=len(viewers)).tolist():
            yield data[at : at + count * MOVER_BYTES], count
            at += count * MOVER_BYTES

    def records(self, one: Whole, other: Whole) -> bytes:
        """The records of the movers in the rows `other`, as those in the rows `one` see them."""
        dx, dy = self._way(one, other)
        records = self.eids[other] | self.states[other] << 16
        records |= (dx & 0xFFF) << 24 | (dy & 0xFFF) << 36
        octets = records.astype("<i8", copy=False).view(np.uint8).reshape(-1, 8)
        return octets[:, :MOVER_BYTES].tobytes()

    def _by_distance(self, viewers: Whole, who: Whole, whom: Whole) -> tuple[Whole, Whole]:
        dx, dy = self._way(viewers[who], whom)
        # One sort for everybody: by viewer, then distance (24 bits), then mover. The key holds all
        # that is needed afterwards: sorting values is several times faster than sorting places.
        key = who << 40 | (dx * dx + dy * dy) << 16 | whom
        key.sort()
        return key >> 40, key & 0xFFFF

    def _nearest(self, viewers: Whole, who: Whole, whom: Whole) -> tuple[Whole, Whole]:
        """Of each viewer's pairs as many as can be told."""
        who, whom = self._by_distance(viewers, who, whom)
        counts = np.bincount(who)
        rank = np.arange(len(who)) - np.repeat(counts.cumsum() - counts, counts)
        kept = np.sort((who << 16 | whom)[rank < MAX_MOVERS])
        return kept >> 16, kept & 0xFFFF

    def _way(self, one: Whole, other: Whole) -> tuple[Whole, Whole]:
        return self.x[other] - self.x[one], self.y[other] - self.y[one]


def _look(player: Player) -> int:
    """The state that is told of a player."""
    body = player.body
    return mover_state(
        KIND_BOT if player.is_bot else KIND_PLAYER,
        body.facing,
        body.cargo != EMPTY,
        body.dash_left > 0,
        player.away,
    )


def _near(
    x: Whole, y: Whole, other_x: Whole, other_y: Whole
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
