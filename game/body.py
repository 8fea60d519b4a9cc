"""A person's body, and what a person can ask of it in one tick."""

from enum import IntFlag

import msgspec

from game.items import EMPTY, Cargo


class Keys(IntFlag):
    """What is held down during one tick."""

    UP = 1
    DOWN = 2
    LEFT = 4
    RIGHT = 8
    DASH = 16


class Command(msgspec.Struct, frozen=True, array_like=True):
    """One tick's intent. `target` is the node being worked on, 0 for none.

    The target is named by the player, not found by the server: a node that grows back in the
    moment between two snapshots can then not make a prediction wrong.
    """

    keys: int = 0
    target: int = 0


IDLE = Command()


class Body(msgspec.Struct, array_like=True):
    """All that a command reads and changes; what the client predicts and the server decides.

    Positions are in 1/65536 tile, times in ticks of the body's own commands.
    """

    x: int
    y: int
    facing: int = 4  # eighths of a turn, clockwise, 0 = up
    dash_left: int = 0
    dash_wait: int = 0
    target: int = 0
    progress: int = 0
    cargo: Cargo = EMPTY
    warp: int = 0  # counts (mod 256) the times the server has put the body somewhere else
    felt_left: int = 0
    felt: int = 0  # items that it walks as if it carried, while felt_left lasts

    @property
    def load(self) -> int:
        """Items carried."""
        return sum(self.cargo)
