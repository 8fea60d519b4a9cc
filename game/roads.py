"""Ways through the land: roads, bridges, passes; at the end every place can be reached."""

from array import array
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Final

from game.ahead import SLICE, Sliced
from game.noise import Field
from game.symmetry import orbit
from game.terrain import SOLID, Terrain, Tile

_COST: Final = (0, 20, 30, 28, 20, 8, 50, 160, 12)
"""What a road pays for a tile, by Tile."""

_WANDER: Final = 14  # 7 x 65536 by this many bits: up to 27 more for a tile, so roads wind
_RIM: Final = 3  # roads keep this far from the end of the map, if they can at all
_LONELY: Final = 400  # what a tile out there costs more
_POCKET: Final = 40  # a place of fewer tiles is closed, not connected
_SLICE: Final = 500  # tiles looked at in a search before other work may go on
_WALKED: Final = 4_000  # tiles walked through, likewise

_OPEN: Final = -1


class Roads:
    """The building of ways on one terrain, the same for every team."""

    def __init__(self, terrain: Terrain, turns: int, chance: Field) -> None:
        self._terrain = terrain
        self._turns = turns
        self._chance = chance
        self._costs = array("i")

    def build(self, start: tuple[int, int], ends: Sequence[tuple[int, int]]) -> Sliced[None]:
        """Roads from one place to some others: branches of one tree, so that they share ways."""
        yield from self._survey()
        size = self._terrain.size
        left = {ty * size + tx for tx, ty in ends}
        goals = sorted(left)

        def is_last(i: int) -> bool:
            left.discard(i)
            return not left

        came, _ = yield from self._search(start[1] * size + start[0], is_last)
        for goal in goals:
            yield from self._carve(_trace(came, goal), Tile.PATH)

    def connect(self, site: tuple[int, int]) -> Sliced[None]:
        """Close small pockets that cannot be reached from the site, open ways to larger ones.

        All are closed before the first way is opened: only so do ways cross the same land for
        every team.
        """
        yield from self._survey()
        terrain = self._terrain
        reached = bytearray(len(terrain.tiles))
        yield from _flood(terrain, site[1] * terrain.size + site[0], reached)
        main, large = bytes(reached), list[int]()
        for i, kind in enumerate(bytes(terrain.tiles)):
            if i % SLICE == 0:
                yield
            if kind in SOLID or reached[i]:
                continue
            pocket = yield from _flood(terrain, i, reached)
            if len(pocket) < _POCKET:
                _close(terrain, pocket)
            else:
                large.append(i)
        for start in large:
            came, end = yield from self._search(start, lambda j: bool(main[j]))
            yield from self._carve(_trace(came, end), None)

    def _survey(self) -> Sliced[None]:
        """What each tile costs a road; 0 where none may go: the map stays closed.

        Done once, before anything is built.
        """
        size, tiles = self._terrain.size, self._terrain.tiles
        chance, costs = self._chance, self._costs
        if costs:
            return
        for ty in range(size):
            is_inner = _RIM <= ty < size - _RIM
            row = [0] * size
            for tx in range(1, size - 1) if 0 < ty < size - 1 else ():
                i = ty * size + tx
                row[tx] = _COST[tiles[i]] + (chance[i] >> _WANDER)
                if not is_inner or not _RIM <= tx < size - _RIM:
                    row[tx] += _LONELY
            costs.extend(row)
            if ty * size % SLICE < size:
                yield

    def _search(self, start: int, is_end: Callable[[int], bool]) -> Sliced[tuple[Field, int]]:
        """Dijkstra: from where each tile is reached most cheaply, and the tile that ended it."""
        size, costs = self._terrain.size, self._costs
        came = array("i", [_OPEN]) * len(costs)
        queue = [(0, start, start)]
        looked, i = 0, start
        while queue:
            cost, i, before = heappop(queue)
            if came[i] != _OPEN:
                continue
            came[i] = before
            if is_end(i):
                break
            for j in (i - size, i - 1, i + 1, i + size):
                if costs[j] and came[j] == _OPEN:
                    heappush(queue, (cost + costs[j], j, i))
            looked += 1
            if looked % _SLICE == 0:
                yield
        return came, i

    def _carve(self, way: list[int], paving: Tile | None) -> Sliced[None]:
        """Make a way walkable: bridges over water, passes through cliffs.

        `paving` covers the rest; None leaves it wild.
        """
        tiles = self._terrain.tiles
        for far, i in enumerate(way):
            if far % _SLICE == 0:
                yield
            kind = tiles[i]
            if kind in (Tile.WATER, Tile.BRIDGE):
                self._lay(i, Tile.BRIDGE)
                self._widen(i)
            else:
                self._lay(i, paving or (Tile.ROCK if kind == Tile.CLIFF else Tile(kind)))

    def _widen(self, i: int) -> None:
        """A second lane beside a bridge: two people with full bags can pass each other."""
        for j in (i + 1, i + self._terrain.size):
            if self._terrain.tiles[j] == Tile.WATER:
                self._lay(j, Tile.BRIDGE)

    def _lay(self, i: int, kind: Tile) -> None:
        size = self._terrain.size
        for tx, ty in orbit(i % size, i // size, size, self._turns):
            self._terrain.tiles[ty * size + tx] = kind


def _trace(came: Sequence[int], i: int) -> list[int]:
    """The way that a search found to a tile, as indices, the tile first."""
    way = [i]
    while came[i] != i:
        i = came[i]
        way.append(i)
    return way


def _flood(terrain: Terrain, start: int, reached: bytearray) -> Sliced[list[int]]:
    """Mark all tiles that can be walked to from `start`; returns them."""
    size, tiles = terrain.size, terrain.tiles
    reached[start] = 1
    found = [start]
    for far, i in enumerate(found, 1):  # grows while it is walked through
        if far % _WALKED == 0:
            yield
        for j in (i - size, i - 1, i + 1, i + size):
            if not reached[j] and tiles[j] not in SOLID:
                reached[j] = 1
                found.append(j)
    return found


def _close(terrain: Terrain, pocket: list[int]) -> None:
    size, tiles = terrain.size, terrain.tiles
    beside = {tiles[j] for i in pocket for j in (i - size, i - 1, i + 1, i + size)}
    for i in pocket:
        tiles[i] = Tile.WATER if Tile.WATER in beside else Tile.CLIFF
