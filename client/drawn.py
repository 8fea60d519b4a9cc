"""What a window draws: positions already predicted, interpolated and eased. Units are tiles."""

from dataclasses import dataclass

from game.items import Cargo


@dataclass(frozen=True, slots=True)
class DrawnSelf:
    """The player's own body this very frame."""

    x: float
    y: float
    facing: int  # eighths of a turn, clockwise, 0 = up
    moving: bool
    dashing: bool
    dash_ready: float  # 0 just dashed .. 1 may dash again
    cargo: Cargo
    target: int  # node being worked on, 0 none
    progress: float  # of the work on it, 0..1


@dataclass(frozen=True, slots=True)
class DrawnMover:
    """Another moving thing, where it was a moment ago."""

    eid: int
    kind: int  # protocol.hot.KIND_*
    x: float
    y: float
    facing: int
    moving: bool
    carrying: bool
    dashing: bool
    away: bool
