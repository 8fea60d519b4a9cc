"""What happened in a tick, for those who can know of it."""

from collections.abc import Sequence
from typing import Final

from game.events import Event, EventKind
from game.world import World
from protocol.hot import Happening
from protocol.snap import HAPPENING_BYTES, pack_happening
from server.visibility import Movers

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


class Happenings:
    """The events of one tick, each packed once: for everybody, for a team, or for who is near."""

    def __init__(self, world: World, events: Sequence[Event]) -> None:
        self._players = world.players
        self._public = b""
        self._for_team: dict[int, bytes] = {}
        self._local: list[Event] = []
        for event in events:
            if event.kind in _EVERYBODY:
                self._public += _packed(event)
            elif event.kind != EventKind.POINTED:
                self._local.append(event)
            elif event.eid in self._players:
                team = self._players[event.eid].team
                self._for_team[team] = self._for_team.get(team, b"") + _packed(event)

    def known_to(self, eids: Sequence[int], movers: Movers) -> list[bytes]:
        """What each of these players can hear or see of it, packed."""
        players, for_team = self._players, self._for_team
        known = [self._public] * len(eids)
        if for_team:
            known = [
                told + for_team.get(players[eid].team, b"")
                for told, eid in zip(known, eids, strict=True)
            ]
        if self._local:
            packed = [_packed(event) for event in self._local]
            for place, near in enumerate(movers.heard_by(eids, self._local)):
                if near:
                    known[place] += b"".join([packed[number] for number in near])
        return known


def _packed(event: Event) -> bytes:
    other, amount = min(event.other, 0xFFFF), min(event.amount, 0xFFFF)
    return pack_happening(Happening(event.kind, event.eid, other, amount))
