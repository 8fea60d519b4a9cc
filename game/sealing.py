"""The hash of a world that goes on, without packing anew what stands still."""

from typing import Final

import msgspec

from game import saving
from game.state import State

_BITS: Final = 3
"""Of a nid, within a pack: few enough that one byte tells how many are in it."""
_PER_STEP: Final = 64
"""Packs that are packed anew in one step: a whole new map is taken in within a second."""


class Sealing:
    """Follows a world from step to step: `hash` is then always the world's own.

    Most of a large world are thousands of nodes, of which few change: to order and encode them all
    each second was the longest part of that tick.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._packs: dict[int, bytes] = {}
        self._stale: set[int] = set()
        self._begin()

    def follow(self) -> None:
        """Take in what the newest step did; to be called after each."""
        ground = self._state.ground
        if self._state.remade:
            self._begin()
        self._stale.update(nid >> _BITS for nid in ground.changed)
        self._stale.update(nid >> _BITS for nid in ground.removed)
        self._pack(_PER_STEP)

    def hash(self) -> str:
        """As World.hash."""
        self._pack(len(self._stale))
        nodes = b"".join([self._packs[pack] for pack in sorted(self._packs)])
        return saving.seal(saving.encode(self._state, _listed(nodes, len(self._state.nodes))))

    def _begin(self) -> None:
        self._packs = {}
        self._stale = {nid >> _BITS for nid in self._state.nodes}

    def _pack(self, count: int) -> None:
        nodes = self._state.nodes
        for pack in [self._stale.pop() for _ in range(min(count, len(self._stale)))]:
            nids = range(pack << _BITS, (pack + 1) << _BITS)
            self._packs[pack] = saving.encode_nodes(
                (nid, nodes[nid]) for nid in nids if nid in nodes
            )


def _listed(parts: bytes, count: int) -> msgspec.Raw:
    """Encoded values as an encoded list of so many: what msgpack writes before them."""
    if count < 16:
        return msgspec.Raw(bytes((0x90 | count,)) + parts)
    return msgspec.Raw(b"\xdc" + count.to_bytes(2, "big") + parts)
