"""Sessions: the players of this server, with or without a line, and their right to resume."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from game.player import EID_MAX
from protocol.resume import TokenState, Verdict, hashed
from server.inbox import Inbox
from server.store.rows import SessionRow

if TYPE_CHECKING:
    from server.peer import Peer

TOKEN_BYTES: Final = 24
EID_REST_S: Final = 600.0
"""An eid is not used again before: a late SNAP could show the wrong person under it."""


def fresh_token() -> tuple[str, bytes]:
    """A new resume token, and the hash of it that is all we keep."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, hashed(token)


@dataclass(eq=False, slots=True)
class Session:
    """One player's stay in the world; it may span many connections."""

    player: str  # 128 random bits in hex: never shown to others
    eid: int
    name: str
    tokens: TokenState
    inbox: Inbox
    invite: bytes | None = None  # the key of the one they came by; None: nobody knows any more
    peer: "Peer | None" = None
    away_since: float | None = None  # changed by Sessions.set_away
    saved_act: int = 0
    resumes: int = 0
    is_proven: bool = False  # its owner has shown to have got a token; before, nobody can resume
    is_welcomed: bool = False  # WELCOME went out on the present line; see Sessions.set_welcomed
    welcomed_with: bytes = b""
    known: frozenset[bytes] = field(default_factory=frozenset)  # hashes under which it is found

    @property
    def rtt_ms(self) -> int | None:
        """The round trip to the player; None without a line or before it is known."""
        window = self.peer.window if self.peer else None
        return None if window is None or window.rtt_s is None else round(window.rtt_s * 1000)

    def row(self) -> SessionRow:
        """The session as the store keeps it."""
        return SessionRow(self.player, self.eid, self.tokens, self.invite)


class Sessions:
    """All sessions, by eid and by what their tokens hash to."""

    def __init__(self, next_eid: int = 1) -> None:
        self.by_eid: dict[int, Session] = {}
        self.away: dict[int, Session] = {}
        """Those without a line, by eid."""
        self._by_token: dict[bytes, Session] = {}
        self._next_eid = next_eid
        self._resting: dict[int, float] = {}  # eid: since when
        self._inboxes: list[Inbox] | None = None  # of the welcomed; None: they are others now

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self.by_eid.values()))

    def __len__(self) -> int:
        return len(self.by_eid)

    @property
    def next_eid(self) -> int:
        """Where the search for a free eid goes on; kept in the store."""
        return self._next_eid

    @property
    def inboxes(self) -> list[Inbox]:
        """Of all who are welcomed, in the order in which they came. Each tick asks for it."""
        if self._inboxes is None:
            self._inboxes = [s.inbox for s in self.by_eid.values() if s.is_welcomed]
        return self._inboxes

    def add(self, session: Session) -> None:
        """A player has come."""
        self.by_eid[session.eid] = session
        self.set_away(session, session.away_since)
        self._inboxes = None
        self.set_tokens(session, session.tokens)

    def remove(self, session: Session, now: float) -> None:
        """A player has gone for good: their tokens are worth nothing from here on."""
        if self.by_eid.pop(session.eid, None) is None:
            return
        self.away.pop(session.eid, None)
        self._inboxes = None
        self._resting[session.eid] = now
        for digest in session.known:
            del self._by_token[digest]
        session.known = frozenset()

    def set_away(self, session: Session, since: float | None) -> None:
        """A player's line is gone since then, or is back (None)."""
        session.away_since = since
        if since is None:
            self.away.pop(session.eid, None)
        else:
            self.away[session.eid] = session

    def set_welcomed(self, session: Session, *, is_welcomed: bool) -> None:
        """A player was welcomed on a new line, or is not yet, or no more."""
        session.is_welcomed = is_welcomed
        self._inboxes = None

    def set_tokens(self, session: Session, tokens: TokenState) -> None:
        """Tokens have changed; every one that means something finds the session."""
        for digest in session.known:
            del self._by_token[digest]
        previous = () if tokens.previous is None else (tokens.previous,)
        session.tokens = tokens
        session.known = frozenset((tokens.current, *previous, *tokens.dead))
        self._by_token.update(dict.fromkeys(session.known, session))

    def find(self, token: str) -> tuple[Session | None, Verdict]:
        """The session that a token belongs to, and what it is worth there.

        Looking up a hash takes a time that tells nothing about the token.
        """
        digest = hashed(token)
        session = self._by_token.get(digest)
        return (
            (None, Verdict.UNKNOWN) if session is None else (session, session.tokens.judge(digest))
        )

    def free_eid(self, now: float) -> int:
        """An eid that nobody has and nobody had for ten minutes."""
        rested = [eid for eid, since in self._resting.items() if now - since > EID_REST_S]
        for eid in rested:
            del self._resting[eid]
        eid = self._next_eid
        while eid in self.by_eid or eid in self._resting:
            eid = eid % EID_MAX + 1
        self._next_eid = eid % EID_MAX + 1
        return eid
