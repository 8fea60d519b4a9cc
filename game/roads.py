"""Ways through the land: roads, bridges, passes; at the end every place can be reached."""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Final

from game.ahead import Sliced
from game.noise import Field
from game.symmetry import orbit
from game.terrain import SOLID, Terrain, Tile

_COST: Final = (0, 20, 30, 28, 20, 8, 50, 160, 12)
"""What a road pays for a tile, by Tile."""

_WANDER: Final = 14  # 7 x 65536 by this many bits: up to 27 more for a tile, so roads wind
_RIM: Final = 3  # roads keep this far from the end of the map, if they can at all
_LONELY: Final = 400  # what a tile out there costs more
_POCKET: Final = 40  # a place of fewer tiles is closed, not connected
_SLICE: Final = 600  # tiles looked at before other work may go on

_OPEN: Final = -1


class Roads:
    """The building of ways on one terrain, the same for every team."""

    def __init__(self, terrain: Terrain, turns: int, chance: Field) -> None:
        self._terrain = terrain
        self._turns = turns
        self._costs = _costs(terrain, chance)

    def build(self, start: tuple[int, int], ends: Sequence[tuple[int, int]]) -> Sliced[None]:
        """Roads from one place to some others: branches of one tree, so that they share ways."""
        size = self._terrain.size
        left = {ty * size + tx for tx, ty in ends}
        goals = sorted(left)

        def is_last(i: int) -> bool:
            left.discard(i)
            return not left

        came, _ = yield from self._search(start[1] * size + start[0], is_last)
        for goal in goals:
            self._carve(_trace(came, goal), Tile.PATH)

    def connect(self, site: tuple[int, int]) -> Sliced[None]:
        """Close small pockets that cannot be reached from the site, open ways to larger ones.

        All are closed before the first way is opened: only so do ways cross the same land for
        every team.
        """
        terrain = self._terrain
        reached = bytearray(len(terrain.tiles))
        _flood(terrain, site[1] * terrain.size + site[0], reached)
        main, large = bytes(reached), list[int]()
        yield
        for i, kind in enumerate(bytes(terrain.tiles)):
            if kind in SOLID or reached[i]:
                continue
            pocket = _flood(terrain, i, reached)
            if len(pocket) < _POCKET:
                _close(terrain, pocket)
            else:
                large.append(i)
        for start in large:
            came, end = yield from self._search(start, lambda j: bool(main[j]))
            self._carve(_trace(came, end), None)
            yield

    def _search(self, start: int, is_end: Callable[[int], bool]) -> Sliced[tuple[Field, int]]:
        """Dijkstra: from where each tile is reached most cheaply, and the tile that ended it."""
        size, costs = self._terrain.size, self._costs
        came = [_OPEN] * len(costs)
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

    def _carve(self, way: list[int], paving: Tile | None) -> None:
        """Make a way walkable: bridges over water, passes through cliffs.

        `paving` covers the rest; None leaves it wild.
        """
        tiles = self._terrain.tiles
        for i in way:
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


def _costs(terrain: Terrain, chance: Field) -> list[int]:
    """What each tile costs a road; 0 where none may go: the map stays closed."""
    size = terrain.size
    inner = range(_RIM, size - _RIM)
    costs = [0] * len(terrain.tiles)
    for ty in range(1, size - 1):
        for tx in range(1, size - 1):
            i = ty * size + tx
            costs[i] = _COST[terrain.tiles[i]] + (chance[i] >> _WANDER)
            if tx not in inner or ty not in inner:
                costs[i] += _LONELY
    return costs


def _trace(came: Sequence[int], i: int) -> list[int]:
    """The way that a search found to a tile, as indices, the tile first."""
    way = [i]
    while came[i] != i:
        i = came[i]
        way.append(i)
    return way


def _flood(terrain: Terrain, start: int, reached: bytearray) -> list[int]:
    """Mark all tiles that can be walked to from `start`; returns them."""
    size, tiles = terrain.size, terrain.tiles
    reached[start] = 1
    found = [start]
    for i in found:  # grows while it is walked through
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
