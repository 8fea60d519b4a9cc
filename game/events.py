"""What happened in one tick, for eyes and ears; never needed to know the state."""

from enum import IntEnum

import msgspec


class EventKind(IntEnum):
    """What happened. In brackets: what `other` and `amount` tell."""

    TOOK = 1  # (nid, Item)
    DEPOSITED = 2  # (team, points)
    DROPPED = 3  # (-, items)
    BUMPED = 4  # eid dashed into (the rival, items that fell)
    BITTEN = 5  # eid was touched by (the moth, items that fell)
    DASHED = 6
    LEVEL_UP = 7  # a lantern (team, the new level)
    STAR_WARNING = 8  # (-, ticks until it falls)
    STAR_FELL = 9  # (nid of the pile, items)
    PHASE = 10  # (0 lobby, 1 countdown, 2 play, 3 results; round number)
    JOINED = 11  # (team, -)
    LEFT = 12  # (team, -)
    POINTED = 13  # (what is pointed at, -)
    FUEL_LOW = 14  # a lantern (team, wood left)


class Event(msgspec.Struct, frozen=True, array_like=True):
    """One happening at position (x, y), in 1/65536 tile. `eid` 0: the world itself."""

    kind: EventKind
    eid: int = 0
    other: int = 0
    amount: int = 0
    x: int = 0
    y: int = 0
