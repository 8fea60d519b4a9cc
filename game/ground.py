"""What stands and lies on the ground: nodes, the piles among them, and when things grow back."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from game.items import EMPTY, Cargo, plus
from game.nodes import KINDS, NID_MAX, PILE_MAX, PILES, TRAITS, Node
from game.rules import Rules
from game.terrain import Terrain

CELL_TILES: Final = 16
"""Tiles along the side of a cell, in which nodes are told to players."""
CELL_NODES: Final = 255
"""Nodes in one cell; the wire counts them in one byte."""


class Ground:
    """All nodes by nid, on a terrain. At most one pile of a kind lies on a tile.

    No pile makes more than CELL_NODES nodes of a cell: nobody could see it.

    `regrowth` tells which nodes gain an item in which tick: no tick has to look at all nodes.
    A node is in it exactly once while it grows back and lacks something.
    `changed` are the nids that this tick touched and that are there, `removed` the tiles of
    the piles that were there before this tick and are gone.
    """

    def __init__(
        self,
        terrain: Terrain,
        nodes: dict[int, Node] | None = None,
        regrowth: dict[int, list[int]] | None = None,
        next_nid: int = 1,
    ) -> None:
        self.terrain = terrain
        self.nodes = {} if nodes is None else nodes
        self.regrowth = {} if regrowth is None else regrowth
        self.next_nid = next_nid
        self.changed: set[int] = set()
        self.removed: dict[int, tuple[int, int]] = {}
        self._born: set[int] = set()
        self._in_cell = Counter(_cell(node.tx, node.ty) for node in self.nodes.values())
        self._piles = {
            self._key(node.kind, node.tx, node.ty): nid
            for nid, node in self.nodes.items()
            if node.kind in PILES
        }

    def begin_tick(self) -> None:
        """Forget what the last tick touched."""
        self.changed.clear()
        self.removed.clear()
        self._born.clear()

    def add(self, kind: int, tx: int, ty: int) -> Cargo:
        """Place a full node; returns what has come into the world by it."""
        traits = TRAITS[kind]
        self._put(Node(kind, traits.stock, tx, ty))
        return plus(EMPTY, traits.item, traits.stock)

    def lay(self, item: int, count: int, tx: int, ty: int) -> int:
        """Lay items down at a tile or, where no room is, beside it; returns the last nid."""
        kind, nid = PILES[item], 0
        for x, y in self._around(tx, ty):
            there = self._piles.get(self._key(kind, x, y), 0)
            if not there and self._in_cell[_cell(x, y)] >= CELL_NODES:
                continue
            nid = there or self._put(Node(kind, 0, x, y))
            pile = self.nodes[nid]
            laid = min(count, PILE_MAX - pile.stock)
            if laid:
                pile.stock += laid
                self.changed.add(nid)
            count -= laid
            if not count:
                break
        return nid

    def scatter(self, cargo: Cargo, tx: int, ty: int) -> None:
        """Lay a whole cargo down at a tile."""
        for item, count in enumerate(cargo):
            if count:
                self.lay(item, count, tx, ty)

    def taken(self, nid: int, tick: int, rules: Rules) -> None:
        """One item was just taken: set the clock of what grows back, remove an empty pile."""
        node = self.nodes[nid]
        traits = TRAITS[node.kind]
        if not traits.regrow_ms:
            if not node.stock:
                self._remove(nid)
                return
        elif node.stock == traits.stock - 1:
            self._grow_at(tick + rules.ticks(traits.regrow_ms), nid)
        self.changed.add(nid)

    def regrow(self, tick: int, rules: Rules) -> Cargo:
        """Bring back what is due in this tick; returns what has come into the world by it."""
        grown = EMPTY
        for nid in self.regrowth.pop(tick, ()):
            node = self.nodes[nid]
            traits = TRAITS[node.kind]
            node.stock += 1
            if node.stock < traits.stock:
                self._grow_at(tick + rules.ticks(traits.regrow_ms), nid)
            self.changed.add(nid)
            grown = plus(grown, traits.item)
        return grown

    def refit(self, tick: int, rules: Rules) -> None:
        """Fit nodes to the present TRAITS, and let what is short of something grow from now."""
        self.regrowth.clear()
        for nid, node in sorted(self.nodes.items()):
            traits = TRAITS[node.kind]
            node.stock = min(node.stock, traits.stock)
            if traits.regrow_ms and node.stock < traits.stock:
                self._grow_at(tick + rules.ticks(traits.regrow_ms), nid)

    def renumber(self, first: int) -> None:
        """Number all nodes anew in their order, from `first` on.

        A plot is made before it is known which numbers will be free.
        """
        nids = [(first - 1 + place) % NID_MAX + 1 for place in range(len(self.nodes) + 1)]
        self.next_nid = nids.pop()
        self.nodes = dict(zip(nids, self.nodes.values(), strict=True))
        self.begin_tick()

    def clear(self) -> None:
        """Take everything away. Numbers go on: an old nid never soon means a new node."""
        self.nodes.clear()
        self.regrowth.clear()
        self._piles.clear()
        self._in_cell.clear()

    def contents(self) -> Cargo:
        """All items that nodes and piles hold."""
        stocks = dict.fromkeys(TRAITS, 0)
        for node in self.nodes.values():
            stocks[node.kind] += node.stock
        held = EMPTY
        for kind, stock in stocks.items():
            held = plus(held, TRAITS[kind].item, stock)
        return held

    def _put(self, node: Node) -> int:
        nid = self.next_nid
        while nid in self.nodes:
            nid = nid % NID_MAX + 1
        self.next_nid = nid % NID_MAX + 1
        self.nodes[nid] = node
        self._in_cell[_cell(node.tx, node.ty)] += 1
        self._born.add(nid)
        self.changed.add(nid)
        if node.kind in PILES:
            self._piles[self._key(node.kind, node.tx, node.ty)] = nid
        return nid

    def _remove(self, nid: int) -> None:
        node = self.nodes.pop(nid)
        self._in_cell[_cell(node.tx, node.ty)] -= 1
        del self._piles[self._key(node.kind, node.tx, node.ty)]
        self.changed.discard(nid)
        if nid not in self._born:
            self.removed[nid] = (node.tx, node.ty)

    def _grow_at(self, tick: int, nid: int) -> None:
        self.regrowth.setdefault(tick, []).append(nid)

    def _around(self, tx: int, ty: int) -> Iterator[tuple[int, int]]:
        """Tiles a body can stand on, from (tx, ty) outwards in square rings."""
        for ring in range(self.terrain.size):
            for dy in range(-ring, ring + 1):
                across = range(-ring, ring + 1) if abs(dy) == ring else (-ring, ring)
                for dx in across:
                    if not self.terrain.is_solid(tx + dx, ty + dy):
                        yield tx + dx, ty + dy

    def _key(self, kind: int, tx: int, ty: int) -> int:
        return (ty * self.terrain.size + tx) * KINDS + kind


def _cell(tx: int, ty: int) -> tuple[int, int]:
    """The cell of a tile."""
    return tx // CELL_TILES, ty // CELL_TILES
