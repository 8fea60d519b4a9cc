"""Chance that is part of the world: the same seed gives the same numbers everywhere."""

from typing import Final

import msgspec

_MASK: Final = (1 << 64) - 1


def mixed(value: int) -> int:
    """64 well mixed bits of any integer (the output function of splitmix64)."""
    value &= _MASK
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
    return value ^ value >> 31


class Rng(msgspec.Struct, array_like=True):
    """A splitmix64 generator; `state` is all there is to it, 64 bits."""

    state: int

    def bits(self) -> int:
        """The next 64 bits."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & _MASK
        return mixed(self.state)

    def below(self, bound: int) -> int:
        """A number from 0 to `bound` - 1; `bound` is at least 1."""
        return self.bits() * bound >> 64

    def between(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)
