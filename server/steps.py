"""What changed in each player's view since the last tick: the movers of STEP, for all at once.

The layout is protocol.step's; a property test holds what is made here equal to an obvious encoder.
What counts here is the number of calls into numpy: of 200 players each of them costs more than what
it does.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protocol.movers import MOVER_BYTES
from protocol.step import GOES, TURNS, WAY_BYTES
from server.visibility import Movers, Seen, Whole

Changed = tuple[int, bytes, bytes]
"""How many were told before, their changes as STEP has them, the records of those who came."""

_Bytes = NDArray[np.uint8]
_Words = NDArray[np.uint32]

_NONE: Final = np.empty(0, np.int64)
_BELOW_ALL: Final = np.array([-2])
_SIZES: Final = np.array(WAY_BYTES)
_PARTS: Final = np.array([0, 0x01_01_00, 0x01_01_01_00, 0], "<u4")
"""Which bytes of a mover's word each change has: dx, dy and state, above one that is left free."""
assert WAY_BYTES == (0, 2, 3, 0)  # noqa: S101 - or the words above are of another protocol


class Steps:
    """Remembers who was told of whom in the last tick, and how everybody looked then.

    A pair is one number: the row of who sees, times all movers, plus the row of who is seen.
    """

    def __init__(self) -> None:
        self._movers: Movers | None = None
        self._viewers: Sequence[int] = ()
        self._told = _NONE  # ascending

    def may_follow(self, movers: Movers) -> bool:
        """Whether these are the same movers as in the last tick.

        If not, all rows are others, and everybody is told whole. To keep account of rows in each
        tick would cost more than it saves, since people come and go seldom.
        """
        return self._movers is not None and np.array_equal(movers.eids, self._movers.eids)

    def tell(
        self, movers: Movers, strangers: Sequence[int], followers: Sequence[int]
    ) -> tuple[list[Seen], list[Changed]]:
        """What strangers are told: all that they see; and followers: what changed in it.

        The eids of both ascend. Who follows was told in the last tick, and `may_follow`.
        """
        seen: list[Seen] = []
        changed: list[Changed] = []
        told, before = _NONE, self._movers
        if followers and before is not None:
            viewers = movers.rows_of(followers)
            who, whom = movers.pairs(viewers)
            told = viewers[who] * len(movers.eids) + whom
            changed += self._changed(before, movers, followers, viewers, told)
        if strangers:
            viewers = movers.rows_of(strangers)
            who, whom = movers.pairs(viewers)
            seen += movers.nearest_first(viewers, who, whom)
            told = np.sort(np.append(told, viewers[who] * len(movers.eids) + whom))
        self._viewers = sorted((*strangers, *followers)) if strangers else followers
        self._movers, self._told = movers, told
        return seen, changed

    def _changed(
        self, before: Movers, movers: Movers, eids: Sequence[int], viewers: Whole, pairs: Whole
    ) -> Iterator[Changed]:
        """For each of the followers what became of those who were told, and who is new."""
        told, many = self._told, len(movers.eids)
        who = told // many
        if eids != self._viewers:
            is_here = np.isin(who, viewers)
            told, who = told[is_here], who[is_here]
        whom = told - who * many
        stays, new = _compared(told, pairs)
        change, words = _done(before, movers)
        changes = change[whom]
        changes[~stays] = GOES
        counts = np.bincount(who, minlength=many)[viewers]
        data, ends = _packed(changes, words[whom], counts)
        came = np.sort(np.append(new, told[stays & (changes == GOES)]))
        one = came // many
        records = movers.records(one, came - one * many)
        sizes = np.bincount(one, minlength=many)[viewers] * MOVER_BYTES
        at = begin = 0
        for count, end, size in zip(counts.tolist(), ends.tolist(), sizes.tolist(), strict=True):
            yield count, data[begin:end], records[at : at + size]
            begin, at = end, at + size


def _compared(told: Whole, pairs: Whole) -> tuple[NDArray[np.bool_], Whole]:
    """Of the pairs told which are still there, and those that were not told.

    Two ascending rows are merged, which a stable sort does in one go: a quarter of the time that
    it takes to look each up.
    """
    both = np.concatenate((_BELOW_ALL, told << 1, pairs << 1 | 1))
    both.sort(kind="stable")
    one = both[1:]
    again = one ^ both[:-1] == 1  # the same pair, told and still there
    is_now = (one & 1).astype(np.bool_)
    return np.append(again[1:], False)[~is_now], one[is_now & ~again] >> 1


def _done(before: Movers, movers: Movers) -> tuple[_Bytes, _Words]:
    """What each mover did since the last tick, and its word; once, for all who see it."""
    dx, dy = movers.x - before.x, movers.y - before.y
    change = (dx | dy).astype(np.bool_).view(np.uint8)  # STAYS or MOVES
    change[movers.states != before.states] = TURNS
    change[(dx + 128 | dy + 128) >> 8 != 0] = GOES  # too far for eight bits
    words = np.zeros((len(dx), 4), np.uint8)
    words[:, 1], words[:, 2], words[:, 3] = dx, dy, movers.states
    return change, words.view("<u4").ravel()


def _packed(changes: _Bytes, words: _Words, counts: Whole) -> tuple[bytes, Whole]:
    """The changes of all viewers' movers with their ways; and where each viewer's end.

    Each viewer begins with a new four. A mover is a word of four bytes, and what is not told of
    it is left out at the end, with one mask for all.
    """
    fours = counts + 3 >> 2
    last = fours.cumsum()
    gaps = 4 * (last - fours) + counts - counts.cumsum()
    place = np.arange(len(changes)) + gaps.repeat(counts)
    spread, full = np.zeros(4 * last[-1], np.uint8), np.zeros(4 * last[-1], "<u4")
    spread[place], full[place] = changes, words
    four = spread.view("<u4")
    full[::4] |= (four | four >> 6 | four >> 12 | four >> 18) & 0xFF
    parts = _PARTS[spread]
    parts[::4] |= 1
    ends = np.append(0, _SIZES[spread].cumsum())[4 * last] + last
    return full.view(np.uint8)[parts.view(np.bool_)].tobytes(), ends
