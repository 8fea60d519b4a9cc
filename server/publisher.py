"""One SNAP or STEP for each player and tick, as far as their line takes it."""

from collections.abc import Sequence
from typing import Final

from game.body import Body
from game.events import Event
from game.world import World
from protocol.flow import AckWindow
from protocol.own_body import rests_of
from protocol.snap import encode_snap_parts
from protocol.step import SAME, extended, rest_changed
from protocol.version import STEP_MINOR
from server.cells import CellBoard, CellView
from server.happenings import MAX_BYTES, Happenings
from server.metrics import Metrics
from server.peer import Peer
from server.sessions import Session
from server.steps import Followers, Steps
from server.visibility import Movers

_ANY_REST: Final = rests_of([Body(0, 0)])[0]


class _Feed:
    """What one connection is told, and was not yet told."""

    __slots__ = (
        *("cells", "eid", "knows_steps", "peer", "session", "unheard", "window"),
        *("last_seq", "rest", "tick"),
    )

    def __init__(self, session: Session, peer: Peer, window: AckWindow) -> None:
        self.session = session
        self.eid = session.eid
        self.peer = peer
        self.window = window
        self.knows_steps = peer.minor >= STEP_MINOR
        self.cells = CellView()
        self.unheard = b""
        # What the newest message told of the own body; a STEP builds on it.
        self.tick = -1
        self.last_seq = 0
        self.rest = _ANY_REST


class Publisher:
    """Tells every welcomed player what they can know after a tick."""

    def __init__(self, world: World, tick_base: int, metrics: Metrics) -> None:
        self._world = world
        self._tick_base = tick_base
        self._metrics = metrics
        self._board = CellBoard(world)
        self._steps = Steps()
        self._feeds: dict[Peer, _Feed] = {}

    def open(self, session: Session, peer: Peer, window: AckWindow) -> None:
        """A player was welcomed on this connection: they know nothing yet."""
        self._feeds[peer] = _Feed(session, peer, window)
        self._feeds = dict(sorted(self._feeds.items(), key=lambda item: item[1].session.eid))

    def close(self, peer: Peer) -> None:
        """The connection is over."""
        self._feeds.pop(peer, None)

    def publish(self, events: Sequence[Event], news: Sequence[bytes], now: float) -> None:
        """Tell of the world's newest tick, and before that the news for everybody."""
        players = self._world.players
        feeds = [feed for feed in self._feeds.values() if feed.eid in players]
        self._board.tick()
        movers = Movers(self._world)
        if events:
            known = Happenings(self._world, events).known_to([feed.eid for feed in feeds], movers)
            for feed, heard in zip(feeds, known, strict=True):
                if heard:
                    feed.unheard = (feed.unheard + heard)[-MAX_BYTES:]
        tick = self._world.tick + self._tick_base
        last = tick - 1 if self._steps.may_follow(movers) else None
        strangers, followers = self._sorted(feeds, last, news, now)
        # First all is made and then all is sent: in turns, the system's code and ours would drive
        # each other out of the processor's cache, a twentieth of all work.
        for feed, data in self._made(tick, movers, strangers, followers):
            feed.tick = tick
            feed.unheard = b""
            feed.peer.meter.snapshots += 1
            feed.window.sent(tick, len(data), now)
            # At once: the cost is in each send, not in the bytes.
            feed.peer.write(*news, data) if news else feed.peer.write(data)
        sent = len(strangers) + len(followers)
        self._metrics.snapshots_sent.inc(sent)
        self._metrics.snapshots_skipped.inc(len(feeds) - sent)

    @staticmethod
    def _sorted(
        feeds: Sequence[_Feed], last: int | None, news: Sequence[bytes], now: float
    ) -> tuple[list[_Feed], list[_Feed]]:
        """Who gets a SNAP, and who a STEP: they have the message of the tick `last`."""
        strangers: list[_Feed] = []
        followers: list[_Feed] = []
        for feed in feeds:
            if feed.window.may_send(now):
                follows = feed.tick == last and feed.knows_steps
                (followers if follows else strangers).append(feed)
            else:
                if news:
                    feed.peer.write(*news)
                feed.cells.missed()
                feed.peer.meter.skipped += 1
        return strangers, followers

    def _made(
        self,
        tick: int,
        movers: Movers,
        strangers: Sequence[_Feed],
        followers: Sequence[_Feed],
    ) -> list[tuple[_Feed, bytes]]:
        """What each of them is told, strangers first."""
        players = self._world.players
        own = [players[feed.eid] for feed in followers]
        rests = rests_of([player.body for player in own])
        commands = [p.last_seq - feed.last_seq for p, feed in zip(own, followers, strict=True)]
        changes = [
            SAME if rest == feed.rest else rest_changed(feed.rest, rest, count)
            for feed, rest, count in zip(followers, rests, commands, strict=True)
        ]
        seen, steps = self._steps.tell(
            movers,
            [feed.eid for feed in strangers],
            Followers(
                [feed.eid for feed in followers],
                commands,
                [feed.session.inbox.wait for feed in followers],
                [flag for flag, _ in changes],
            ),
        )
        told = [
            (feed, self._snap(feed, tick, *all_seen))
            for feed, all_seen in zip(strangers, seen, strict=True)
        ]
        for feed, player, rest, (_, told_rest), (step, came) in zip(
            followers, own, rests, changes, steps, strict=True
        ):
            feed.last_seq, feed.rest = player.last_seq, rest
            cells = feed.cells.news(self._board, player.body.x, player.body.y)
            is_plain = not (cells or came or told_rest or feed.unheard)
            told.append(
                (feed, step if is_plain else extended(step, told_rest, came, cells, feed.unheard))
            )
        return told

    def _snap(self, feed: _Feed, tick: int, records: bytes, count: int) -> bytes:
        """All that a player can know."""
        player = self._world.players[feed.eid]
        body, wait = player.body, feed.session.inbox.wait
        feed.last_seq, (feed.rest,) = player.last_seq, rests_of([body])
        cells = feed.cells.news(self._board, body.x, body.y)
        return encode_snap_parts(
            tick, player.last_seq, wait, body, records, count, cells, feed.unheard
        )
