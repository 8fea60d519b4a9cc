"""Smooth random fields over a square of tiles, integers only."""

import itertools
from typing import Final

from game.ahead import Sliced
from game.rng import mixed

Field = list[int]
"""`size` x `size` values, row by row."""

_ONE: Final = 256
_LATTICE: Final = 0x9E3779B1


def field(size: int, period: int, seed: int) -> Field:
    """Values 0..65535 that vary over about `period` tiles."""
    ramp = _ramp(period)
    rows = [_lattice_row(size // period + 2, y, seed) for y in range(size // period + 2)]
    values: Field = []
    for ty in range(size):
        above, below = rows[ty // period], rows[ty // period + 1]
        part = ramp[ty % period]
        edge = [a + ((b - a) * part >> 8) for a, b in zip(above, below, strict=True)]
        values += _blend(edge, ramp)[:size]
    return values


def layered(size: int, period: int, seed: int) -> Sliced[Field]:
    """A field of three layers, each of half the period and half the weight of the one before."""
    first = field(size, period, mixed(seed))
    yield
    second = field(size, period // 2, mixed(seed + 1))
    yield
    third = field(size, period // 4, mixed(seed + 2))
    yield
    return [4 * a + 2 * b + c for a, b, c in zip(first, second, third, strict=True)]


def quantile(values: Field, per_mille: int) -> int:
    """The value below which `per_mille` thousandths of the field lie."""
    return sorted(values)[min(len(values) - 1, len(values) * per_mille // 1000)]


def ridges(values: Field) -> Field:
    """How far each value is from the middle one: small along winding lines."""
    middle = quantile(values, 500)
    return [abs(value - middle) for value in values]


def _ramp(period: int) -> list[int]:
    """Smooth steps from 0 to 256 over a period."""
    return [t * t * (3 * period - 2 * t) * _ONE // period**3 for t in range(period)]


def _lattice_row(count: int, y: int, seed: int) -> list[int]:
    return [mixed(mixed(seed + y * _LATTICE) + x) >> 48 for x in range(count)]


def _blend(edge: list[int], ramp: list[int]) -> list[int]:
    """One row of the field from its lattice values."""
    row: list[int] = []
    for left, right in itertools.pairwise(edge):
        rise = right - left
        row += [left + (rise * part >> 8) for part in ramp]
    return row
