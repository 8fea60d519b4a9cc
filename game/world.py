"""The world: made from rules and a seed, changed by inputs, one tick at a time."""

from collections.abc import Sequence
from typing import Self

from game import contact, moths, people, rounds, saving, star
from game.events import Event, EventKind
from game.ground import Ground
from game.inputs import Input
from game.items import Item
from game.lanterns import lights
from game.refit import mend
from game.rng import Rng, mixed
from game.rules import Rules
from game.state import Phase, State
from game.terrain import Terrain

__all__ = ["Phase", "World"]


class World(State):
    """A world that goes on. Mutable, deterministic, integers only.

    Equal rules, seed and inputs make equal worlds on every machine and every Python.
    """

    __slots__ = ()

    @classmethod
    def create(cls, rules: Rules, seed: int) -> Self:
        """A new world in tick 0; a village is at play at once, a rush waits in the lobby.

        Raises:
            ValueError: with a sentence, for a map size that cannot be.
        """
        seed &= rounds.SEED_MASK
        world = cls(
            rules=rules,
            seed=seed,
            rng=Rng(mixed(seed ^ rounds.SEED_MASK)),
            ground=Ground(Terrain.unknown(rules.map_tiles)),
            lanterns=[],
        )
        rounds.begin(world)
        world.events, world.remade = [], False  # of steps, and there was none yet
        return world

    def step(self, inputs: Sequence[Input]) -> list[Event]:
        """One tick: apply the inputs in their order, then let the world act.

        Never raises: an input that makes no sense (an unknown eid, a repeated act, a target
        that is not there) is ignored, always in the same way.
        """
        self.tick += 1
        self.remade = False
        self.events = []
        self.ground.begin_tick()
        self._act(people.receive(self, inputs))
        return self.events

    def hash(self) -> str:
        """64 hex digits; equal for equal worlds only."""
        return saving.seal(self.encode())

    def encode(self) -> bytes:
        """The whole world in bytes."""
        return saving.encode(self)

    @classmethod
    def decode(cls, data: bytes, rules: Rules) -> Self:
        """The world that was encoded, going on under `rules`.

        With the rules it was saved with, its hash and its future are the same. With others it
        goes on as far as it fits them (see game.refit).

        Raises:
            ValueError: with a sentence, when the bytes are not a whole saved world.
        """
        return saving.decode(data, cls, rules)

    def mend(self) -> list[str]:
        """Put right what a fault of ours left behind; a sentence for each thing that was wrong."""
        return mend(self)

    def _act(self, dashing: set[int]) -> None:
        self.spawn(self.ground.regrow(self.tick, self.rules))
        lit = lights(self.lanterns, self.rules)
        contact.pass_tick(self, dashing, lit)
        if self.players:
            moths.pass_tick(self, lit)
        if self.phase is Phase.PLAY:
            self._burn()
            star.pass_tick(self)
        rounds.pass_tick(self)

    def _burn(self) -> None:
        """Lanterns burn while anybody is here: a household's village keeps its light overnight."""
        if self.is_deserted:
            return
        ending = [lantern for lantern in self.lanterns if not lantern.burns_on()]
        people = rounds.team_sizes(self) if ending else []
        for lantern in ending:
            if lantern.burn(self.rules, people[lantern.team]):
                self.spend((1, 0, 0))
                wood = lantern.stock[Item.WOOD]
                if wood == self.rules.fuel_low:
                    where = (lantern.x, lantern.y)
                    self.events.append(Event(EventKind.FUEL_LOW, 0, lantern.team, wood, *where))
