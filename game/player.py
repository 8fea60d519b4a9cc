"""A person, or a bot, in the world."""

from typing import Final

import msgspec

from game.body import Body

EID_MAX: Final = 59_999
"""The highest eid of a player; moths stand above it."""

NAME_MAX: Final = 16


class Player(msgspec.Struct, array_like=True):
    """A player and their body. `last_seq` and `last_act` number what has been applied."""

    eid: int
    name: str
    team: int
    body: Body
    score: int = 0  # points handed in by this player in this round
    ready: bool = False
    away: bool = False
    is_bot: bool = False
    last_seq: int = 0
    last_act: int = 0
    safe_until: int = 0  # the tick until which nothing makes them drop cargo
