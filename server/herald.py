"""Rare news for everybody: who is here, where the round stands, what is said."""

from collections.abc import Iterable
from typing import Final, Literal

from game.player import Player
from game.world import World
from protocol.codec import encode
from protocol.messages import Chat, Roster, RosterEntry, Round, Standing
from server.peer import Peer

PAUSE_S: Final = 0.5
"""Between two ROSTERs or two ROUNDs, unless something cannot wait."""
CHAT_MAX: Final = 200


class Herald:
    """Tells changes only, at most twice a second. `tick_base` makes wire ticks of world ticks."""

    def __init__(self, world: World, tick_base: int) -> None:
        self._world = world
        self._tick_base = tick_base
        self._roster: dict[int, RosterEntry] = {}
        self._round: Round | None = None
        self._roster_at = self._round_at = float("-inf")

    def greet(self, peer: Peer) -> None:
        """Tell somebody who has just been welcomed all there is."""
        peer.send(Roster(entries=self._entries(), whole=True))
        peer.send(self._present_round())

    def announce(self, peers: Iterable[Peer], now: float) -> None:
        """Tell what has changed; before the SNAPs, so that nobody is seen before they are named."""
        told = [*self._roster_news(now), *self._round_news(now)]
        if not told:
            return
        for peer in peers:
            for data in told:
                peer.write(data)

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

    def _roster_news(self, now: float) -> list[bytes]:
        players = self._world.players
        is_urgent = not players.keys() <= self._roster.keys()
        if not is_urgent and now - self._roster_at < PAUSE_S:
            return []
        entries = {eid: _entry(player) for eid, player in players.items()}
        changed = tuple(e for eid, e in entries.items() if self._roster.get(eid) != e)
        gone = tuple(self._roster.keys() - entries.keys())
        if not changed and not gone:
            return []
        self._roster, self._roster_at = entries, now
        return [encode(Roster(entries=changed, gone=gone))]

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

    def _entries(self) -> tuple[RosterEntry, ...]:
        return tuple(map(_entry, self._world.players.values()))

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
