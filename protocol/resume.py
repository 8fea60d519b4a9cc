"""The rule of the resume token, as a pure value: hashes in, decisions and the next state out.

A token rotates at every resume. Its predecessor stays good until the client's first message
under the new one proves that the new one has arrived: the line may break between the two. A
token that can no longer be an honest client's is dead; whoever shows it ends the session.
"""

import hashlib
import hmac
from enum import StrEnum
from typing import Final

import msgspec

DEAD_KEPT: Final = 8
"""How many dead tokens are remembered, newest last; older ones are merely unknown."""


def hashed(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


class Verdict(StrEnum):
    """What a shown token is worth."""

    GOOD = "good"
    DEAD = "dead"  # two parties hold tokens of this session: end it, and count it
    UNKNOWN = "unknown"


class TokenState(msgspec.Struct, frozen=True, array_like=True):
    """The tokens of one session, hashed. Commit what `rotate` returns before saying WELCOME."""

    current: bytes
    previous: bytes | None = None
    dead: tuple[bytes, ...] = ()

    def judge(self, shown: bytes) -> Verdict:
        """What the token with the hash `shown` is worth."""
        if _same(shown, self.current) or (self.previous and _same(shown, self.previous)):
            return Verdict.GOOD
        return Verdict.DEAD if any(_same(shown, old) for old in self.dead) else Verdict.UNKNOWN

    def rotate(self, shown: bytes, fresh: bytes) -> "TokenState":
        """The state after a resume by a good token: `fresh` is the next one's hash."""
        if self.judge(shown) is not Verdict.GOOD:
            raise ValueError("only a good token is rotated")
        if _same(shown, self.current):
            return TokenState(fresh, self.current, self._bury(self.previous))
        # The client never received the current one: it comes with the one before.
        return TokenState(fresh, self.previous, self._bury(self.current))

    def proven(self, welcomed_with: bytes) -> "TokenState":
        """The state after the first message of a connection that was `welcomed_with` a token.

        A message on an older connection proves nothing about the current token.
        """
        if self.previous is None or not _same(welcomed_with, self.current):
            return self
        return TokenState(self.current, None, self._bury(self.previous))

    def _bury(self, token: bytes | None) -> tuple[bytes, ...]:
        return self.dead if token is None else (*self.dead, token)[-DEAD_KEPT:]


def _same(one: bytes, other: bytes) -> bool:
    return hmac.compare_digest(one, other)
