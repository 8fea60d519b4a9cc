"""Rare news for everybody: who is here, where the round stands, what is said."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, Literal

from game.player import Player
from game.world import World
from protocol.codec import encode
from protocol.messages import Chat, Roster, RosterEntry, Round, Standing
from server.peer import Peer

PAUSE_S: Final = 0.5
"""Between two ROSTERs or two ROUNDs, unless something cannot wait."""
PIECE: Final = 256
"""Entries in one ROSTER; of more there are several in a row."""
CHANGES: Final = 64
"""Of those who are known already, the changes told at once: what a player is told each second must
not grow with how many there are. The others' turn comes with the next ROSTER."""
CHAT_MAX: Final = 200


class Herald:
    """Tells changes only, at most twice a second. `tick_base` makes wire ticks of world ticks."""

    def __init__(self, world: World, tick_base: int) -> None:
        self._world = world
        self._tick_base = tick_base
        self._told: dict[int, RosterEntry] = {}  # what was told longest ago comes first
        self._whole: tuple[int, list[bytes]] = (-1, [])  # of which tick
        self._round: Round | None = None
        self._roster_at = self._round_at = float("-inf")

    def greet(self, peer: Peer) -> None:
        """Tell somebody who has just been welcomed all there is."""
        if self._whole[0] != self._world.tick:  # many may come in one tick
            entries = [_entry(player) for player in self._world.players.values()]
            self._whole = (self._world.tick, list(_rosters(entries, whole=True)))
        peer.write_all([*self._whole[1], encode(self._present_round())])

    def news(self, now: float) -> list[bytes]:
        """What has changed; to be told before the SNAPs, so that nobody is seen unnamed."""
        return [*self._roster_news(now), *self._round_news(now)]

    def say(
        self,
        peers: Iterable[Peer],
        text: str,
        eid: int = 0,
        channel: Literal["all", "team"] = "all",
    ) -> None:
        """Chat. `eid` 0 is the server itself."""
        shown = "".join(c for c in text if c.isprintable()).strip()[:CHAT_MAX]
        if not shown:
            return
        data = encode(Chat(eid=eid, channel=channel, text=shown))
        for peer in peers:
            peer.write(data)

    def _roster_news(self, now: float) -> Iterator[bytes]:
        players, told = self._world.players, self._told
        is_urgent = not players.keys() <= told.keys()
        if not is_urgent and now - self._roster_at < PAUSE_S:
            return
        changed = [_entry(player) for eid, player in players.items() if eid not in told]
        gone = [eid for eid in told if eid not in players]
        for eid in gone:
            del told[eid]
        others = (players[eid] for eid, entry in told.items() if _has_changed(players[eid], entry))
        changed += map(_entry, islice(others, CHANGES))
        for entry in changed:
            told.pop(entry.eid, None)
            told[entry.eid] = entry
        # In a crowd something always has changed: then nobody is looked at between two ROSTERs.
        if changed or gone or len(told) > CHANGES:
            self._roster_at = now
        if changed or gone:
            yield from _rosters(changed, gone)

    def _round_news(self, now: float) -> list[bytes]:
        before, world = self._round, self._world
        is_urgent = before is None or before.phase != world.phase.value
        if not is_urgent and now - self._round_at < PAUSE_S:
            return []
        present = self._present_round()
        if present == before:
            return []
        self._round, self._round_at = present, now
        return [encode(present)]

    def _present_round(self) -> Round:
        world, base = self._world, self._tick_base
        star = world.star
        return Round(
            phase=world.phase.value,
            number=world.number,
            ends=world.phase_ends + base if world.phase_ends else 0,
            standings=tuple(
                Standing(
                    score=lantern.score,
                    stock=lantern.stock,
                    level=lantern.level,
                    light=lantern.light(world.rules),
                    x=lantern.tx,
                    y=lantern.ty,
                )
                for lantern in world.lanterns
            ),
            star=None if star is None else (star.tx, star.ty, star.falls + base),
        )


def _rosters(
    entries: Sequence[RosterEntry], gone: Sequence[int] = (), *, whole: bool = False
) -> Iterator[bytes]:
    """As many ROSTERs as it takes; only the first replaces what was known."""
    for at in range(0, max(1, len(entries), len(gone)), PIECE):
        piece = slice(at, at + PIECE)
        yield encode(
            Roster(entries=tuple(entries[piece]), gone=tuple(gone[piece]), whole=whole and not at)
        )


def _has_changed(player: Player, told: RosterEntry) -> bool:
    """Whether anything that can change has; to make an entry of everybody costs twice as much."""
    return (
        player.score != told.score
        or player.away != told.away
        or player.ready != told.ready
        or player.team != told.team
    )


def _entry(player: Player) -> RosterEntry:
    return RosterEntry(
        eid=player.eid,
        name=player.name,
        team=player.team,
        score=player.score,
        ready=player.ready,
        away=player.away,
        is_bot=player.is_bot,
    )
