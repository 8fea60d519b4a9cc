"""Why a connection ends: close codes, the sentence for the player, and what to do next."""

import re
from enum import IntEnum
from typing import Final, Self


class Reason(IntEnum):
    """The application's WebSocket close codes. IDLE is reserved: no server sends it yet."""

    sentence: str
    may_resume: bool

    BYE = 4000, "You have left the game."
    RESTART = (
        4001,
        "The server has stopped; if it is only restarting, you will be back in a moment.",
        True,
    )
    PROTOCOL = 4002, "Your game and the server did not understand each other; update both."
    KICKED = 4003, "The host has removed you from the game; ask the host before you come back."
    BAD_INVITE = 4004, "This invite does not open this server; ask the host for a new one."
    MOVED = 4005, "You joined from another window or device, and the game goes on there."
    FULL = 4006, "Every place is taken; try again when somebody has left."
    VERSION = 4007, "Your game has another version than the server; update it and join again."
    TOO_SLOW = 4008, "Your connection could not keep up; joining again as soon as it can.", True
    RATE = (
        4009,
        "Your game sent far too much at once and was cut off; wait a moment and join again.",
    )
    IDLE = 4010, "You were away for long and your place was given free; join again to play."
    NAME = 4011, "This name cannot be used here; choose another one and join again."
    HELLO_LATE = 4012, "Your game took too long to introduce itself; join again."
    EXPIRED = 4013, "This invite has run out or was withdrawn; ask the host for a new one."
    RESUME_LOST = 4014, "Your place was not kept; join again with your invite."

    def __new__(cls, code: int, sentence: str, may_resume: bool = False) -> Self:  # noqa: D102
        self = int.__new__(cls, code)
        self._value_ = code
        self.sentence = sentence
        self.may_resume = may_resume
        return self


BY_CODE: Final = {int(reason): reason for reason in Reason}

SERVICE_RESTART: Final = 1012
"""The standard's code for a server that drains; its text may carry `retry_text`. Reserved: a
client obeys it, no server of this version sends it."""

_BROKEN: Final = frozenset({1001, 1006, 1011, SERVICE_RESTART, 1013, 1014})
"""Standard codes that speak of the line or of the machine, not of what was said."""

_RETRY = re.compile(r"retry after ([0-9]{1,4}) s")


def may_resume(code: int | None) -> bool:
    """Whether the session behind a connection that closed with `code` may be resumed.

    None stands for a line that broke without a close. Codes that nobody knows end the session.
    """
    if code is None or code in _BROKEN:
        return True
    reason = BY_CODE.get(code)
    return reason is not None and reason.may_resume


def sentence(code: int | None) -> str:
    """What the player reads about a connection that closed with `code`."""
    reason = BY_CODE.get(code or 0)
    if reason is not None:
        return reason.sentence
    if may_resume(code):
        return "The connection was lost; trying to get it back."
    return f"The server closed the connection (code {code}); join again, or ask the host."


def retry_text(seconds: int) -> str:
    """The close text that asks the client to wait `seconds` before it comes again."""
    return f"retry after {seconds} s"


def retry_after_s(text: str) -> int:
    """The seconds that a close text asks to wait; 0 if it asks for nothing."""
    found = _RETRY.fullmatch(text)
    return int(found[1]) if found else 0
