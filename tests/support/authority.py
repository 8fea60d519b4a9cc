"""A whole server for netcode tests: the real world, inboxes, cells and movers, but no socket.

It speaks the real bytes of the wire, and skips snapshots when a line is full. `Play` runs it and
any number of real client sessions on one fake clock, joined by the lines that the client itself can
simulate.
"""

import secrets
from dataclasses import dataclass, field
from random import Random

from client.link import Lost, Opened, Received
from client.network import Network
from client.session import Identity, Session
from client.tokens import TokenMemory
from game.inputs import Join, Leave, Presence
from game.world import World
from protocol.codec import encode
from protocol.conversation import ServerConversation
from protocol.flow import AckWindow
from protocol.hot import Input
from protocol.messages import (
    Act,
    Bye,
    Hello,
    Late,
    Reject,
    Roster,
    RosterEntry,
    Round,
    Saved,
    Standing,
    Stats,
    Welcome,
)
from protocol.reasons import Reason
from protocol.rules import to_wire
from protocol.snap import encode_snap_parts
from protocol.version import MINOR
from server.cells import CellBoard, CellView
from server.inbox import Inbox, take
from server.visibility import Movers


@dataclass
class _Seat:
    eid: int
    token: str
    inbox: Inbox
    player: "Pilot | None" = None
    conversation: ServerConversation | None = None
    cells: CellView = field(default_factory=CellView)
    window: AckWindow | None = None  # of the present line
    told: object = None
    acts: int = 0  # the newest act that arrived
    stats: list = field(default_factory=list)


class Authority:
    """The server's half."""

    def __init__(self, rules, seed=1, epoch=1, tick_base=0):
        self.world = World.create(rules, seed)
        self.board = CellBoard(self.world)
        self.seats = {}
        self.epoch = epoch
        self.tick_base = tick_base
        self.saves = True
        self._pending = []
        self._next_eid = 1

    def receive(self, pilot, data, now):
        """A frame of a player arrived."""
        seat = self._seat_of(pilot)
        conversation = seat.conversation if seat else pilot.conversation
        message = conversation.receive(data, now)
        match message:
            case Hello():
                self._hello(pilot, message, now)
            case Input():
                seat.window.acked(message.ack, message.hold_ms, now)
                seat.inbox.put_commands(message.first_seq, message.commands)
            case Act():
                seat.inbox.put_act(message.act_id, message.kind, message.arg)
                seat.acts = message.act_id
            case Stats():
                seat.stats.append(message)
            case Bye():
                self._pending.append(Leave(seat.eid))
                del self.seats[seat.eid]

    def lost(self, pilot):
        """A player's line is gone; the body stays."""
        seat = self._seat_of(pilot)
        if seat:
            seat.player = None
            seat.inbox.clear()
            self._pending.append(Presence(seat.eid, away=True))

    def tick(self, now):
        """One tick of the world, and what everybody is told of it."""
        inputs, self._pending = self._pending, []
        inputs += take([seat.inbox for seat in self.seats.values()])[0]
        self.world.step(inputs)
        self.board.tick()
        seats = [s for s in self.seats.values() if s.player and s.eid in self.world.players]
        movers = Movers(self.world).seen_by([seat.eid for seat in seats])
        for seat, seen in zip(seats, movers, strict=True):
            self._tell(seat, seen, now)

    def tell_late(self, seconds, now):
        """The coming tick is late; told before its snapshots, as the server does."""
        for seat in self.seats.values():
            if seat.player:
                seat.player.hear(encode(Late(late_ms=round(1000 * seconds))), now)

    def _seat_of(self, pilot):
        return next((s for s in self.seats.values() if s.player is pilot), None)

    def _hello(self, pilot, hello, now):
        seat = next((s for s in self.seats.values() if s.token == hello.resume), None)
        if hello.resume and seat is None:
            text = Reason.RESUME_LOST.sentence
            pilot.hear(encode(Reject(code=Reason.RESUME_LOST, text=text)), now)
            pilot.close_code = Reason.RESUME_LOST
            return
        if seat is None:
            seat = _Seat(self._next_eid, "", Inbox(self._next_eid, self.world.rules.tick_hz))
            self._next_eid += 1
            self.seats[seat.eid] = seat
            self._pending.append(Join(seat.eid, hello.name, hello.team, hello.bot))
        else:
            self._pending.append(Presence(seat.eid, away=False))
        seat.token = secrets.token_urlsafe(16)
        seat.player, seat.conversation, seat.cells = pilot, pilot.conversation, CellView()
        seat.told = None
        self._welcome(seat, resumed=bool(hello.resume), now=now)

    def _welcome(self, seat, *, resumed, now):
        rules, player = self.world.rules, self.world.players.get(seat.eid)
        last_seq = player.last_seq if player else 0
        seat.conversation.welcome(last_seq)
        seat.window = AckWindow(rules.tick_hz, now)
        welcome = Welcome(
            minor=MINOR, server="A test", world="home", epoch=self.epoch, player="0" * 32,
            eid=seat.eid, token=seat.token, resumed=resumed,
            tick=self.world.tick + self.tick_base, tick_hz=rules.tick_hz, rules=to_wire(rules),
            rules_hash=rules.hash(), last_act_id=player.last_act if player else 0,
            last_seq=last_seq, resume_s=60,
        )  # fmt: skip
        seat.player.hear(encode(welcome), now)

    def _tell(self, seat, seen, now):
        player, hear = self.world.players[seat.eid], seat.player.hear
        news = (self._roster(), self._round())
        if news != seat.told:
            seat.told = news
            for message in news:
                hear(encode(message), now)
        if self.saves and player.last_act:
            hear(encode(Saved(act_id=player.last_act)), now)
        if not seat.window.may_send(now):
            seat.cells.missed()
            return
        body = player.body
        cells = seat.cells.news(self.board, self.board.at(body.x, body.y))
        tick = self.world.tick + self.tick_base
        data = encode_snap_parts(
            tick, player.last_seq, seat.inbox.wait, body, *seen, cells, b""
        )  # fmt: skip
        hear(data, now)
        seat.window.sent(tick, len(data), now)

    def _roster(self):
        entries = tuple(
            RosterEntry(p.eid, p.name, p.team, p.score, p.ready, p.away, p.is_bot)
            for p in self.world.players.values()
        )
        return Roster(entries=entries, whole=True)

    def _round(self):
        world = self.world
        return Round(
            phase=world.phase.value,
            number=world.number,
            ends=world.phase_ends + self.tick_base if world.phase_ends else 0,
            standings=tuple(
                Standing(
                    lamp.score, lamp.stock, lamp.level, lamp.light(world.rules), lamp.tx, lamp.ty
                )
                for lamp in world.lanterns
            ),
        )


