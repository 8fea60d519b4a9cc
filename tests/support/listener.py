"""A peer that keeps what it is handed, and judges nothing of it."""

from server.addresses import Origin
from server.peer import Peer


class Audience:
    """Nobody."""

    def heard(self, peer, message, now):
        """Never asked: the peer itself hears."""

    def over(self, peer, reason, detail):
        """Not looked at."""


class Listener(Peer):
    """What arrives on `line` is given to `hear`, each message by itself."""

    def __init__(self, line, hear):
        super().__init__(line, Origin("192.0.2.1"), Audience(), 0.0)
        self._hear = hear

    def receive(self, data, _now):
        """A message arrived."""
        self._hear(data)
