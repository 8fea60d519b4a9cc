"""The invite that somebody gave us: in the arguments, or kept out of them."""

import sys

from deploy import settings
from deploy.problem import USED_WRONGLY, Problem
from protocol.invite import Invite, InviteError

INVITE_BYTES = 4096


def invite(text: str) -> Invite:
    """The invite in `text`; "-" stands for the one in the environment, else on standard input.

    Raises:
        Problem: it is none.
    """
    if text == "-":
        text = settings.given_invite() or sys.stdin.read(INVITE_BYTES)
    try:
        return Invite.parse(text)
    except InviteError as problem:
        remedy = "copy the whole line that your host sent"
        raise Problem(str(problem), remedy, USED_WRONGLY) from None
