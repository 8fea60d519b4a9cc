"""Lanterns: fuel becomes light, light is where the dark cannot hurt."""

from collections.abc import Sequence
from math import isqrt
from typing import Final

import msgspec

from game.items import EMPTY, Cargo, Item, total, worth
from game.rules import UNIT, Rules

LIGHT_UNIT: Final = UNIT // 16
"""Position units in one unit of light."""

Lights = tuple[tuple[int, int, int], ...]
"""(x, y, radius squared) of each lantern's light, in position units."""


class Lantern(msgspec.Struct, array_like=True):
    """A team's lantern on tile (tx, ty). `stock` is what it holds, `handed` all it was given."""

    team: int
    tx: int
    ty: int
    stock: Cargo = EMPTY
    level: int = 1
    burn_left: int = 0  # ticks until the next wood is burnt
    handed: Cargo = EMPTY

    @property
    def x(self) -> int:
        """The centre, in position units."""
        return self.tx * UNIT + UNIT // 2

    @property
    def y(self) -> int:
        """The centre, in position units."""
        return self.ty * UNIT + UNIT // 2

    @property
    def score(self) -> int:
        """The team's points of this round."""
        return worth(self.handed)

    def light(self, rules: Rules) -> int:
        """The radius of the light, in 1/16 tile."""
        wood = self.stock[Item.WOOD]
        if not wood:
            return rules.ember
        steady = rules.light_base + rules.light_per_level * self.level
        return min(rules.light_max, steady + isqrt(wood * rules.light_per_wood))

    def receive(self, cargo: Cargo, rules: Rules) -> tuple[int, Cargo]:
        """Take a cargo in and build with its stone; returns (levels gained, what that used)."""
        self.stock = total(self.stock, cargo)
        self.handed = total(self.handed, cargo)
        gained = min(self.stock[Item.STONE] // rules.stone_per_level, rules.level_max - self.level)
        used = gained * rules.stone_per_level
        self.level += gained
        self.stock = (self.stock[0], self.stock[1] - used, self.stock[2])
        return gained, (0, used, 0)

    def burns_on(self) -> bool:
        """Let one tick pass, if nothing ends in it: the wood that burns lasts, or there is none.

        Else it is for `burn` to let it pass, and False.
        """
        if not self.stock[Item.WOOD]:
            self.burn_left = 0
            return True
        if self.burn_left > 1:
            self.burn_left -= 1
            return True
        return False

    def burn(self, rules: Rules, people: int) -> bool:
        """Let one tick pass for a team of `people`; True when a wood was burnt in it.

        One person burns a wood in `burn_ms`, four burn two, sixteen six: every team has to
        send somebody for wood, however large it is.
        """
        if self.burns_on():
            return False
        is_burnt = self.burn_left == 1
        self.burn_left = rules.ticks(rules.burn_ms * 3 // (2 + max(1, people)))
        if is_burnt:
            self.stock = (self.stock[0] - 1, self.stock[1], self.stock[2])
        return is_burnt


def lights(lanterns: Sequence[Lantern], rules: Rules) -> Lights:
    """The lit circles of this moment."""
    return tuple(
        (lantern.x, lantern.y, (lantern.light(rules) * LIGHT_UNIT) ** 2) for lantern in lanterns
    )


def is_lit(x: int, y: int, lit: Lights) -> bool:
    """Whether a position lies in any light."""
    for cx, cy, squared in lit:
        dx, dy = x - cx, y - cy
        if dx * dx + dy * dy <= squared:
            return True
    return False
