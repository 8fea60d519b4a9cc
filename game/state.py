"""Everything a world is made of; what acts on it lives in a module of its own."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from game.ahead import Ahead
from game.events import Event, EventKind
from game.ground import Ground
from game.items import EMPTY, Cargo, split, total
from game.lanterns import Lantern
from game.moth import Moth
from game.nodes import Node
from game.player import Player
from game.plot import Plot
from game.rng import Rng
from game.rules import UNIT, Rules
from game.star import Star
from game.terrain import Terrain


class Phase(StrEnum):
    """Where a round stands. A village is always at play."""

    LOBBY = "lobby"
    COUNTDOWN = "countdown"
    PLAY = "play"
    RESULTS = "results"


PHASES: Final = tuple(Phase)
"""The phases in their order; a PHASE event tells the place in it."""


@dataclass(slots=True, kw_only=True)
class State:
    """A world at rest. `spawned` and `burnt` keep the books that invariants checks."""

    rules: Rules
    seed: int
    """Of the present map."""
    rng: Rng
    ground: Ground
    lanterns: list[Lantern]
    tick: int = 0
    number: int = 1
    """Of the round, from 1."""
    phase: Phase = Phase.LOBBY
    phase_ends: int = 0
    """The tick in which the phase ends, 0 for open."""
    players: dict[int, Player] = field(default_factory=dict)
    moths: dict[int, Moth] = field(default_factory=dict)
    star: Star | None = None
    next_star: int = 0
    """The tick in which the next star falls, 0 for none."""
    spawned: Cargo = EMPTY
    burnt: Cargo = EMPTY

    # of the last step only
    events: list[Event] = field(default_factory=list)
    remade: bool = False
    """The last step began a new map: every cell is another."""

    upcoming: Ahead[Plot] | None = None
    """The next map in the making: follows from `seed`, so it is no state."""

    @property
    def terrain(self) -> Terrain:
        """The ground's tiles."""
        return self.ground.terrain

    @property
    def nodes(self) -> dict[int, Node]:
        """All nodes and piles by nid."""
        return self.ground.nodes

    @property
    def changed_nodes(self) -> set[int]:
        """Nids that the last step touched and that exist."""
        return self.ground.changed

    @property
    def removed(self) -> dict[int, tuple[int, int]]:
        """The tiles of piles that the last step ended, by nid."""
        return self.ground.removed

    @property
    def is_deserted(self) -> bool:
        """Whether nobody is here: then no lantern burns and no star falls."""
        return all(player.away for player in self.players.values())

    def tell(self, event: EventKind, player: Player, other: int = 0, amount: int = 0) -> None:
        """Note a happening where a player stands."""
        body = player.body
        self.events.append(Event(event, player.eid, other, amount, body.x, body.y))

    def shed(self, player: Player, fallen: Cargo) -> None:
        """Lay down at a player's feet what their cargo no longer holds."""
        self.ground.scatter(fallen, player.body.x // UNIT, player.body.y // UNIT)

    def rob(self, player: Player, count: int) -> Cargo:
        """Make a player lose `count` items to somebody; returns what fell.

        The pace follows later, when the player's own client has heard of it (decision 015).
        """
        body, rules = player.body, self.rules
        if not body.felt_left or body.felt < body.load:
            body.felt = body.load
        body.felt_left = rules.ticks(rules.felt_ms)
        fallen, body.cargo = split(body.cargo, count)
        self.shed(player, fallen)
        player.safe_until = self.tick + rules.ticks(rules.shaken_ms)
        return fallen

    def held(self) -> Cargo:
        """All items that are in the world: on the ground, carried, in the lanterns."""
        held = self.ground.contents()
        for player in self.players.values():
            held = total(held, player.body.cargo)
        for lantern in self.lanterns:
            held = total(held, lantern.stock)
        return held

    def spawn(self, items: Cargo) -> None:
        """Note that items have come into the world."""
        self.spawned = total(self.spawned, items)

    def spend(self, items: Cargo) -> None:
        """Note that items have left the world."""
        self.burnt = total(self.burnt, items)
