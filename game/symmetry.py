"""Rotations of a square map: what one team finds, every other team finds as well."""

from array import array
from collections.abc import Iterator

from game.ahead import SLICE, Sliced, pieces
from game.noise import Field


def order(teams: int) -> int:
    """How many quarter, half or whole turns leave the map as it is: 1, 2 or 4.

    Three teams play on three of four equal places: squares have no third of a turn.
    """
    return (1, 1, 2, 4, 4)[teams]


def orbit(tx: int, ty: int, size: int, turns: int) -> Iterator[tuple[int, int]]:
    """The tile and its images under all rotations of this order, itself first."""
    yield tx, ty
    if turns == 4:
        yield size - 1 - ty, tx
    if turns >= 2:
        yield size - 1 - tx, size - 1 - ty
    if turns == 4:
        yield ty, size - 1 - tx


def is_first(tx: int, ty: int, size: int, turns: int) -> bool:
    """Whether the tile is the one of its orbit that stands for all of it."""
    half = size // 2
    if turns == 4:
        return tx < half and ty < half
    return turns == 1 or ty < half


def symmetric(values: Field, size: int, turns: int) -> Sliced[Field]:
    """The sum of a field and its rotations: equal on all tiles of an orbit."""
    if turns >= 2:
        halves = array("i")
        for piece, turned in zip(pieces(values), pieces(values[::-1]), strict=True):
            halves.extend([a + b for a, b in zip(piece, turned, strict=True)])
            yield
        values = halves
    if turns == 4:
        quarters = array("i")
        for tx, row in enumerate(pieces(values, size)):
            quarters.extend([a + b for a, b in zip(row, values[tx::size][::-1], strict=True)])
            if tx * size % SLICE < size:
                yield
        values = quarters
    return values
