"""What was played, from a snapshot on: what a replay repeats, wherever it comes from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from game.inputs import Input
from game.rules import Rules
from game.saving import rules_in
from game.world import World
from protocol.rules import is_sound
from server.crash import Crash
from server.store.rows import StoreError, decode_inputs

MINUTE_S: Final = 60


class HistoryError(Exception):
    """There is nothing that can be replayed; the text says why and what to do."""


@dataclass(frozen=True)
class History:
    """The world after tick `start`, and all that happened to it until tick `last`.

    `ticks` has those in which anybody did anything, in their order, as the log holds them; `checks`
    the hashes that the live world had, now and then.
    """

    world: bytes
    start: int
    last: int
    ticks: Iterable[tuple[int, bytes]]
    checks: Mapping[int, str] = field(default_factory=dict)
    crash: Crash | None = None

    def open(self) -> World:
        """The world that it begins with, under its own rules.

        Raises:
            HistoryError: when it is damaged, or this version plays by other rules.
        """
        rules = self.rules()
        try:
            world = World.decode(self.world, rules)
        except ValueError as error:
            raise HistoryError(f"The snapshot in it cannot be read: {error}") from error
        if world.tick != self.start:
            raise HistoryError(f"Its snapshot is of tick {world.tick} and not of {self.start}.")
        return world

    def rules(self) -> Rules:
        """The rules that it was played by.

        Raises:
            HistoryError: when they are not those of this version.
        """
        try:
            rules, was = rules_in(self.world)
        except ValueError as error:
            raise HistoryError(f"The snapshot in it cannot be read: {error}") from error
        if rules.hash() != was:
            raise HistoryError(
                f"It was played by other rules ({was}) than this version would replay it by "
                f"({rules.hash()}), so it would become another story. Take the version of "
                "Lanternhold that it was played with."
            )
        if not is_sound(rules):
            raise HistoryError("No world can have the rules that stand in it: it is damaged.")
        return rules

    def inputs(self) -> Iterator[tuple[int, tuple[Input, ...]]]:
        """Every tick after `start` with its inputs, the quiet ones and the crash's included.

        Raises:
            HistoryError: at an entry that is damaged.
        """
        at = self.start
        for tick, data in self.ticks:
            yield from ((quiet, ()) for quiet in range(at + 1, tick))
            yield tick, _decoded(tick, data)
            at = tick
        yield from ((quiet, ()) for quiet in range(at + 1, self.last + 1))
        if self.crash is not None and self.crash.inputs is not None:
            yield self.crash.tick, _decoded(self.crash.tick, self.crash.inputs)


def _decoded(tick: int, data: bytes) -> tuple[Input, ...]:
    try:
        return decode_inputs(data)
    except StoreError as error:
        raise HistoryError(f"What happened in tick {tick} cannot be read: {error}.") from error
