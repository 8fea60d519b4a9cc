"""Ways over known ground, for bots: A* on tiles, eight directions, no cutting of corners."""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Final

from game.terrain import Terrain

Tile = tuple[int, int]

STRAIGHT: Final = 5
DIAGONAL: Final = 7
EXPANDED_MAX: Final = 1500
"""Tiles looked at before the best way so far is taken: a bot must not cost a frame."""


def way(terrain: Terrain, start: Tile, goal: Tile) -> list[Tile]:
    """The tiles from `start` (left out) to `goal`, or towards it if no way was found in time.

    Ground that is not known yet counts as walkable. Empty: already there, or walled in.
    """
    came: dict[Tile, Tile] = {start: start}
    costs = {start: 0}
    best, best_left = start, _left(start, goal)
    queue = [(best_left, start)]
    for _ in range(EXPANDED_MAX):
        if not queue or best == goal:
            break
        _, tile = heappop(queue)
        for neighbour, step in _neighbours(terrain, tile):
            cost = costs[tile] + step
            if cost < costs.get(neighbour, cost + 1):
                costs[neighbour], came[neighbour] = cost, tile
                left = _left(neighbour, goal)
                heappush(queue, (cost + left, neighbour))
                if left < best_left:
                    best, best_left = neighbour, left
    return _traced(came, best)


def _left(tile: Tile, goal: Tile) -> int:
    """The cost of the rest on open ground."""
    dx, dy = abs(tile[0] - goal[0]), abs(tile[1] - goal[1])
    return STRAIGHT * max(dx, dy) + (DIAGONAL - STRAIGHT) * min(dx, dy)


def _neighbours(terrain: Terrain, tile: Tile) -> Iterator[tuple[Tile, int]]:
    x, y = tile
    solid = terrain.is_solid
    left, right = not solid(x - 1, y), not solid(x + 1, y)
    up, down = not solid(x, y - 1), not solid(x, y + 1)
    for is_free, tx, ty in ((left, x - 1, y), (right, x + 1, y), (up, x, y - 1), (down, x, y + 1)):
        if is_free:
            yield (tx, ty), STRAIGHT
    for is_free, tx, ty in (
        (left and up, x - 1, y - 1),
        (right and up, x + 1, y - 1),
        (left and down, x - 1, y + 1),
        (right and down, x + 1, y + 1),
    ):
        if is_free and not solid(tx, ty):
            yield (tx, ty), DIAGONAL


def _traced(came: dict[Tile, Tile], end: Tile) -> list[Tile]:
    steps = []
    while came[end] != end:
        steps.append(end)
        end = came[end]
    return steps[::-1]
