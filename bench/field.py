"""A saved world, made with the server's own store: bodies on a field, and the right to resume."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.scenario import Place, Scenario
from game import rounds, star
from game.body import Body
from game.generation import Layout
from game.ground import Ground
from game.nodes import NodeKind
from game.player import Player
from game.rng import Rng
from game.rules import Rules
from game.saving import seal
from game.state import Phase
from game.terrain import Terrain, Tile
from game.world import World
from protocol.resume import TokenState, hashed
from server.store.database import FILE, Database
from server.store.rows import NEXT_EID, Batch, SessionChange, SessionRow, SnapshotRow, kind_of

_KINDS: Final = (
    *(NodeKind.TREE,) * 34,
    *(NodeKind.BOULDER,) * 18,
    *(NodeKind.GLIMMER,) * 9,
)  # as game.planting plants them


def save_field(folder: Path, scenario: Scenario, rules: Rules) -> list[str]:
    """Save a world at play in an empty folder; returns the token of each player, by eid from 1.

    Raises:
        StoreError: when it cannot be written.
    """
    world = field(scenario, rules)
    tokens = [secrets.token_urlsafe(24) for _ in world.players]
    rows = [
        SessionRow(secrets.token_hex(16), eid, TokenState(hashed(token)))
        for eid, token in zip(world.players, tokens, strict=True)
    ]
    data = world.encode()
    batch = Batch(
        last_tick=world.tick,
        snapshot=SnapshotRow(world.tick, kind_of(rules), rules.hash(), seal(data), data),
        sessions={row.player: SessionChange(row, None) for row in rows},
        meta={NEXT_EID: scenario.players + 1},
    )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Database(folder / FILE)
    store.prepare()
    store.begin(epoch=1, line=1, tick=world.tick)
    store.commit(batch)
    store.close()
    return tokens


def field(scenario: Scenario, rules: Rules) -> World:
    """The world of a scenario, its round just begun."""
    size = scenario.map_tiles
    world = World(
        rules=rules,
        seed=scenario.seed,
        rng=Rng(scenario.seed),
        ground=Ground(Terrain.unknown(size)),
        lanterns=[],
    )
    rounds.begin(world, _layout(scenario, rules))
    for eid, (x, y) in enumerate(scenario.bodies(), 1):
        team = eid % len(world.lanterns)
        world.players[eid] = Player(eid, f"Walker {eid}", team, Body(x, y))
    world.phase = Phase.PLAY
    world.phase_ends = world.tick + rules.ticks(rules.round_ms)
    star.begin(world)
    return world


def _layout(scenario: Scenario, rules: Rules) -> Layout:
    """Meadow, and cliff all around it."""
    size, side, corner = scenario.map_tiles, scenario.side, scenario.corner
    terrain = Terrain(size, bytearray((Tile.CLIFF,)) * size**2)
    for ty in range(corner, corner + side):
        at = ty * size + corner
        terrain.tiles[at : at + side] = bytes((Tile.GRASS,)) * side
    nodes = [(_KINDS[i % len(_KINDS)], *tile) for i, tile in enumerate(scenario.nodes())]
    return Layout(terrain, tuple(_homes(scenario, rules.team_count())), tuple(nodes))


def _homes(scenario: Scenario, teams: int) -> Sequence[Place]:
    """The teams' lanterns, in a row across the middle."""
    middle = scenario.corner + scenario.side // 2
    step = scenario.side // (teams + 1)
    return [(scenario.corner + step * (team + 1), middle) for team in range(teams)]
