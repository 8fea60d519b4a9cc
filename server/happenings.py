"""What happened in a tick, for those who can know of it."""

from collections.abc import Sequence
from typing import Final

from game.events import Event, EventKind
from game.player import Player
from game.world import World
from protocol.hot import Happening
from protocol.snap import GRID, HAPPENING_BYTES, MOVER_REACH, pack_happening

MAX_BYTES: Final = 255 * HAPPENING_BYTES

_EVERYBODY: Final = frozenset(
    {
        EventKind.LEVEL_UP,
        EventKind.STAR_WARNING,
        EventKind.STAR_FELL,
        EventKind.PHASE,
        EventKind.JOINED,
        EventKind.LEFT,
        EventKind.FUEL_LOW,
    }
)
_REACH: Final = MOVER_REACH * GRID


class Happenings:
    """The events of one tick, each packed once."""

    def __init__(self, world: World, events: Sequence[Event]) -> None:
        self._world = world
        self._events = [(event, _packed(event)) for event in events]

    def __bool__(self) -> bool:
        return bool(self._events)

    def known_to(self, eid: int) -> bytes:
        """What a player can hear or see of it, packed."""
        player = self._world.players[eid]
        return b"".join(data for event, data in self._events if self._reaches(event, player))

    def _reaches(self, event: Event, player: Player) -> bool:
        if event.kind in _EVERYBODY or player.eid in (event.eid, event.other):
            return True
        if event.kind == EventKind.POINTED:
            pointer = self._world.players.get(event.eid)
            return pointer is not None and pointer.team == player.team
        body = player.body
        return abs(event.x - body.x) < _REACH and abs(event.y - body.y) < _REACH


def _packed(event: Event) -> bytes:
    other, amount = min(event.other, 0xFFFF), min(event.amount, 0xFFFF)
    return pack_happening(Happening(event.kind, event.eid, other, amount))
