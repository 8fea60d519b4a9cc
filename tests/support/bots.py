"""Bots in a whole server without sockets: the client's own sessions and brains on a fake clock."""

from random import Random

from client.brain import Brain
from client.link import Lost, Opened, Received
from client.session import Identity, Session
from client.tokens import TokenMemory


class Bot:
    """A bot in a `House`; stands where `client.link.Link` does."""

    def __init__(self, house, number):
        self._house = house
        self._visitor = None
        self._line = 0
        self._last_seq = 0
        self._brain = Brain(Random(number))
        who = Identity(f"Bot {number}", house.secret, is_bot=True)
        self.session = Session(self, who, TokenMemory(), Random(number), house.now)
        self.session.start()

    # what a session asks of its line

    def connect(self, _destination=None):
        self.cut()
        self._line += 1
        return self._line

    def send(self, data):
        if self._visitor is not None:
            self._visitor.say(data)

    def cut(self):
        if self._visitor is not None:
            self._visitor.vanish()
            self._visitor = None

    def finish(self):
        pass

    # what the party does

    def break_line(self):
        """The line breaks; the session comes back by itself."""
        line = self._line
        self.cut()
        self.session.handle(Lost(line, self._house.now, None))

    def live(self):
        """Hear what was said, decide, and let the ticks that are due happen."""
        now = self._house.now
        if self._visitor is None and self._line:
            self._visitor = self._house.visit()
            self.session.handle(Opened(self._line, now))
        if self._visitor is not None:
            heard = self._visitor.line.written[:]
            self._visitor.line.written.clear()
            for data in heard:
                self.session.handle(Received(self._line, now, data))
        self._play(now)
        self.session.advance(now)

    def _play(self, now):
        session = self.session
        if session.presence is None or session.view is None:
            return
        prediction = session.presence.prediction
        if prediction.seq != self._last_seq:
            self._last_seq = prediction.seq
            decision = self._brain.decide(session.view, prediction.body)
            session.controls.set(decision.keys, decision.target)
            if decision.act is not None:
                session.act(decision.act, 0, now)


def party(house, bots, seconds, cut_at_s=()):
    """Let `bots` play for `seconds`; at each time of `cut_at_s` the line of the first breaks."""
    guests = [Bot(house, number) for number in range(1, bots + 1)]
    cuts = [round(moment * house.settings.tick_hz) for moment in cut_at_s]
    for tick in range(round(seconds * house.settings.tick_hz)):
        if tick in cuts:
            guests[0].break_line()
        for guest in guests:
            guest.live()
        house.tick()
    return guests
