"""The world as one player knows it: ground, people, round, talk. Fed with messages, in order."""

import unicodedata
from collections import deque
from typing import Final

import msgspec

from client.ground import Ground
from protocol.hot import Happening, Mover, Snap
from protocol.messages import Chat, Notice, Roster, RosterEntry, Round, Standing, Welcome
from protocol.rules import from_welcome

CHAT_KEPT: Final = 100
HAPPENINGS_KEPT: Final = 256
NOTICES_KEPT: Final = 20


def plain(text: str, at_most: int = 300) -> str:
    """Text of a server as a window may show it: one line, nothing invisible, not endless."""
    shown = (" " if unicodedata.category(c)[0] in "CZ" else c for c in text[: 4 * at_most])
    return " ".join("".join(shown).split())[:at_most]


class View:
    """What is known. Everything in it is bounded, whatever the server sends.

    Making one raises Refused (VERSION) if the server plays by rules this build does not know.
    """

    def __init__(self, welcome: Welcome) -> None:
        self.rules = from_welcome(welcome)
        self.rules_hash = welcome.rules_hash
        self.server = plain(welcome.server, 64)
        self.world = welcome.world
        self.eid = welcome.eid
        self.ground = Ground(self.rules)
        self.roster: dict[int, RosterEntry] = {}
        self.round: Round | None = None
        self.movers: tuple[Mover, ...] = ()
        self.tick = 0  # of the newest snapshot
        self.chat: deque[Chat] = deque(maxlen=CHAT_KEPT)
        self.happenings: deque[Happening] = deque(maxlen=HAPPENINGS_KEPT)
        self.notices: deque[Notice] = deque(maxlen=NOTICES_KEPT)

    def goes_on(self, welcome: Welcome) -> bool:
        """Whether what is known still stands after a resume."""
        known = (self.world, self.eid, self.rules_hash)
        return welcome.resumed and known == (welcome.world, welcome.eid, welcome.rules_hash)

    @property
    def team(self) -> int:
        """The player's own team, -1 while unknown."""
        entry = self.roster.get(self.eid)
        return entry.team if entry else -1

    @property
    def lantern(self) -> Standing | None:
        """The own team's lantern."""
        standings = self.round.standings if self.round else ()
        return standings[self.team] if 0 <= self.team < len(standings) else None

    def may_gather_at(self, tick: int) -> bool:
        """Whether the phase is play at a tick that may lie a little ahead."""
        now = self.round
        return now is not None and now.phase == "play" and not (now.ends and tick > now.ends)

    def take(self, message: Snap | Roster | Round | Chat | Notice) -> None:
        """Take in one message."""
        match message:
            case Snap():
                self._take_snap(message)
            case Roster():
                self._take_roster(message)
            case Round():
                self._take_round(message)
            case Chat():
                self.chat.append(msgspec.structs.replace(message, text=plain(message.text)))
            case Notice():
                self.notices.append(msgspec.structs.replace(message, text=plain(message.text)))

    def _take_snap(self, snap: Snap) -> None:
        self.tick = snap.tick
        self.movers = snap.movers
        if snap.cells:
            self.ground.learn(snap.cells)
        self.happenings.extend(snap.happenings)

    def _take_roster(self, roster: Roster) -> None:
        if roster.whole:
            self.roster = {}
        for eid in roster.gone:
            self.roster.pop(eid, None)
        for entry in roster.entries:
            self.roster[entry.eid] = entry

    def _take_round(self, message: Round) -> None:
        before, self.round = self.round, message
        if before is not None and before.number != message.number:
            self.ground.forget()  # another map; the next snapshot begins to tell of it
