"""Maps from a seed: pretty to look at, fair to all teams, every place within reach."""

from typing import Final, NamedTuple

from game import landscape, planting
from game.ahead import Ahead, Sliced
from game.landscape import Site
from game.planting import Plant
from game.rng import Rng, mixed
from game.roads import Roads
from game.rules import Rules
from game.symmetry import orbit, order
from game.terrain import Terrain, Tile

SIZE_MIN: Final = 64
"""Tiles a side; on less, the meadows around the lanterns would break through the rim."""

_COMPASS: Final = ((41, 0), (40, 9), (37, 18), (33, 26), (29, 31), (22, 36), (12, 40), (4, 42))
"""Ways from the middle to a lantern on a map of 128 tiles."""


class Layout(NamedTuple):
    """A new map: ground, the lantern tile of each team, and (kind, tx, ty) of each node."""

    terrain: Terrain
    lanterns: tuple[Site, ...]
    nodes: tuple[Plant, ...]


def generate(rules: Rules, seed: int) -> Layout:
    """The map of these rules and this seed; rotating it by a team's turn leaves it as it is.

    Raises:
        ValueError: with a sentence, for a size that no map can have.
    """
    return Ahead(generation(rules, seed)).result()


def generation(rules: Rules, seed: int) -> Sliced[Layout]:
    """The work of `generate`, in slices of a few milliseconds."""
    size, teams = rules.map_tiles, rules.team_count()
    if size < SIZE_MIN or size % 2:
        raise ValueError(
            f"A map cannot have {size} tiles a side: choose an even number from {SIZE_MIN} on."
        )
    turns, rng = order(teams), Rng(mixed(seed))
    home = _home(size, turns, rng)
    sites = tuple(orbit(*home, size, turns))
    layers = yield from landscape.fields(size, rng.bits(), turns)
    terrain = yield from landscape.shape(size, layers, sites)
    roads = Roads(terrain, turns, layers.rim)
    yield from roads.build(home, _ends(size, home, turns, rng))
    _market(terrain)
    yield from roads.connect(home)
    nodes = yield from planting.plant(terrain, sites, turns, rng.bits())
    return Layout(terrain, sites[:teams], nodes)


def _home(size: int, turns: int, rng: Rng) -> Site:
    """The first lantern: near the middle of a village, else well away from it."""
    if turns == 1:
        stray = size // 12
        return size // 2 + rng.between(-stray, stray), size // 2 + rng.between(-stray, stray)
    dx, dy = _COMPASS[rng.below(len(_COMPASS))]
    return (size - 1) // 2 + dx * size // 128, (size - 1) // 2 + dy * size // 128


def _ends(size: int, home: Site, turns: int, rng: Rng) -> list[Site]:
    """Where roads from the first lantern lead: the middle, places on the flanks, far corners."""
    low, high = size // 8, size - 1 - size // 8
    if turns == 1:
        return [
            (low, rng.between(low, high)),
            (high, rng.between(low, high)),
            (rng.between(low, high), low),
            (rng.between(low, high), high),
        ]
    middle = (size // 2, size // 2)
    left, _, right = list(orbit(*home, size, 4))[1:]
    far = (rng.between(low, high), rng.between(low, size // 4))
    return [middle, left, far] if turns == 4 else [middle, left, right, far]


def _market(terrain: Terrain) -> None:
    """A crossroads of four by four tiles in the very middle."""
    low = terrain.size // 2 - 2
    for ty in range(low, low + 4):
        for tx in range(low, low + 4):
            terrain.tiles[ty * terrain.size + tx] = Tile.PATH
