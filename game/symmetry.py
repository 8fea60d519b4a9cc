"""Rotations of a square map: what one team finds, every other team finds as well."""

from collections.abc import Iterator

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


def symmetric(values: Field, size: int, turns: int) -> Field:
    """The sum of a field and its rotations: equal on all tiles of an orbit."""
    if turns >= 2:
        values = [a + b for a, b in zip(values, reversed(values), strict=True)]
    if turns == 4:
        turned = [v for tx in range(size) for v in values[tx::size][::-1]]
        values = [a + b for a, b in zip(values, turned, strict=True)]
    return values
