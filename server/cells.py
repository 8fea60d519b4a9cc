"""Slow things by cell and version: encoded once, shared by everybody who is told."""

from array import array
from collections.abc import Mapping, Sequence
from typing import Final

from game.nodes import PILES, Node
from game.rules import UNIT
from game.world import World
from protocol.cells import CELL_TILES, MAX_NODES
from protocol.hot import NodeView
from protocol.snap import encode_cell_delta, encode_cell_whole

VIEW: Final = 2
"""Cells that are seen on each side of one's own: a square of 5 x 5."""
WHOLE_PER_SNAP: Final = 4
WHOLE_AT_FIRST: Final = 9
"""Whole cells in one SNAP: a join must not burst the line, but the first must show a place."""
KEPT: Final = 8
"""Cells along the side of the square that a connection is remembered to know: more than it sees,
so that whoever walks to and fro is not told the same again. The whole of the largest map would
take 4 KB for each connection; this takes half a one."""

CELL_UNITS: Final = CELL_TILES * UNIT
_RINGS: Final = tuple(
    sorted(
        ((dx, dy) for dy in range(-VIEW, VIEW + 1) for dx in range(-VIEW, VIEW + 1)),
        key=lambda step: step[0] ** 2 + step[1] ** 2,
    )
)


class CellBoard:
    """The cells of a world. A cell is known by its number, row by row."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.side = -(-world.rules.map_tiles // CELL_TILES)
        """Cells along a side of the map."""
        cells = range(self.side * self.side)
        self.newest = [cell << 32 | 1 for cell in cells]
        """Each cell's number and, in the lower half, its version."""
        self.places = [cell // self.side % KEPT * KEPT + cell % self.side % KEPT for cell in cells]
        """Where a CellView keeps each cell: another place for each of any KEPT x KEPT together."""
        self._around = self._seen_from(list(cells))
        self.generation = 0
        """How often the map was remade: then even whoever knew every cell knows none."""
        self.changed: dict[int, list[NodeView]] = {}
        """The cells that the newest tick touched, with the nodes that it changed."""
        self.touched: Mapping[int, Sequence[int]] = {}
        """For each cell those in view of it that the newest tick touched, where there are any.

        Made from the few cells that changed, for all who stand anywhere: to look at the 25 cells
        around each player was a third of a tick.
        """
        self._wholes: dict[int, bytes] = {}
        self._deltas: dict[int, bytes] = {}
        self._tiles: dict[int, bytes] = {}
        self._nodes: list[set[int]] = [set() for _ in cells]
        self._index()

    def tick(self) -> None:
        """Take in what the world's newest step did."""
        world = self._world
        self.changed, self._deltas = {}, {}
        touched: dict[int, list[int]] = {}
        if world.remade:
            self._remake()
            return
        for nid, (tx, ty) in world.removed.items():
            cell = self._of_tile(tx, ty)
            self._nodes[cell].discard(nid)
            self._note(cell, NodeView(nid, PILES[0], 0, tx, ty))
        for nid in sorted(world.changed_nodes):
            node = world.nodes[nid]
            cell = self._of_tile(node.tx, node.ty)
            self._nodes[cell].add(nid)
            self._note(cell, _seen(nid, node))
        for cell, views in self.changed.items():
            # More than a delta holds: two versions on, so that everybody is told it whole.
            self.newest[cell] += 1 if len(views) <= MAX_NODES else 2
            self._wholes.pop(cell, None)
            for near in self._around[cell]:
                touched.setdefault(near, []).append(cell)
        self.touched = touched

    def at(self, x: int, y: int) -> int:
        """The cell in which a position lies."""
        return y // CELL_UNITS * self.side + x // CELL_UNITS

    def around(self, at: int) -> Sequence[int]:
        """The cells in view of a cell, nearest first; none for one that is not on the map."""
        return self._around[at] if 0 <= at < len(self._around) else ()

    def delta(self, cell: int) -> bytes:
        """What the newest tick changed in a cell that it touched."""
        if cell not in self._deltas:
            cy, cx = divmod(cell, self.side)
            nodes = self.changed[cell]
            self._deltas[cell] = encode_cell_delta(cx, cy, self._version(cell), nodes)
        return self._deltas[cell]

    def whole(self, cell: int) -> bytes:
        """All of a cell."""
        if cell not in self._wholes:
            cy, cx = divmod(cell, self.side)
            nodes = self._world.nodes
            seen = [_seen(nid, nodes[nid]) for nid in sorted(self._nodes[cell])][:MAX_NODES]
            if cell not in self._tiles:
                self._tiles[cell] = self._world.terrain.cell(cx, cy, CELL_TILES)
            self._wholes[cell] = encode_cell_whole(
                cx, cy, self._version(cell), self._tiles[cell], seen
            )
        return self._wholes[cell]

    def _seen_from(self, cells: list[int]) -> list[tuple[int, ...]]:
        # All views share the numbers in `cells`: made anew, they would be a megabyte.
        side = self.side
        return [
            tuple(
                cells[at + dy * side + dx]
                for dx, dy in _RINGS
                if 0 <= at % side + dx < side and 0 <= at // side + dy < side
            )
            for at in cells
        ]

    def _version(self, cell: int) -> int:
        return self.newest[cell] & 0xFFFF_FFFF

    def _note(self, cell: int, view: NodeView) -> None:
        self.changed.setdefault(cell, []).append(view)

    def _remake(self) -> None:
        """A new map: every cell is another, and no delta leads there."""
        self.generation += 1
        self.newest = [newest + 2 for newest in self.newest]
        self.touched = dict(enumerate(self._around))
        self._wholes, self._tiles = {}, {}
        self._index()

    def _index(self) -> None:
        for cell in self._nodes:
            cell.clear()
        for nid, node in self._world.nodes.items():
            self._nodes[self._of_tile(node.tx, node.ty)].add(nid)

    def _of_tile(self, tx: int, ty: int) -> int:
        return ty // CELL_TILES * self.side + tx // CELL_TILES


class CellView:
    """What one connection knows of the cells; what it must be told next."""

    __slots__ = ("_generation", "_known", "_wholes", "done_at")

    def __init__(self) -> None:
        # In the place of a cell what was the newest when it was told.
        self._known = array("Q", (0,)) * (KEPT * KEPT)
        self.done_at = -1
        """The cell in whose view nothing is left to tell but what a tick touches; -1 for none."""
        self._generation = 0
        self._wholes = WHOLE_AT_FIRST

    def missed(self) -> None:
        """A SNAP was skipped: what it would have told is told whole, later."""
        self.done_at = -1

    def news(self, board: CellBoard, at: int) -> list[bytes]:
        """The cells that the next SNAP tells to who is in cell `at`, what is new nearest first.

        They count as told. After each tick of the board this or `missed`, unless they are done at
        `at` and no tick touches it: else a new map goes by unnoticed.
        """
        if at != self.done_at:
            return self._choose(board, at, board.around(at))
        touched = board.touched.get(at)
        return self._choose(board, at, touched) if touched else []

    def _choose(self, board: CellBoard, at: int, cells: Sequence[int]) -> list[bytes]:
        if board.generation != self._generation:
            self._generation, self._wholes = board.generation, WHOLE_AT_FIRST
        news: list[bytes] = []
        room, self.done_at = self._wholes, at
        all_newest, places, known = board.newest, board.places, self._known
        for cell in cells:
            newest, place = all_newest[cell], places[cell]
            if known[place] == newest:
                continue
            if known[place] == newest - 1 and cell in board.changed:
                news.append(board.delta(cell))
            elif room:
                room -= 1
                news.append(board.whole(cell))
            else:
                self.done_at = -1
                continue
            known[place] = newest
        if news:
            self._wholes = WHOLE_PER_SNAP
        return news


def _seen(nid: int, node: Node) -> NodeView:
    return NodeView(nid, node.kind, node.stock, node.tx, node.ty)
