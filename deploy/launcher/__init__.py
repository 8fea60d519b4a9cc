"""From a bare clone to `python -m deploy`: checks, .venv, locked requirements. No third party."""

import re
import sys
from collections.abc import Sequence
from itertools import pairwise

from deploy import run, system
from deploy.clone import Clone
from deploy.launcher import overview
from deploy.launcher.checks import check_python
from deploy.launcher.installation import Installation
from deploy.launcher.needs import groups_needed
from deploy.problem import GOOD, USED_WRONGLY, Problem

INTERRUPTED = 130
INVITE_KEY = "LANTERNHOLD_CLIENT_INVITE"
SCHEME = "lanternhold://"
FOREIGN = re.compile(r"[^A-Za-z0-9_-]")
VALUED = frozenset({"--network", "--way"})  # options of play and probe with a value behind
SHORTEST = 40  # letters: format, port, 16 bytes of secret and the check are more


def hide_invite(arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The arguments with "-" for an invite, and the environment that holds it instead.

    What was typed is seen by others for a moment; a game that lasts all evening must not show it.
    """
    for index, word in enumerate(arguments):
        if SCHEME in word:
            option, equals, link = word.partition("=") if word.startswith("--") else ("", "", word)
            words = [*arguments[:index], f"{option}{equals}-", *arguments[index + 1 :]]
            return words, {INVITE_KEY: link}
    return list(arguments), {}


def check_invite(arguments: Sequence[str]) -> None:
    """Refuse an invite that cannot be one, before half a minute goes into installing for it.

    Its check sum is for the command itself to look at: that code is not installed yet.

    Raises:
        Problem: it is cut off, or no invite.
    """
    words = list(arguments)
    if words[:1] not in (["play"], ["probe"]):
        return
    given = (word for before, word in pairwise(words) if before not in VALUED)
    link = next((word for word in given if not word.startswith("-")), None)
    if link is None:
        return
    _, scheme, payload = link.partition(f"{SCHEME}join/")
    if not scheme:
        what = "This is no invite: it must contain a line that begins with lanternhold://join/."
    elif len(FOREIGN.sub("", payload)) < SHORTEST:  # a messenger may have broken the line
        what = "This invite is damaged or cut off."
    else:
        return
    raise Problem(what, "copy the whole line that your host sent, between quotes", USED_WRONGLY)


def main(arguments: Sequence[str]) -> int:
    """Install what the command needs and become it. Gives an exit code only when it could not."""
    clone = Clone.here()
    try:
        check_python()
        check_invite(arguments)
        installation = Installation(clone)
        if overview.is_wanted(arguments) and not installation.has("deploy"):
            sys.stdout.write(overview.text())
            return GOOD if arguments else USED_WRONGLY
        for group in groups_needed(arguments, clone):
            installation.ensure(group)
        python = system.venv_program(clone.venv, "python")
        # -P: a folder named deploy where the user stands must not be taken for ours.
        words, hidden = hide_invite(arguments)
        system.hold_interrupts()  # until deploy's main can answer
        return run.become([str(python), "-P", "-m", "deploy", *words], env=hidden)
    except Problem as problem:
        sys.stderr.write(f"{problem.what}\n")
        if problem.remedy:
            sys.stderr.write(f"Next: {problem.remedy}\n")
        return problem.code
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Nothing is broken: the same command goes on from here.\n")
        return INTERRUPTED
