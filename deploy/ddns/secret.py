"""A secret that does not show itself: neither in a log, nor in a traceback, nor in JSON."""

import re
import shlex
import stat
from pathlib import Path

from deploy import system
from deploy.clone import Clone, write_private
from deploy.ddns.target import Target
from deploy.problem import USED_WRONGLY, Problem

MOST_BYTES = 4096
SHOWN = "(secret)"


class Secret:
    """A token or password. `reveal` is called where it goes onto the wire, and nowhere else."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return SHOWN

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._text)

    def reveal(self) -> str:
        """The secret itself."""
        return self._text

    def redact(self, text: str) -> str:
        """A text of others with the secret taken out, however it was quoted."""
        return text.replace(self._text, SHOWN) if self._text else text


def path_of(clone: Clone) -> Path:
    """The one file for all that earlier versions had; see `tokens`."""
    return clone.state / "secrets" / "ddns.token"


def path_for(clone: Clone, target: Target) -> Path:
    """The file with a target's token: the one that was named, else its own."""
    if target.token_file:
        return clone.root / target.token_file
    words = (re.sub("[^a-z0-9.-]", "_", word) for word in (target.provider, target.hostname))
    return path_of(clone).with_name(f"ddns.{'.'.join(words)}.token")


def held_for(clone: Clone, target: Target) -> Path:
    """The same for a target that we keep already: its token may still lie in the old file."""
    path, old = path_for(clone, target), path_of(clone)
    return old if not path.exists() and not target.token_file and old.exists() else path


def read(path: Path) -> Secret:
    """The secret in a file, without the line end.

    Raises:
        Problem: there is none, it is empty or not text, or others may read it.
    """
    try:
        raw = path.read_bytes()[: MOST_BYTES + 1]
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise Problem(
            f"There is no token for dynamic DNS in {path}.",
            "./lanternhold ddns update, which asks for it (or --token-stdin)",
            USED_WRONGLY,
        ) from None
    except OSError as problem:
        raise Problem(f"The token in {path} cannot be read: {problem.strerror}.") from None
    if not system.IS_WINDOWS and stat.S_ISREG(mode) and mode & 0o077:
        raise Problem(
            f"The token in {path} may be read by other users of this computer.",
            f"chmod 600 {shlex.quote(str(path))}",
            USED_WRONGLY,
        )
    return checked(raw, f"What is in {path}")


def checked(raw: bytes, where: str) -> Secret:
    """A secret as a person gave it.

    Raises:
        Problem: it is empty, too long, or holds what no token holds.
    """
    text = raw.decode("utf-8", "replace").strip()
    if fault := fault_of(text):
        raise Problem(f"{where} is no token. {fault}", "copy it from the provider's page again")
    return Secret(text)


def fault_of(text: str) -> str:
    """What keeps a text from being a token, as a sentence; "" for nothing."""
    text = text.strip()
    if not text:
        return "It is empty."
    if len(text.encode()) > MOST_BYTES:
        return f"It is longer than {MOST_BYTES} bytes."
    if not all(c.isprintable() or c == "\n" for c in text):
        return "It has signs in it that cannot be seen."
    return ""


def keep(path: Path, secret: Secret) -> None:
    """Write a secret, readable by this user alone."""
    write_private(path, secret.reveal() + "\n")
