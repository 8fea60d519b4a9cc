"""What a host sends to a friend: the lines to type, and the invite as a picture."""

import io
import sys

import segno

from deploy import run
from deploy.clone import Clone
from deploy.invitation import Label
from deploy.screen import out
from protocol.invite import Invite

GIT_S = 5.0
SOMEWHERE = "<the address you cloned from>"
PUBLIC = ("https://", "http://", "git://", "ssh://", "git@")


def show(made: Invite, origin: str, *, with_code: bool = False, label: Label | None = None) -> None:
    """Show what to send, and where it works.

    Args:
        made: the invite.
        origin: where this clone came from; see `origin_of`.
        with_code: show the picture too, where there is a terminal for it.
        label: how the invite is called.
    """
    console, link = out(), made.link()
    if with_code and sys.stdout.isatty():
        # Named colours: on a light terminal the code would be its own negative.
        console.print(qr_code(link), markup=False, style="bright_white on black")
        console.say("The picture is the same line, for a phone that passes it on to a computer.")
    named = f" ({label.text}{_until(label)})" if label else ""
    console.say(f"Send this to your friends{named}; they type it in a terminal:\n")
    console.show(f"git clone {origin} lanternhold")
    console.show("cd lanternhold")
    console.show(f"./lanternhold play '{link}'\n", style="bold")
    where = ", ".join(made.addresses)
    house = f"in your network, at {where}, port {made.port}"
    outside = f"anywhere, by {made.outside}, and " if made.outside else ""
    console.say(f"For friends {outside}{house}.")


def _until(label: Label) -> str:
    return f", good until {label.expires}" if label.expires else ""


def qr_code(text: str) -> str:
    """A QR code in half blocks, readable on dark and on light terminals."""
    drawn = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out=drawn, compact=True)
    return drawn.getvalue()


def origin_of(clone: Clone, runner: run.Runner = run.run) -> str:
    """Where friends can clone from too: this clone's origin, if it is a public place.

    An address with somebody's password in it is nobody else's business.
    """
    said = runner(["git", "config", "--get", "remote.origin.url"], timeout_s=GIT_S, cwd=clone.root)
    url = said.out.strip()
    is_private = "@" in url and url.startswith(("http://", "https://"))
    return url if said.is_good and url.startswith(PUBLIC) and not is_private else SOMEWHERE
