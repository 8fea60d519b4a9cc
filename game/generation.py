"""Maps from a seed."""

from typing import NamedTuple

from game.nodes import NodeKind
from game.rng import Rng, mixed
from game.rules import Rules
from game.terrain import Terrain, Tile


class Layout(NamedTuple):
    """A new map: ground, the lantern tile of each team, and (kind, tx, ty) of each node."""

    terrain: Terrain
    lanterns: tuple[tuple[int, int], ...]
    nodes: tuple[tuple[NodeKind, int, int], ...]


def generate(rules: Rules, seed: int) -> Layout:
    """The map of these rules and this seed."""
    size = rules.map_tiles
    rng = Rng(mixed(seed))
    terrain = Terrain(size, bytearray([Tile.GRASS]) * (size * size))
    near = size // 4
    far = size - 1 - near
    sites = ((near, near), (far, far), (near, far), (far, near))
    places = ((tx, ty) for ty in range(1, size, 5) for tx in range(1, size, 5))
    nodes = tuple((NodeKind(1 + rng.below(3)), tx, ty) for tx, ty in places)
    return Layout(terrain, sites[: rules.team_count()], nodes)
