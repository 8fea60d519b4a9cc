"""One SNAP for each player and tick, as far as their line takes it."""

from collections.abc import Sequence

from game.events import Event
from game.world import World
from protocol.flow import AckWindow
from protocol.snap import encode_snap_parts
from server.cells import CellBoard, CellView
from server.happenings import MAX_BYTES, Happenings
from server.metrics import Metrics
from server.peer import Peer
from server.sessions import Session
from server.visibility import Movers, Seen


class _Feed:
    """What one connection is told, and was not yet told."""

    __slots__ = ("cells", "peer", "session", "unheard", "window")

    def __init__(self, session: Session, peer: Peer, window: AckWindow) -> None:
        self.session = session
        self.peer = peer
        self.window = window
        self.cells = CellView()
        self.unheard = b""


class Publisher:
    """Tells every welcomed player what they can know after a tick."""

    def __init__(self, world: World, tick_base: int, metrics: Metrics) -> None:
        self._world = world
        self._tick_base = tick_base
        self._metrics = metrics
        self._board = CellBoard(world)
        self._feeds: dict[Peer, _Feed] = {}

    def open(self, session: Session, peer: Peer, window: AckWindow) -> None:
        """A player was welcomed on this connection: they know nothing yet."""
        self._feeds[peer] = _Feed(session, peer, window)

    def close(self, peer: Peer) -> None:
        """The connection is over."""
        self._feeds.pop(peer, None)

    def publish(self, events: Sequence[Event], news: Sequence[bytes], now: float) -> None:
        """Send the SNAPs of the world's newest tick, and before them the news for everybody."""
        players = self._world.players
        feeds = [feed for feed in self._feeds.values() if feed.session.eid in players]
        eids = [feed.session.eid for feed in feeds]
        self._board.tick()
        movers = Movers(self._world)
        if events:
            known = Happenings(self._world, events).known_to(eids, movers)
            for feed, heard in zip(feeds, known, strict=True):
                if heard:
                    feed.unheard = (feed.unheard + heard)[-MAX_BYTES:]
        sent = 0
        for feed, seen in zip(feeds, movers.seen_by(eids), strict=True):
            if feed.window.may_send(now):
                self._send(feed, seen, news, now)
                sent += 1
            else:
                if news:
                    feed.peer.write(*news)
                feed.cells.missed()
                feed.peer.meter.skipped += 1
        self._metrics.snapshots_sent.inc(sent)
        self._metrics.snapshots_skipped.inc(len(feeds) - sent)

    def _send(self, feed: _Feed, seen: Seen, news: Sequence[bytes], now: float) -> None:
        session, tick = feed.session, self._world.tick + self._tick_base
        player = self._world.players[session.eid]
        body = player.body
        cells = feed.cells.news(self._board, body.x, body.y)
        data = encode_snap_parts(
            tick, player.last_seq, session.inbox.wait, body, *seen, cells, feed.unheard
        )
        feed.unheard = b""
        feed.peer.write(*news, data)  # at once: the cost is in each send, not in the bytes
        feed.peer.meter.snapshots += 1
        feed.window.sent(tick, len(data), now)
