"""Who sees whom: one vectorised pass a tick for all players.

The layout of a mover is protocol.snap's; a property test holds the two encoders equal.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.world import World
from protocol.hot import KIND_BOT, KIND_MOTH, KIND_PLAYER
from protocol.snap import GRID, MAX_MOVERS, MOVER, MOVER_BYTES, MOVER_REACH, mover_state

_RECORD: Final = np.dtype([("eid", "<u2"), ("state", "u1"), ("low", "u1"), ("high", "<u2")])
assert _RECORD.itemsize == MOVER.size == MOVER_BYTES  # noqa: S101 - a wrong layout must not import

Seen = tuple[bytes, int]
"""The records of a player's movers, and how many they are."""


class Movers:
    """All moving things of one moment, as arrays."""

    def __init__(self, world: World) -> None:
        eids: list[int] = []
        states: list[int] = []
        xs: list[int] = []
        ys: list[int] = []
        for eid, player in world.players.items():
            body = player.body
            kind = KIND_BOT if player.is_bot else KIND_PLAYER
            carrying, dashing = body.load > 0, body.dash_left > 0
            eids.append(eid)
            states.append(mover_state(kind, body.facing, carrying, dashing, player.away))
            xs.append(body.x)
            ys.append(body.y)
        for moth in world.moths.values():
            eids.append(moth.eid)
            states.append(mover_state(KIND_MOTH, moth.facing, False, False, False))
            xs.append(moth.x)
            ys.append(moth.y)
        self._rows = {eid: row for row, eid in enumerate(eids)}
        self._eid = np.array(eids, np.int64)
        self._state = np.array(states, np.uint8)
        # Both ends of a distance are put on the grid first: see protocol.snap.pack_mover.
        self._x = np.array(xs, np.int32) // GRID
        self._y = np.array(ys, np.int32) // GRID

    def seen_by(self, eids: Sequence[int]) -> list[Seen]:
        """What each of these players sees, nearest first, oneself left out."""
        if not eids:
            return []
        viewers = np.array([self._rows[eid] for eid in eids], np.intp)
        dx = self._x[None, :] - self._x[viewers, None]
        dy = self._y[None, :] - self._y[viewers, None]
        near = _in_reach(dx) & _in_reach(dy)
        near[np.arange(len(viewers)), viewers] = False
        who, whom = np.nonzero(near)
        dx, dy = dx[near].astype(np.int64), dy[near].astype(np.int64)
        # One sort for everybody: by viewer, then distance (24 bits), then eid (16 bits).
        order = np.argsort(who << 40 | (dx * dx + dy * dy) << 16 | self._eid[whom])
        data = self._pack(whom[order], dx[order], dy[order]).tobytes()
        return _cut(data, near.sum(axis=1).tolist())

    def _pack(
        self, whom: NDArray[np.intp], dx: NDArray[np.int64], dy: NDArray[np.int64]
    ) -> NDArray[np.void]:
        place = dx & 0xFFF | (dy & 0xFFF) << 12
        records = np.empty(len(whom), _RECORD)
        records["eid"] = self._eid[whom]
        records["state"] = self._state[whom]
        records["low"] = place & 0xFF
        records["high"] = place >> 8
        return records


def _in_reach(distance: NDArray[np.int32]) -> NDArray[np.bool_]:
    return (distance >= -MOVER_REACH) & (distance < MOVER_REACH)


def _cut(data: bytes, counts: Sequence[int]) -> list[Seen]:
    """One piece for each viewer; what is beyond the limit of a SNAP is left out."""
    pieces, at = [], 0
    for count in counts:
        kept = min(count, MAX_MOVERS)
        pieces.append((data[at : at + kept * MOVER_BYTES], kept))
        at += count * MOVER_BYTES
    return pieces
