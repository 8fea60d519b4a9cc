"""Who may come in: invites, tokens, names, places."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from game import names
from protocol.limits import TokenBucket
from protocol.messages import Hello
from protocol.reasons import Reason
from protocol.resume import Verdict
from server.addresses import Origin
from server.invites import InviteBook
from server.lockout import Lockout
from server.peer import TurnedAway
from server.sessions import Session, Sessions
from server.settings import Settings

_FULL_RETRY_S: Final = 30
_CROWD_RETRY_S: Final = 5
_look: Final = lru_cache(maxsize=4_096)(names.skeleton)  # each newcomer is compared with everybody
_JOINS_PER_SECOND: Final = 2.0  # by one invite, once the whole house has come in at once


@dataclass(frozen=True)
class Newcomer:
    """Somebody who may join, under a name that is clean and free."""

    name: str
    team: int
    is_bot: bool
    invite: bytes  # the key of the one that lets them in
    displaces: Session | None = None


class StolenToken(TurnedAway):
    """A token that its owner can no longer be using: `session` is in two hands and must end."""

    def __init__(self, session: Session) -> None:
        super().__init__(Reason.RESUME_LOST, Reason.RESUME_LOST.sentence)
        self.session = session


class Admission:
    """Judges HELLOs; changes nothing but the count of wrong invites."""

    def __init__(self, settings: Settings, invites: InviteBook, sessions: Sessions) -> None:
        self._settings = settings
        self._invites = invites
        self._sessions = sessions
        self._lockout = Lockout()
        self._joins: dict[bytes, TokenBucket] = {}

    def judge(self, hello: Hello, origin: Origin, now: float) -> Newcomer | Session:
        """A newcomer, or the session that is resumed.

        Raises:
            TurnedAway: with the sentence for the player.
        """
        if hello.resume is not None:
            return self._resumed(hello.resume)
        invite = self._check_invite(hello.invite or "", origin, now)
        if len(self._sessions) >= self._settings.max_players:
            raise TurnedAway(Reason.FULL, Reason.FULL.sentence, _FULL_RETRY_S)
        teams = self._settings.rules().team_count()
        team = hello.team if hello.team < teams else -1
        name = _clean(hello.name)
        return Newcomer(name, team, hello.bot, invite, displaces=self._lookalike(name))

    def _resumed(self, token: str) -> Session:
        session, verdict = self._sessions.find(token)
        if session is None:
            raise TurnedAway(Reason.RESUME_LOST, Reason.RESUME_LOST.sentence)
        if verdict is Verdict.DEAD:
            raise StolenToken(session)
        return session

    def _check_invite(self, secret: str, origin: Origin, now: float) -> bytes:
        """The key of the invite of this secret.

        Raises:
            TurnedAway: when there is none, or it lets nobody in at this moment.
        """
        counted = origin.household
        # A shared address stands for everybody behind it: nobody may lock them all out.
        wait = 0.0 if origin.is_shared else self._lockout.wait_s(counted, now)
        if wait:
            raise TurnedAway(
                Reason.BAD_INVITE,
                f"Too many wrong invites came from your address: try again in {wait:.0f} s.",
                int(wait) + 1,
            )
        entry = self._invites.find(secret)
        if entry is None:
            if not origin.is_shared:
                self._lockout.wrong(counted, now)
            raise TurnedAway(Reason.BAD_INVITE, Reason.BAD_INVITE.sentence)
        if not self._invites.is_open(entry):
            raise TurnedAway(Reason.EXPIRED, Reason.EXPIRED.sentence)
        self._lockout.right(counted)
        if not self._rate(entry.key, now).take(now):
            raise TurnedAway(
                Reason.FULL,
                "Very many people are joining with this invite: try again in a few seconds.",
                _CROWD_RETRY_S,
            )
        return entry.key

    def _rate(self, invite: bytes, now: float) -> TokenBucket:
        burst = 2.0 * self._settings.max_players
        return self._joins.setdefault(invite, TokenBucket(_JOINS_PER_SECOND, burst, now))

    def _lookalike(self, name: str) -> Session | None:
        """The session with a name like this one, if it may be displaced.

        A line that broke before its player had shown to hold a token is most likely the
        newcomer's own: they try again, and their ghost must not stand in their way.
        """
        look = _look(name)
        for session in self._sessions:
            if _look(session.name) != look:
                continue
            is_away = session.away_since is not None
            if is_away and not session.is_proven:
                return session
            hint = " (their line is down, they may come back)" if is_away else ""
            raise TurnedAway(
                Reason.NAME,
                f"Somebody called {session.name} is here already{hint}: choose a name that "
                "cannot be mistaken for theirs.",
            )
        return None


def _clean(raw: str) -> str:
    try:
        return names.clean(raw)
    except ValueError as error:
        raise TurnedAway(Reason.NAME, str(error)) from error
