"""Asking and changing the firewall takes root: as root directly, else by sudo without a question.

Every program runs with LC_ALL=C, since its words are read, and with root's own PATH: on Debian a
user's has no /usr/sbin, where ufw lies.
"""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy import system
from deploy.problem import Problem
from deploy.run import NOT_FOUND, TIMED_OUT, Result, Runner

PATH = (
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:"
    "/run/wrappers/bin:/run/current-system/sw/bin"
)
WORDS = ("env", "LC_ALL=C", f"PATH={PATH}")
REFUSALS = re.compile(  # of sudo, and of the sudo that is written in Rust
    r"^sudo: .*(password|terminal|authentication) is required|not in the sudoers"
    r"|^(sudo: )?(sorry, user|i'm sorry) .*(not allowed|can't do that)",
    re.IGNORECASE | re.MULTILINE,
)
TIMEOUT_S = 30.0  # a firewall-cmd whose bus does not answer gives up after 25 s


def is_root() -> bool:
    """Whether this process may do everything; on Windows that is not for us to use."""
    return not system.IS_WINDOWS and os.geteuid() == 0


def prefix(*, root: bool) -> list[str]:
    """What stands before a command that needs root. `sudo -n` never asks: it works or it fails."""
    return [] if root else ["sudo", "-n", "--"]


class AsRoot:
    """A Runner that runs everything as root.

    Args:
        runner: what runs the programs.
        root: whether this process is root; None looks.
    """

    def __init__(self, runner: Runner, *, root: bool | None = None) -> None:
        self._runner = runner
        self._prefix = prefix(root=is_root() if root is None else root)

    def __call__(
        self,
        argv: Sequence[str],
        *,
        timeout_s: float = TIMEOUT_S,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Result:
        """Run it; see Runner.

        Raises:
            Problem: sudo would have to ask for a password, or is not there.
        """
        words = [*self._prefix, *WORDS, *argv]
        spoken = {"LC_ALL": "C", **(env or {})}
        done = self._runner(words, timeout_s=timeout_s, stdin=stdin, env=spoken, cwd=cwd)
        if self._prefix and _is_refused(done):
            raise Problem(
                "To look at the firewall, and to change it, takes root.",
                "sudo -v, then the same command again (or run it as root)",
            )
        return done


def _is_refused(done: Result) -> bool:
    """Whether sudo ran nothing. It also warns, of a host name for one, and then does its work."""
    is_missing = done.code == NOT_FOUND and done.err.startswith("sudo:")
    return is_missing or (not done.is_good and REFUSALS.search(done.err) is not None)


def must(done: Result, what: str) -> str:
    """What a program said, when it did its work.

    Raises:
        Problem: it did not; `what` begins the sentence: "ufw could not ...".
    """
    if done.is_good:
        return done.out
    if done.code == TIMED_OUT:
        raise Problem(f"{what}: it did not answer.", "see whether its service runs, then try again")
    raise Problem(f"{what}: {done.last_words or 'it did not say why'}.")
