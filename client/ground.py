"""The ground as far as it is known: tiles and nodes, with the player's own takes foreseen."""

from collections import Counter
from collections.abc import Iterable, Iterator

from game.body import Body
from game.gathering import may_gather
from game.nodes import PILES, Node
from game.rules import UNIT, Rules
from game.terrain import Terrain
from protocol.hot import Cell

Place = tuple[int, int]


class Ground:
    """Tiles and nodes that snapshots told of.

    `nodes` is what the player may count on: the server's stock minus the takes that it has not
    answered yet (`foreseen` names the nodes that differ for that reason). `version` grows
    whenever tiles became known.
    """

    def __init__(self, rules: Rules) -> None:
        self.terrain = Terrain.unknown(rules.map_tiles)
        self.nodes: dict[int, Node] = {}
        self.foreseen: set[int] = set()
        self.version = 0
        self._cell_tiles = rules.cell_tiles
        self._stock: dict[int, int] = {}  # as the server told it
        self._cells: dict[Place, set[int]] = {}
        self._owner: dict[int, set[int]] = {}  # the cell of a node

    def learn(self, cells: Iterable[Cell]) -> None:
        """Take in what a snapshot tells of some cells."""
        for cell in cells:
            place = (cell.cx, cell.cy)
            if cell.tiles is not None:
                self._lay(place, cell.tiles)
            self._set_nodes(place, cell)

    def nearest_target(self, body: Body, rules: Rules) -> int:
        """The nid of the nearest node that the body can work on now, 0 for none."""
        nearest, best = 0, rules.reach * rules.reach + 1
        for nid, node in self.nodes_near(body.x // UNIT, body.y // UNIT, 2):
            dx, dy = node.tx * UNIT + UNIT // 2 - body.x, node.ty * UNIT + UNIT // 2 - body.y
            distance = dx * dx + dy * dy
            if distance < best and may_gather(body, node, rules):
                nearest, best = nid, distance
        return nearest

    def nodes_near(self, tx: int, ty: int, tiles: int) -> Iterator[tuple[int, Node]]:
        """(nid, node) of the cells within so many tiles of a tile."""
        side = self._cell_tiles
        for cx in range((tx - tiles) // side, (tx + tiles) // side + 1):
            for cy in range((ty - tiles) // side, (ty + tiles) // side + 1):
                for nid in self._cells.get((cx, cy), ()):
                    yield nid, self.nodes[nid]

    def foresee(self, takes: Counter[int]) -> None:
        """Set the stocks to what the server told, minus `takes` (by nid)."""
        if not takes and not self.foreseen:
            return
        for nid in self.foreseen.union(takes):
            node = self.nodes.get(nid)
            if node is not None:
                node.stock = max(0, self._stock[nid] - takes[nid])
        self.foreseen = set(takes)

    def forget(self) -> None:
        """A new map was made: nothing that was known is true any more."""
        self.terrain = Terrain.unknown(self.terrain.size)
        for known in (self.nodes, self._stock, self._cells, self._owner):
            known.clear()
        self.version += 1

    def _lay(self, place: Place, tiles: bytes) -> None:
        self.terrain.set_cell(*place, self._cell_tiles, tiles)
        for nid in tuple(self._cells.setdefault(place, set())):
            self._drop(nid)
        self.version += 1

    def _set_nodes(self, place: Place, cell: Cell) -> None:
        if place not in self._cells:
            return  # a change to a cell that never came whole says nothing to us
        mine = self._cells[place]
        for view in cell.nodes:
            self._drop(view.nid)
            if view.stock or view.kind not in PILES:  # an empty pile is gone
                mine.add(view.nid)
                self._owner[view.nid] = mine
                self.nodes[view.nid] = Node(view.kind, view.stock, view.tx, view.ty)
                self._stock[view.nid] = view.stock

    def _drop(self, nid: int) -> None:
        """Forget a node, wherever it was: a pile's number may come again in another cell."""
        if nid in self.nodes:
            del self.nodes[nid], self._stock[nid]
            self._owner.pop(nid).discard(nid)
