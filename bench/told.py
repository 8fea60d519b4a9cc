"""What one player has been told: the own body by a few bytes, all of it for those who are watched.

To decode each message would make the generator the slowest part of a run.
"""

from typing import Final, NamedTuple

from game.body import Body
from protocol.codec import decode_server
from protocol.errors import DecodeError
from protocol.follow import followed
from protocol.hot import Snap, Step
from protocol.own_body import REST_BYTES, Rest, body_of, counted, unpacked
from protocol.snap import COUNT_AT, HEAD, REST_AT
from protocol.step import COUNTS, FAR, MOVED, REST, STILL

_NO_REST: Final = unpacked(bytes(REST_BYTES))
_CARGO: Final = 5  # of a Rest


class Sight(NamedTuple):
    """What a player knew after a tick."""

    body: Body
    snap: Snap | None  # of those who are watched
    fault: str = ""


class Told:
    """What one player has been told so far."""

    __slots__ = ("_rest", "_snap", "_watched", "fault", "in_view", "last_seq", "tick", "x", "y")

    def __init__(self, *, watched: bool) -> None:
        self.tick = self.last_seq = 0
        self.x = self.y = 0
        self.in_view = 0
        """Others in view, in the tick before if it was a STEP."""
        self.fault = ""
        """Why the last message could not be read, if they are watched."""
        self._rest: Rest = _NO_REST
        self._snap: Snap | None = None
        self._watched = watched

    def snap(self, payload: bytes) -> None:
        """A SNAP came."""
        _, self.tick, self.last_seq, _, _, self.x, self.y = HEAD.unpack_from(payload)
        self._rest = unpacked(payload[REST_AT:COUNT_AT])
        self.in_view = payload[COUNT_AT]
        if self._watched:
            self._decode(payload)

    def step(self, payload: bytes) -> None:
        """A STEP came."""
        flags = payload[1]
        form = flags & 3
        if form == 1:
            _, _, commands, _, dx, dy = MOVED.unpack_from(payload)
            at = MOVED.size
        elif form:
            _, _, commands, _, dx, dy = FAR.unpack_from(payload)
            at = FAR.size
        else:
            commands, dx, dy, at = payload[2], 0, 0, STILL.size
        self.tick += 1
        self.last_seq += commands
        self.x += dx
        self.y += dy
        if flags & REST:
            self._rest = unpacked(payload[at : at + REST_BYTES])
            at += REST_BYTES
        elif flags & COUNTS:
            self._rest = counted(self._rest, commands)
        self.in_view = payload[at]
        if self._watched:
            self._decode(payload)

    @property
    def load(self) -> int:
        """Items carried."""
        return sum(self._rest[_CARGO])

    def sight(self) -> Sight:
        """What they know now."""
        return Sight(body_of(self.x, self.y, self._rest), self._snap, self.fault)

    def _decode(self, payload: bytes) -> None:
        before, self._snap = self._snap, None
        try:
            message = decode_server(payload)
            if isinstance(message, Snap):
                self._snap = message
            elif isinstance(message, Step) and before is not None:
                self._snap = followed(before, message)
            else:
                self._blame("a STEP with nothing to build on")
        except DecodeError as error:
            self._blame(str(error))

    def _blame(self, fault: str) -> None:
        """The first is kept: a game client would have hung up, whatever came after."""
        self.fault = self.fault or fault
