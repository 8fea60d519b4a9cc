"""What changed since the last tick for each player who knows the rest: STEP, for all at once.

The layout is protocol.step's; a property test holds what is made here equal to an obvious encoder.
What counts here is the number of calls into numpy: of 200 players each of them costs more than what
it does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.rules import TICK_RATES
from protocol.movers import MOVER_BYTES
from protocol.step import GOES, MOVED, STILL, TURNS, TYPE, WAY_BYTES, pack_head
from server.visibility import Movers, Seen, Whole

Stepped = tuple[bytes, bytes]
"""A STEP of a head and changes; and the records of those who came, which it does not hold yet."""

_Bytes = NDArray[np.uint8]
_Words = NDArray[np.uint32]

_NONE: Final = np.empty(0, np.int64)
_BELOW_ALL: Final = np.array([-2])
_SIZES: Final = np.array(WAY_BYTES)
_PARTS: Final = np.array([0, 0x01_01_00, 0x01_01_01_00, 0], "<u4")
"""Which bytes of a mover's word each change has: dx, dy and state, above one that is left free."""
_HEAD_SIZES: Final = np.array([STILL.size, MOVED.size, 0])
_FAR: Final = 2
"""The head that does not fit into two words, and is packed by itself: nobody walks so far."""
_ALL: Final = 0x01_01_01_01
assert WAY_BYTES == (0, 2, 3, 0)  # noqa: S101 - or the words above are of another protocol
assert 2 * max(TICK_RATES) < 0x80  # noqa: S101 - or what waits of a player is no signed byte
assert (STILL.format, MOVED.format) == ("<BBBb", "<BBBbhh")  # noqa: S101 - and so those of a head


@dataclass(frozen=True, slots=True)
class Followers:
    """Who was told in the last tick and is told what changed, one list for each part of it.

    Their eids, which ascend; how many of their commands were applied since; how long these waited;
    the flag for the rest of their body, of protocol.step.rest_changed.
    """

    eids: list[int]
    commands: list[int]
    waits: list[int]
    flags: list[int]


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
        self, movers: Movers, strangers: Sequence[int], followers: Followers
    ) -> tuple[list[Seen], list[Stepped]]:
        """What strangers are told: all that they see; and followers: what changed in it.

        The eids of both ascend. Who follows was told in the last tick, and `may_follow`.
        """
        seen: list[Seen] = []
        stepped: list[Stepped] = []
        told, before, eids = _NONE, self._movers, followers.eids
        if eids and before is not None:
            viewers = movers.rows_of(eids)
            who, whom = movers.pairs(viewers)
            told = viewers[who] * len(movers.eids) + whom
            stepped = self._stepped(before, movers, followers, viewers, told)
        if strangers:
            viewers = movers.rows_of(strangers)
            who, whom = movers.pairs(viewers)
            seen += movers.nearest_first(viewers, who, whom)
            told = np.sort(np.append(told, viewers[who] * len(movers.eids) + whom))
        self._viewers = sorted((*strangers, *eids)) if strangers else eids
        self._movers, self._told = movers, told
        return seen, stepped

    def _stepped(
        self, before: Movers, movers: Movers, followers: Followers, viewers: Whole, pairs: Whole
    ) -> list[Stepped]:
        """What became of each follower and of those they were told; and who is new to them."""
        told, many = self._told, len(movers.eids)
        who = told // many
        if followers.eids != self._viewers:
            is_here = np.isin(who, viewers)
            told, who = told[is_here], who[is_here]
        whom = told - who * many
        stays, new = _compared(told, pairs)
        change, words = _done(before, movers)
        changes = change[whom]
        changes[~stays] = GOES
        counts = np.bincount(who, minlength=many)[viewers]
        dx = movers.exact_x[viewers] - before.exact_x[viewers]
        dy = movers.exact_y[viewers] - before.exact_y[viewers]
        forms, heads = _heads(followers, dx, dy)
        data, ends = _packed(changes, words[whom], counts, forms, heads)
        came = np.sort(np.append(new, told[stays & (changes == GOES)]))
        one = came // many
        records = movers.records(one, came - one * many)
        sizes = np.bincount(one, minlength=many)[viewers] * MOVER_BYTES
        news = [b""] * len(viewers)
        rows = np.flatnonzero(sizes)  # somebody new is in few views
        for row, told_new in zip(rows.tolist(), _cut(records, sizes[rows].cumsum()), strict=True):
            news[row] = told_new
        steps = _cut(data, ends)
        for row, head in _far_heads(followers, dx, dy, forms).items():
            steps[row] = head + steps[row]
        return list(zip(steps, news, strict=True))


def _cut(data: bytes, at: Whole) -> list[bytes]:
    ends = at.tolist()
    return [data[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


def _heads(followers: Followers, dx: Whole, dy: Whole) -> tuple[Whole, _Words]:
    """Which head each follower's STEP has, and it as two words: what all have, and the way."""
    commands = np.array(followers.commands)
    forms = (dx | dy).astype(np.bool_).astype(np.int64)
    forms[(commands >> 8 | dx + 0x8000 >> 16 | dy + 0x8000 >> 16) != 0] = _FAR
    heads = np.empty((len(forms), 2), "<u4")
    heads[:, 0] = TYPE | (forms | followers.flags) << 8 | commands << 16
    heads[:, 0] |= np.array(followers.waits, np.int8).view(np.uint8).astype(np.uint32) << 24
    heads[:, 1] = dx & 0xFFFF | (dy & 0xFFFF) << 16
    return forms, heads


def _far_heads(followers: Followers, dx: Whole, dy: Whole, forms: Whole) -> dict[int, bytes]:
    """The heads of those whose way does not fit, by their place among the followers."""
    return {
        row: pack_head(
            followers.commands[row],
            followers.waits[row],
            int(dx[row]),
            int(dy[row]),
            followers.flags[row],
        )
        for row in np.flatnonzero(forms == _FAR).tolist()
    }


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


def _packed(
    changes: _Bytes, words: _Words, counts: Whole, forms: Whole, heads: _Words
) -> tuple[bytes, Whole]:
    """The STEPs of all viewers, one behind the other; and where each ends.

    Each begins with a four of words for the head and the count, and a new four of its movers
    follows. A mover is a word of four bytes, and what is not told of it is left out at the end,
    with one mask for all.
    """
    fours = counts + 7 >> 2
    last = fours.cumsum()
    first = 4 * (last - fours)
    sums = counts.cumsum()
    place = np.arange(len(changes)) + (first + 4 - sums + counts).repeat(counts)
    spread, full = np.zeros(4 * last[-1], np.uint8), np.zeros(4 * last[-1], "<u4")
    spread[place], full[place] = changes, words
    four = spread.view("<u4")
    full[::4] |= (four | four >> 6 | four >> 12 | four >> 18) & 0xFF
    parts = _PARTS[spread]
    parts[::4] |= 1
    full[first], full[first + 1], full[first + 2] = heads[:, 0], heads[:, 1], counts
    parts[first], parts[first + 1], parts[first + 2] = (
        _ALL * (forms != _FAR),
        _ALL * (forms == 1),
        1,
    )
    ways = np.append(0, _SIZES[changes].cumsum())[sums]
    ends = ways + last + _HEAD_SIZES[forms].cumsum()
    return full.view(np.uint8)[parts.view(np.bool_)].tobytes(), ends
