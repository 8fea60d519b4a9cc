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
        self._told: dict[Place, int] = {}  # tick at which a cell last came whole

    def learn(self, cells: Iterable[Cell], tick: int) -> None:
        """Take in what a snapshot of `tick` tells of some cells."""
        for cell in cells:
            place = (cell.cx, cell.cy)
            if cell.tiles is not None:
                self._lay(place, cell.tiles, tick)
            self._set_nodes(place, cell)

    def nearest_target(self, body: Body, rules: Rules) -> int:
        """The nid of the nearest node that the body can work on now, 0 for none."""
        nearest, best = 0, rules.reach * rules.reach + 1
        for nid, node in self.nodes_around(body.x // UNIT, body.y // UNIT):
            dx, dy = node.tx * UNIT + UNIT // 2 - body.x, node.ty * UNIT + UNIT // 2 - body.y
            distance = dx * dx + dy * dy
            if distance < best and may_gather(body, node, rules):
                nearest, best = nid, distance
        return nearest

    def nodes_around(self, tx: int, ty: int) -> Iterator[tuple[int, Node]]:
        """(nid, node) of the cells within two tiles of a tile: what may be in reach."""
        side = self._cell_tiles
        for cx in range((tx - 2) // side, (tx + 2) // side + 1):
            for cy in range((ty - 2) // side, (ty + 2) // side + 1):
                for nid in self._cells.get((cx, cy), ()):
                    yield nid, self.nodes[nid]

    def foresee(self, takes: Counter[int]) -> None:
        """Set the stocks to what the server told, minus `takes` (by nid)."""
        for nid in self.foreseen.union(takes):
            node = self.nodes.get(nid)
            if node is not None:
                node.stock = max(0, self._stock[nid] - takes[nid])
        self.foreseen = set(takes)

    def forget_before(self, tick: int) -> None:
        """A new map was made: forget every cell that did not come whole at `tick` or later."""
        old, self.terrain = self.terrain, Terrain.unknown(self.terrain.size)
        for place in list(self._cells):
            if self._told[place] < tick:
                for nid in tuple(self._cells.pop(place)):
                    self._drop(nid)
                del self._told[place]
            else:
                tiles = old.cell(*place, self._cell_tiles)
                self.terrain.set_cell(*place, self._cell_tiles, tiles)
        self.version += 1

    def _lay(self, place: Place, tiles: bytes, tick: int) -> None:
        self.terrain.set_cell(*place, self._cell_tiles, tiles)
        for nid in tuple(self._cells.setdefault(place, set())):
            self._drop(nid)
        self._told[place] = tick
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
