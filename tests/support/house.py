"""A whole server without sockets, threads or waiting: the real match on a fake clock.

Lines are lists of frames, the store is a real SQLite file whose commits are made when they are
submitted, or when a test lets them.
"""

from concurrent.futures import Future

from game.body import IDLE
from protocol.conversation import ClientConversation
from protocol.hot import Snap
from protocol.messages import Welcome
from server.addresses import origin_of
from server.clock import Clock
from server.health import Health
from server.invites import InviteBook
from server.match import Match
from server.metrics import Metrics
from server.peer import Peer
from server.settings import Settings
from server.store.database import FILE, Database, connect
from server.store.journal import Committed, Journal
from server.store.recovery import recover
from server.store.rows import StoreError
from support.clock import FakeClock


class FakeLine:
    """A line that keeps what is written."""

    def __init__(self):
        self.written = []
        self.closed = None  # (code, text)
        self.is_cut = False
        self.unread = 0
        self.bytes_received = self.bytes_sent = 0

    def write(self, data):
        self.write_all([data])

    def write_all(self, messages):
        if self.closed is None and not self.is_cut:
            self.written += messages
        self.bytes_sent += sum(map(len, messages))

    def unread_bytes(self):
        return self.unread

    def close_soon(self, code, text):
        self.closed = (code, text)

    def hang_up(self):
        self.is_cut = True


class Visitor:
    """A client on such a line."""

    def __init__(self, house, address, token=None):
        self.house = house
        self.line = FakeLine()
        self.conversation = ClientConversation(token)
        origin = origin_of(address, [], house.settings.trusted_proxies)
        self.heard = []
        self.peer = Peer(self.line, origin, house.match, house.now)
        house.match.entered(self.peer)

    def say(self, data):
        """Send a frame."""
        self.peer.receive(data, self.house.now)

    def listen(self):
        """Take in what was written since; returns it."""
        news = [self.conversation.receive(data) for data in self.line.written]
        self.line.written.clear()
        self.heard += news
        return news

    def all(self, kind):
        """All messages of that type so far."""
        self.listen()
        return [message for message in self.heard if isinstance(message, kind)]

    def last(self, kind):
        """The newest message of that type."""
        return self.all(kind)[-1]

    def vanish(self):
        """The line breaks."""
        self.house.match.left(self.peer)

    @property
    def eid(self):
        return self.last(Welcome).eid

    def move(self, *commands, ack=0):
        """Send commands."""
        for frame in self.conversation.inputs(commands, ack, 0):
            self.say(frame)


class Disk:
    """Submits commits to a real database: at once, held back, or failing."""

    def __init__(self, database):
        self.database = database
        self.holds = False
        self.fails = False
        self._held = []
        self.commits = 0

    def submit(self, batch):
        future = Future()
        self._held.append((batch, future))
        if not self.holds:
            self.release()
        return future

    def release(self):
        """Make the commits that were held back."""
        held, self._held = self._held, []
        for batch, future in held:
            if self.fails:
                future.set_exception(StoreError("no space left on the disk"))
                continue
            try:
                future.set_result(Committed(0.0, self.database.commit(batch)))
                self.commits += 1
            except StoreError as error:
                future.set_exception(error)


class House:
    """A server in `folder`. A second one on the same folder is the server after a restart."""

    def __init__(self, folder, *, connector=connect, **settings):
        self.settings = Settings(data_dir=folder, **{"seed": 7, "map_tiles": 64, **settings})
        self.clock = FakeClock()
        clock = Clock(self.clock)
        self.database = Database(folder / FILE, connector)
        self.database.prepare()
        self.recovered = recover(self.database, self.settings.rules(), self.settings.seed or 0)
        self.database.begin(self.recovered.epoch, self.recovered.line, self.recovered.world.tick)
        self.disk = Disk(self.database)
        self.journal = Journal(self.disk.submit, clock.now())
        self.invites = InviteBook(folder)
        self.secret = self.invites.first().secret
        self.invites.reread()
        self.metrics = Metrics(self.settings.tick_hz)
        self.match = Match(
            settings=self.settings,
            recovered=self.recovered,
            journal=self.journal,
            invites=self.invites,
            metrics=self.metrics,
            health=Health(self.clock),
            clock=clock,
        )

    @property
    def now(self):
        return self.clock()

    @property
    def world(self):
        return self.match.world

    def tick(self, count=1):
        """Let `count` ticks pass."""
        for _ in range(count):
            self.match.tick(self.clock.advance(1 / self.settings.tick_hz))

    def wait(self, seconds, *attentive):
        """Let ticks pass for `seconds`; the `attentive` go on acknowledging what they are sent."""
        for number in range(round(seconds * self.settings.tick_hz)):
            self.tick()
            if number % 3 == 0:
                for visitor in attentive:
                    visitor.move(IDLE, ack=visitor.last(Snap).tick)

    def visit(self, address="192.0.2.1", token=None):
        """A connection that has said nothing yet."""
        return Visitor(self, address, token)

    def join(self, name="Ann", address="192.0.2.1", **hello):
        """A player who was welcomed and has said a first word."""
        visitor = self.visit(address)
        visitor.say(visitor.conversation.hello(name, self.secret, **hello))
        self.tick(4)
        visitor.last(Welcome)
        return visitor

    def resume(self, token, name="Ann", address="192.0.2.1"):
        """A connection that has said HELLO with a token; welcomed if the token was good."""
        visitor = self.visit(address, token)
        visitor.say(visitor.conversation.hello(name))
        self.tick(4)
        visitor.listen()
        return visitor

    def value(self, name, **labels):
        """A metric."""
        return self.metrics.registry.get_sample_value(name, labels)

    def close(self):
        self.database.close()
