"""A new map made ready to be played on, so that the tick in which a round begins is short."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from game.ahead import Sliced, pieces
from game.generation import Layout, generation
from game.ground import Ground
from game.items import EMPTY, Cargo, total
from game.landscape import Site
from game.rules import Rules

_SLICE: Final = 256  # nodes that are put down before other work may go on


class Plot(NamedTuple):
    """Ground on which everything has grown, and the lanterns' places. Nids count from 1."""

    ground: Ground
    lanterns: Sequence[Site]
    grown: Cargo
    """All items that have come into the world with it."""


def made(rules: Rules, seed: int) -> Sliced[Plot]:
    """The plot of a seed, in slices of a few milliseconds."""
    return (yield from planted((yield from generation(rules, seed))))


def planted(layout: Layout) -> Sliced[Plot]:
    """The plot of a layout."""
    ground, grown = Ground(layout.terrain), EMPTY
    for piece in pieces(layout.nodes, _SLICE):
        for kind, tx, ty in piece:
            grown = total(grown, ground.add(kind, tx, ty))
        yield
    return Plot(ground, layout.lanterns, grown)
