"""A line between a real client session and a real match that carries so many bytes and no more."""

from collections import Counter, deque
from random import Random

from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from client.link import Lost, Opened, Received
from client.session import Identity, Session
from client.state import Playing
from client.tokens import TokenMemory
from game.events import EventKind
from game.inputs import ActKind
from server.addresses import origin_of
from server.peer import Peer


class ByteLine:
    """What a session calls a Line; at the other end it is what a peer calls one.

    Messages travel as the frames of a websocket whose handshake is behind it. `left` is how many
    bytes, of both directions in their order, the next line carries before it is cut; None for all.
    """

    def __init__(self, house):
        self.house = house
        self.left = None
        self.carried = 0
        self.edges = []  # where frames ended, in bytes carried
        self.peer = None
        self.session = None
        self.number = 0
        self._under_way = deque()  # (is it for the server, bytes)

    # what a session asks for

    def connect(self, _destination=None):
        self._hang_up()
        self.number += 1
        self.carried, self.edges = 0, []
        self._under_way.clear()
        self._client = ClientProtocol(parse_uri("ws://localhost/w/home"), state=State.OPEN)
        self._server = ServerProtocol(state=State.OPEN)
        self.peer = Peer(self, origin_of("192.0.2.1", [], ()), self.house.match, self.house.now)
        self.house.match.entered(self.peer)
        self._is_opening = True
        return self.number

    def send(self, data):
        self._client.send_binary(data)
        self._under_way += [(True, piece) for piece in self._client.data_to_send()]

    def cut(self):
        self._hang_up()

    finish = cut

    # what a peer asks for

    bytes_received = bytes_sent = 0

    def write(self, data):
        self._server.send_binary(data)
        self._under_way += [(False, piece) for piece in self._server.data_to_send()]

    def write_all(self, messages):
        for data in messages:
            self.write(data)

    def unread_bytes(self):
        return 0

    def close_soon(self, code, text):
        raise AssertionError(f"the server hangs up: {code} {text}")

    def hang_up(self):
        raise AssertionError("the server hangs up")

    # what the test does

    def pump(self):
        """Carry what is under way, as far as the line holds."""
        if self.peer is not None and self._is_opening:
            self._is_opening = False
            self.session.handle(Opened(self.number, self.house.now))
        while self._under_way and self.peer is not None:
            is_up, data = self._under_way.popleft()
            part = data if self.left is None else data[: self.left - self.carried]
            self.carried += len(part)
            self.edges.append(self.carried)
            (self._hear if is_up else self._tell)(part)
            if self.carried == self.left:
                self.left = None
                self.lose()

    def lose(self):
        """The line breaks, and both ends notice."""
        self._hang_up()
        self.session.handle(Lost(self.number, self.house.now, None))

    def _hear(self, data):
        self._server.receive_data(data)
        for event in self._server.events_received():
            assert isinstance(event, Frame)
            self.peer.receive(bytes(event.data), self.house.now)

    def _tell(self, data):
        self._client.receive_data(data)
        for event in self._client.events_received():
            assert isinstance(event, Frame)
            self.session.handle(Received(self.number, self.house.now, bytes(event.data)))

    def _hang_up(self):
        peer, self.peer = self.peer, None
        if peer is not None:
            self.house.match.left(peer)


class Stage:
    """A player in a house, and in `done` how often each of their acts was done."""

    PATIENCE_S = 5

    def __init__(self, house):
        self.house = house
        self.line = ByteLine(house)
        who = Identity("Ann", house.secret)
        self.session = Session(self.line, who, TokenMemory(), Random(1), house.now)
        self.line.session = self.session
        self.done = Counter()
        self.session.start()
        self.until(self.is_in)
        self._eid = self.session.view.eid

    def is_in(self):
        """In the world, and seeing it."""
        return isinstance(self.session.state, Playing) and self.session.presence is not None

    def is_same_body(self):
        """Whether the player still is who came first, and alone."""
        return [*self.house.world.players] == [self.session.view.eid] == [self._eid]

    def ask(self):
        """Ask for an act that tells its number when it is done."""
        number = self.session.conversation.saved + len(self.session.conversation.pending) + 1
        act = self.session.act(ActKind.PING, number, self.house.now)
        assert act == number
        return act

    def pass_time(self, seconds):
        """Let ticks happen."""
        for _ in range(round(seconds * self.house.settings.tick_hz)):
            self._tick()

    def until(self, is_so):
        """Let ticks happen until it is so."""
        for _ in range(self.PATIENCE_S * self.house.settings.tick_hz):
            self._tick()
            if is_so():
                return
        raise AssertionError(f"not in {self.PATIENCE_S} s: {self.session.state}")

    def exchange(self):
        """Resume on a good line: how long that exchange is in bytes, and where its frames end.

        It is over when the server has heard the first word under the new token.
        """
        self.ask()
        self.line.lose()
        self.until(lambda: self.line.peer is not None and self.line.peer.has_spoken)
        measured = self.line.carried, list(self.line.edges)
        self.until(lambda: not self.session.conversation.pending)
        return measured

    def come_back(self, cut=None):
        """Lose the line with an act on its way, the next one after `cut` bytes; gives the act."""
        act = self.ask()
        self.line.lose()
        self.line.left = cut
        self.until(lambda: self.is_in() and self.session.conversation.saved >= act)
        assert self.line.left is None, "the line was never cut"
        return act

    def _tick(self):
        self.house.tick()
        self.done.update(
            event.other for event in self.house.world.events if event.kind == EventKind.POINTED
        )
        self.line.pump()
        self.session.retry_now()  # how long it would wait is tried elsewhere
        self.session.advance(self.house.now)
        self.line.pump()
