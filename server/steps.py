"""What changed since the last tick for each player who knows the rest: STEP, for all at once.

The layout is protocol.step's; a property test holds what is made here equal to an obvious encoder.
What counts here is the number of calls into numpy: of 200 players each of them costs more than what
it does.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from game.rules import TICK_RATES
from game.world import World
from protocol.movers import MOVER_BYTES
from protocol.step import GOES, MOVED, STILL, TURNS, TYPE, WAY_BYTES, pack_head, rest_changed
from server.visibility import Movers, Seen, Whole

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


class More(NamedTuple):
    """What a STEP has to tell besides its head and its changes, and does not hold yet."""

    rest: bytes  # of the own body, see protocol.step.rest_changed
    came: bytes  # the records of those who came


NO_MORE: Final = More(b"", b"")

Stepped = tuple[list[bytes], list[More | None]]
"""STEPs of a head and changes, and what else each has to tell."""


class Steps:
    """Remembers who was told of whom in the last tick, and how everybody looked then.

    A pair is one number: the row of who sees, times all movers, plus the row of who is seen.
    """

    def __init__(self) -> None:
        self._movers: Movers | None = None
        self._viewers: Sequence[int] = ()
        self._told = _NONE  # ascending

    def look(self, world: World) -> Movers:
        """The movers of this moment, compared with those of the last.

        If they are others, so are all rows, nobody can follow, and everybody is told whole. To keep
        account of rows in each tick would cost more than it saves: people seldom come and go.
        """
        return Movers(world, self._movers)

    def tell(
        self,
        movers: Movers,
        strangers: Sequence[int],
        followers: Sequence[int],
        waits: Sequence[int],
    ) -> tuple[list[Seen], Stepped]:
        """What strangers are told: all that they see; and followers: what changed in it.

        The eids of both ascend. Who follows was told in the last tick, of the same movers; so many
        of their commands wait.
        """
        seen: list[Seen] = []
        stepped: Stepped = [], []
        told, before = _NONE, self._movers
        if followers and before is not None:
            viewers = movers.rows_of(followers)
            who, whom = movers.pairs(viewers)
            told = viewers[who] * len(movers.eids) + whom
            if followers != self._viewers:
                self._told = self._told[np.isin(self._told // len(movers.eids), viewers)]
            stepped = self._stepped(before, movers, viewers, waits, told)
        if strangers:
            viewers = movers.rows_of(strangers)
            who, whom = movers.pairs(viewers)
            seen += movers.nearest_first(viewers, who, whom)
            told = np.sort(np.append(told, viewers[who] * len(movers.eids) + whom))
        self._viewers = sorted((*strangers, *followers)) if strangers else followers
        self._movers, self._told = movers, told
        return seen, stepped

    def _stepped(
        self, before: Movers, movers: Movers, viewers: Whole, waits: Sequence[int], pairs: Whole
    ) -> Stepped:
        """What became of each follower and of those they were told; and who is new to them."""
        told, many = self._told, len(movers.eids)
        who = told // many
        whom = told - who * many
        stays, new = _compared(told, pairs)
        change, words = _done(before, movers)
        changes = change[whom]
        changes[~stays] = GOES
        counts = np.bincount(who, minlength=many)[viewers]
        heads = _Heads(before, movers, viewers, waits)
        data, ends = _packed(changes, words[whom], counts, heads)
        steps = _cut(data, ends)
        for place, head in heads.far().items():
            steps[place] = head + steps[place]
        more: list[More | None] = [None] * len(steps)
        for place, rest in heads.rests.items():
            more[place] = More(rest, b"")
        came = np.sort(np.append(new, told[stays & (changes == GOES)]))
        one = came // many
        records = movers.records(one, came - one * many)
        sizes = np.bincount(one, minlength=many)[viewers] * MOVER_BYTES
        places = np.flatnonzero(sizes)  # somebody new is in few views
        for place, told_new in zip(
            places.tolist(), _cut(records, sizes[places].cumsum()), strict=True
        ):
            more[place] = (more[place] or NO_MORE)._replace(came=told_new)
        return steps, more


class _Heads:
    """The head of each follower's STEP: what became of their own body, and what waits of them."""

    def __init__(
        self, before: Movers, movers: Movers, viewers: Whole, waits: Sequence[int]
    ) -> None:
        self._commands = movers.last_seqs[viewers] - before.last_seqs[viewers]
        self._dx = dx = movers.exact_x[viewers] - before.exact_x[viewers]
        self._dy = dy = movers.exact_y[viewers] - before.exact_y[viewers]
        self._waits = np.array(waits, np.int8)
        self._flags = [0] * len(viewers)
        self.rests: dict[int, bytes] = {}
        """What is to be told of the rest of their bodies, by their place among the followers."""
        self._compare(before, movers, viewers)
        self.forms = (dx | dy).astype(np.bool_).astype(np.int64)
        """Which head each has."""
        self.forms[(self._commands >> 8 | dx + 0x8000 >> 16 | dy + 0x8000 >> 16) != 0] = _FAR

    def _compare(self, before: Movers, movers: Movers, viewers: Whole) -> None:
        """Look at the rests of their bodies, which are mostly as they were."""
        changed = np.array(movers.changed, np.int64)
        places = np.searchsorted(viewers, changed)
        for row, place in zip(changed.tolist(), places.tolist(), strict=True):
            if place < len(viewers) and viewers[place] == row:
                flag, rest = rest_changed(
                    before.rests[row], movers.rests[row], int(self._commands[place])
                )
                self._flags[place] = flag
                if rest:
                    self.rests[place] = rest

    def words(self) -> tuple[_Words, _Words]:
        """Each head as two words: what all have, and the way."""
        first = TYPE | (self.forms | self._flags) << 8 | self._commands << 16
        first |= self._waits.view(np.uint8).astype(np.int64) << 24
        second = self._dx & 0xFFFF | (self._dy & 0xFFFF) << 16
        return first.astype("<u4"), second.astype("<u4")

    def far(self) -> dict[int, bytes]:
        """The heads of those whose way does not fit, by their place among the followers."""
        return {
            place: pack_head(
                int(self._commands[place]),
                int(self._waits[place]),
                int(self._dx[place]),
                int(self._dy[place]),
                self._flags[place],
            )
            for place in np.flatnonzero(self.forms == _FAR).tolist()
        }


def _cut(data: bytes, at: Whole) -> list[bytes]:
    ends = at.tolist()
    return [data[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


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


def _packed(changes: _Bytes, words: _Words, counts: Whole, heads: _Heads) -> tuple[bytes, Whole]:
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
    full[first], full[first + 1] = heads.words()
    full[first + 2] = counts
    parts[first], parts[first + 1], parts[first + 2] = (
        _ALL * (heads.forms != _FAR),
        _ALL * (heads.forms == 1),
        1,
    )
    ways = np.append(0, _SIZES[changes].cumsum())[sums]
    ends = ways + last + _HEAD_SIZES[heads.forms].cumsum()
    return full.view(np.uint8)[parts.view(np.bool_)].tobytes(), ends
