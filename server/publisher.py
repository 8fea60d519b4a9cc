"""One SNAP or STEP for each player and tick, as far as their line takes it."""

from collections.abc import Sequence

from game.events import Event
from game.world import World
from protocol.flow import AckWindow
from protocol.snap import encode_snap_parts
from protocol.step import extended
from protocol.version import STEP_MINOR
from server.cells import CELL_UNITS, CellBoard, CellView
from server.happenings import MAX_BYTES, Happenings
from server.metrics import Metrics
from server.peer import Peer
from server.sessions import Session
from server.steps import NO_MORE, Steps
from server.visibility import Movers


class _Feed:
    """What one connection is told, and was not yet told."""

    __slots__ = ("cells", "eid", "inbox", "knows_steps", "peer", "tick", "unheard", "window")

    def __init__(self, session: Session, peer: Peer, window: AckWindow) -> None:
        self.eid = session.eid
        self.inbox = session.inbox
        self.peer = peer
        self.window = window
        self.knows_steps = peer.minor >= STEP_MINOR
        self.cells = CellView()
        self.unheard = b""
        self.tick = -1  # of the newest message: a STEP builds on it


class Publisher:
    """Tells every welcomed player what they can know after a tick."""

    def __init__(self, world: World, tick_base: int, metrics: Metrics) -> None:
        self._world = world
        self._tick_base = tick_base
        self._metrics = metrics
        self._board = CellBoard(world)
        self._steps = Steps()
        self._feeds: dict[int, _Feed] = {}  # by eid, ascending

    def open(self, session: Session, peer: Peer, window: AckWindow) -> None:
        """A player was welcomed on this connection: they know nothing yet."""
        self._feeds[session.eid] = _Feed(session, peer, window)
        self._feeds = dict(sorted(self._feeds.items()))

    def close(self, peer: Peer) -> None:
        """The connection is over."""
        session = peer.session
        feed = self._feeds.get(session.eid) if session else None
        if feed is not None and feed.peer is peer:
            del self._feeds[feed.eid]

    def publish(self, events: Sequence[Event], news: Sequence[bytes], now: float) -> None:
        """Tell of the world's newest tick, and before that the news for everybody."""
        feeds = self._present()
        self._board.tick()
        movers = self._steps.look(self._world)
        if events:
            known = Happenings(self._world, events).known_to([feed.eid for feed in feeds], movers)
            for feed, heard in zip(feeds, known, strict=True):
                if heard:
                    feed.unheard = (feed.unheard + heard)[-MAX_BYTES:]
        tick = self._world.tick + self._tick_base
        last = None if movers.changed is None else tick - 1
        strangers, followers = self._sorted(feeds, last, news, now)
        # First all is made and then all is sent: in turns, the system's code and ours would drive
        # each other out of the processor's cache, a twentieth of all work.
        told = self._made(tick, movers, strangers, followers)
        for feed, data in zip([*strangers, *followers], told, strict=True):
            feed.tick = tick
            feed.window.sent(tick, len(data), now)
            # At once: the cost is in each send, not in the bytes.
            feed.peer.write_all([*news, data]) if news else feed.peer.write(data)
        self._metrics.snapshots_sent.inc(len(told))
        self._metrics.snapshots_skipped.inc(len(feeds) - len(told))

    def _present(self) -> list[_Feed]:
        """Those whose body is in the world: all, or a fault of ours costs one and no tick."""
        players = self._world.players
        if self._feeds.keys() <= players.keys():
            return list(self._feeds.values())
        return [feed for eid, feed in self._feeds.items() if eid in players]

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
                    feed.peer.write_all(news)
                feed.cells.missed()
                feed.peer.meter.skipped += 1
        return strangers, followers

    def _made(
        self,
        tick: int,
        movers: Movers,
        strangers: Sequence[_Feed],
        followers: Sequence[_Feed],
    ) -> list[bytes]:
        """What each of them is told, strangers first."""
        board, touched = self._board, self._board.touched
        eids = [feed.eid for feed in followers]
        seen, (steps, more) = self._steps.tell(
            movers,
            [feed.eid for feed in strangers],
            eids,
            [feed.inbox.wait for feed in followers],
        )
        told = [
            self._snap(feed, tick, *all_seen)
            for feed, all_seen in zip(strangers, seen, strict=True)
        ]
        places = movers.squares(movers.rows_of(eids), CELL_UNITS, board.side)
        for feed, at, step, rest_and_came in zip(followers, places, steps, more, strict=True):
            is_plain = rest_and_came is None and not feed.unheard
            if is_plain and feed.cells.done_at == at and at not in touched:
                told.append(step)  # as mostly
                continue
            cells = feed.cells.news(board, at)
            rest, came = rest_and_came or NO_MORE
            told.append(extended(step, rest, came, cells, feed.unheard))
            feed.unheard = b""
        return told

    def _snap(self, feed: _Feed, tick: int, records: bytes, count: int) -> bytes:
        """All that a player can know."""
        player = self._world.players[feed.eid]
        body = player.body
        if feed.tick < 0:
            feed.peer.meter.begin(self._world.tick)
        cells = feed.cells.news(self._board, self._board.at(body.x, body.y))
        unheard, feed.unheard = feed.unheard, b""
        return encode_snap_parts(
            tick, player.last_seq, feed.inbox.wait, body, records, count, cells, unheard
        )
