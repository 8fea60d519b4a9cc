"""Smooth random fields over a square of tiles, integers only."""

import itertools
from array import array
from collections import Counter
from collections.abc import Sequence
from typing import Final, TypeAlias

from game.ahead import SLICE, Sliced, pieces
from game.rng import mixed

Field: TypeAlias = "array[int]"
"""`size` x `size` values of at most 31 bits, row by row. A list would be nine times as large, and
take milliseconds to be given back."""

_ONE: Final = 256
_LATTICE: Final = 0x9E3779B1
_ROUGH_BITS: Final = 11  # of a value, by which it is counted before it is looked at closely


def field(size: int, period: int, seed: int) -> Sliced[Field]:
    """Values 0..65535 that vary over about `period` tiles."""
    ramp = _ramp(period)
    count, values = size // period + 2, array("i")
    below, above = _lattice_row(count, 0, seed), list[int]()
    rows = max(1, SLICE // size // (1 + 8 // period))  # the finer, the more work in each
    for ty in range(size):
        row, part = divmod(ty, period)
        if part == 0:
            above, below = below, _lattice_row(count, row + 1, seed)
        edge = [a + ((b - a) * ramp[part] >> 8) for a, b in zip(above, below, strict=True)]
        values.extend(_blend(edge, ramp)[:size])
        if ty % rows == 0:
            yield
    return values


def layered(size: int, period: int, seed: int) -> Sliced[Field]:
    """A field of three layers, each of half the period and half the weight of the one before."""
    first = yield from field(size, period, mixed(seed))
    second = yield from field(size, period // 2, mixed(seed + 1))
    third = yield from field(size, period // 4, mixed(seed + 2))
    values = array("i")
    for one, two, three in zip(pieces(first), pieces(second), pieces(third), strict=True):
        values.extend([4 * a + 2 * b + c for a, b, c in zip(one, two, three, strict=True)])
        yield
    return values


def quantiles(values: Sequence[int], *per_mille: int) -> Sliced[list[int]]:
    """The values below which so many thousandths of the field lie.

    Counted roughly, then sorted where it matters: to sort a large field would be one long slice.
    """
    tops = list[int]()
    for piece in pieces(values):
        tops.append(max(piece))
        yield
    shift, rough = max(0, max(tops).bit_length() - _ROUGH_BITS), Counter[int]()
    for piece in pieces(values):
        rough.update([value >> shift for value in piece])
        yield
    last, found = len(values) - 1, list[int]()
    for part in per_mille:
        wanted = min(last, len(values) * part // 1000)
        bucket = -1
        for bucket in sorted(rough):
            if wanted < rough[bucket]:
                break
            wanted -= rough[bucket]
        close = list[int]()
        for piece in pieces(values):
            close += [value for value in piece if value >> shift == bucket]
            yield
        found.append(sorted(close)[wanted])
    return found


def ridges(values: Field) -> Sliced[Field]:
    """How far each value is from the middle one: small along winding lines."""
    (middle,) = yield from quantiles(values, 500)
    crests = array("i")
    for piece in pieces(values):
        crests.extend([abs(value - middle) for value in piece])
        yield
    return crests


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
