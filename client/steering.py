"""Walking along a way of tiles with eight keys, and noticing when that does not work."""

from random import Random
from typing import Final

from client.paths import Tile, way
from game.body import Body, Keys
from game.rules import UNIT
from game.terrain import Terrain

NEAR: Final = UNIT // 7
"""So near to a tile's middle a body passes between two solid tiles."""
STUCK_TICKS: Final = 20
SHAKE_TICKS: Final = 10
_DIRECTIONS: Final = tuple(
    int(keys) for keys in (Keys.UP, Keys.DOWN, Keys.LEFT, Keys.RIGHT, Keys.UP | Keys.LEFT)
)


class Steering:
    """Keeps one way and walks it; one call of `keys` a tick."""

    def __init__(self, rng: Random) -> None:
        self.goal: Tile | None = None
        self._rng = rng
        self._way: list[Tile] = []
        self._last = (0, 0)
        self._still = 0
        self._shaking = 0

    def go(self, goal: Tile | None) -> None:
        """Walk there from now on; None: stand."""
        if goal != self.goal:
            self.goal, self._way, self._still = goal, [], 0

    def keys(self, body: Body, terrain: Terrain) -> int:
        """The keys of this tick."""
        if self.goal is None:
            return 0
        if self._shaking:
            self._shaking -= 1
            return self._direction
        if self._is_stuck(body):
            self._shaking, self._way = SHAKE_TICKS, []
            self._direction = self._rng.choice(_DIRECTIONS)
        at = (body.x // UNIT, body.y // UNIT)
        if not self._way:
            self._way = way(terrain, at, self.goal) or [self.goal]
        return self._towards(body, terrain)

    def _towards(self, body: Body, terrain: Terrain) -> int:
        tx, ty = self._way[0]
        dx, dy = tx * UNIT + UNIT // 2 - body.x, ty * UNIT + UNIT // 2 - body.y
        if abs(dx) <= NEAR and abs(dy) <= NEAR:
            self._way.pop(0)
            return self._towards(body, terrain) if self._way else 0
        if terrain.is_solid(tx, ty):
            self._way = []  # it was unknown when the way was made
            return 0
        return _pressed(dx, dy)

    def _is_stuck(self, body: Body) -> bool:
        place = (body.x, body.y)
        self._still = self._still + 1 if place == self._last else 0
        self._last = place
        if self._still < STUCK_TICKS:
            return False
        self._still = 0
        return True

    _direction = 0


def _pressed(dx: int, dy: int) -> int:
    keys = 0
    if abs(dx) > NEAR:
        keys |= Keys.RIGHT.value if dx > 0 else Keys.LEFT.value
    if abs(dy) > NEAR:
        keys |= Keys.DOWN.value if dy > 0 else Keys.UP.value
    return keys