class Pilot:
    """A client session with a simulated line; stands where `client.link.Link` does.

    `line` is what `client.network.Network` takes: delay_s, jitter_s, stall_s, every_s, bytes_per_s.
    """

    def __init__(self, authority, clock, rng, *, network=None, name="Ada", is_bot=False, **line):
        self.up, self.down = (network or Network(**line)).lanes(rng)
        self.conversation = None
        self.close_code = None
        self.is_reachable = True
        self._authority = authority
        self._clock = clock
        self._line = 0
        self._is_new = False
        who = Identity(name, "invite-" + "x" * 16, is_bot=is_bot)
        self.tokens = TokenMemory()
        self.session = Session(self, who, self.tokens, Random(7), clock())
        self.session.start()

    # what a session asks of its line

    def connect(self, _destination=None):
        self.cut()
        self._line += 1
        self._is_new = True
        return self._line

    def send(self, data):
        self.up.send(data, len(data), self._clock())

    def hear(self, data, now):
        """What the server says is put on its way."""
        self.down.send(data, len(data), now)

    def cut(self):
        self.up.cut()
        self.down.cut()
        self._authority.lost(self)
        self.conversation = None

    def finish(self):
        pass

    # what the test does

    def break_line(self):
        """The line breaks, and the client notices."""
        self.cut()
        self.session.handle(Lost(self._line, self._clock(), None))

    def pump(self, now):
        """Carry what has arrived, both ways, then let the session live."""
        if self._is_new and self.is_reachable:
            self._is_new = False
            self.conversation = ServerConversation(now)
            self.session.handle(Opened(self._line, now))
        for at, data in self.up.arrived(now):
            if self.conversation is not None:
                self._authority.receive(self, data, at)
        for at, data in self.down.arrived(now):
            self.session.handle(Received(self._line, at, data))
        if self.close_code is not None:
            code, self.close_code = self.close_code, None
            for at, data in self.down.arrived(now + 10):
                self.session.handle(Received(self._line, at, data))
            self.session.handle(Lost(self._line, now, code))
        self.session.advance(now)


class Play:
    """One authority and its pilots on one clock, in frames of 1/60 s."""

    FRAME_S = 1 / 60

    def __init__(self, authority, clock):
        self.authority = authority
        self.pilots = []
        self.watchers = []  # called when all have lived a frame, as a window draws
        self._clock = clock
        self._next_tick = clock()
        self._owes = 0.0  # lateness that is not told yet

    def join(self, pilot):
        self.pilots.append(pilot)
        return pilot

    def stand_still(self, seconds, *, says_so=True):
        """The server does nothing for so long, and does not make up for it."""
        self._next_tick += seconds
        self._owes = seconds if says_so else 0.0

    def run(self, seconds, each_frame=lambda _now: None):
        """Let time pass; `each_frame` is called before the pilots live each frame."""
        end = self._clock() + seconds
        hz = self.authority.world.rules.tick_hz
        while self._clock() < end:
            now = self._clock.advance(self.FRAME_S)
            while self._next_tick <= now:
                if self._owes:
                    self.authority.tell_late(self._owes, self._next_tick)
                    self._owes = 0.0
                self.authority.tick(self._next_tick)
                self._next_tick += 1 / hz
            each_frame(now)
            for pilot in self.pilots:
                pilot.pump(now)
            for watch in self.watchers:
                watch(now)
