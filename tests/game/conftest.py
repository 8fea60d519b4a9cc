"""Worlds to test with: made once, copied for each test; on wild or on flat ground."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from game.body import Body, Command
from game.inputs import Act, ActKind, Commands, Join
from game.moth import Moth
from game.rules import UNIT, Mode, Rules
from game.state import Phase
from game.terrain import Tile
from game.world import World

SMALL = {"map_tiles": 64, "lobby_ms": 1_000, "countdown_ms": 1_000}


@cache
def _saved(rules: Rules, seed: int) -> bytes:
    return World.create(rules, seed).encode()


class Table:
    """A world and short words for what tests do with it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rules = world.rules
        self._acts = 0

    def join(self, eid: int, team: int = -1, **more: Any) -> Any:
        self.world.step([Join(eid, f"p{eid}", team, **more)])
        return self.world.players[eid]

    def play(self) -> World:
        """Go on until play begins."""
        for _ in range(self.rules.ticks(self.rules.lobby_ms + self.rules.countdown_ms) + 2):
            if self.world.phase is Phase.PLAY:
                return self.world
            self.world.step([])
        raise AssertionError(f"no play, but {self.world.phase}")

    def put(self, eid: int, tx: int, ty: int, cargo: tuple[int, int, int] = (0, 0, 0)) -> Body:
        """A player's body in the middle of a tile, with a cargo that the books know of."""
        body = self.world.players[eid].body
        body.x, body.y = tx * UNIT + UNIT // 2, ty * UNIT + UNIT // 2
        body.cargo = cargo
        self.world.spawned = tuple(
            held + burnt for held, burnt in zip(self.world.held(), self.world.burnt, strict=True)
        )
        return body

    def moth(self, tx: int, ty: int) -> Moth:
        """The only moth, in the middle of a tile."""
        x, y = tx * UNIT + UNIT // 2, ty * UNIT + UNIT // 2
        moth = Moth(60_000, x, y, goal_x=x, goal_y=y)
        self.world.moths = {60_000: moth}
        return moth

    def keys(self, eid: int, keys: int = 0, target: int = 0) -> Commands:
        """The next command of a player."""
        return Commands(eid, self.world.players[eid].last_seq + 1, (Command(keys, target),))

    def act(self, eid: int, kind: ActKind, arg: int = 0) -> Act:
        """The next act of a player."""
        return Act(eid, self.world.players[eid].last_act + 1, kind, arg)


@pytest.fixture
def table() -> Callable[..., Table]:
    """Make a table: a small world of the rules given, in its own copy."""

    def make(seed: int = 1, **changes: Any) -> Table:
        rules = Rules(**(SMALL | changes))
        return Table(World.decode(_saved(rules, seed), rules))

    return make


@pytest.fixture
def arena(table: Callable[..., Table]) -> Callable[..., Table]:
    """Make a table on bare flat ground, at play; lanterns of two teams stand at its far ends."""

    def make(**changes: Any) -> Table:
        flat = table(**({"moths": 0, "star_every_ms": 0} | changes))
        world = flat.world
        world.ground.clear()
        world.terrain.tiles[:] = bytes([Tile.GRASS]) * len(world.terrain.tiles)
        for lantern, (tx, ty) in zip(world.lanterns, ((5, 5), (58, 58)), strict=False):
            lantern.tx, lantern.ty = tx, ty
        world.spawned = world.held()
        world.phase = Phase.PLAY
        world.phase_ends = 0 if world.rules.mode is Mode.VILLAGE else 1_000_000
        return flat

    return make
