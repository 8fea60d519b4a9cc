"""All that can enter a world from outside. A world is its seed, its rules and these, in order."""

from enum import IntEnum

import msgspec

from game.body import Command


class Join(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """A player enters. `team` -1 lets the world balance the teams."""

    eid: int
    name: str
    team: int = -1
    is_bot: bool = False


class Leave(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """A player is gone for good; what they carried falls to the ground."""

    eid: int


class Presence(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """A player's line was cut (away) or is back."""

    eid: int
    away: bool


class Commands(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """The commands of one player that this tick applies, oldest first; `seq` numbers the last."""

    eid: int
    seq: int
    commands: tuple[Command, ...]


class ActKind(IntEnum):
    """An act: a thing asked once, numbered by the player, done at most once."""

    DEPOSIT = 1
    READY = 2  # arg 1 ready, 0 not
    TEAM = 3  # arg: the team wanted; lobby only
    DROP = 4  # lay all cargo down
    PING = 5  # arg: what is pointed at; shown to the team


class Act(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """An act, applied where it stands in the order of inputs. Repeated ids do nothing."""

    eid: int
    act_id: int
    kind: ActKind
    arg: int = 0


class Close(msgspec.Struct, frozen=True, array_like=True, tag=6):
    """The host ends the running phase now."""


Input = Join | Leave | Presence | Commands | Act | Close
