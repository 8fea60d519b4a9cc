"""Which locked requirements a command needs, judged before any of them is installed."""

import shutil
from collections.abc import Callable, Sequence

from deploy import system
from deploy.clone import Clone

STARTING = {"up", "setup"}
PLAYING = {"play"}  # bots draw nothing: what deploy needs is enough for them


def groups_needed(
    arguments: Sequence[str],
    clone: Clone,
    which: Callable[[str], str | None] = shutil.which,
) -> list[str]:
    """The groups of requirements/ to install for a command line, in this order.

    A first `up` may still turn out to need more: the mode is chosen by the command itself, which
    then installs the rest. Here only what is sure already is put together into one installation.
    """
    if any(word in {"-h", "--help"} for word in arguments):
        return ["deploy"]
    command = next((word for word in arguments if not word.startswith("-")), "")
    if command in PLAYING:
        return ["deploy", "client"]
    if command in STARTING and _is_embedded(arguments, clone, which):
        return ["embedded"]
    return ["deploy"]


def _is_embedded(
    arguments: Sequence[str],
    clone: Clone,
    which: Callable[[str], str | None],
) -> bool:
    asked = _asked_mode(arguments)
    if asked:
        return asked == "embedded"
    if clone.mode_file.exists():
        return clone.mode_file.read_text(encoding="utf-8").strip() == "embedded"
    return not system.IS_LINUX or which("docker") is None


def _asked_mode(arguments: Sequence[str]) -> str:
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if word == "--mode":
            return following
        if word.startswith("--mode="):
            return word.removeprefix("--mode=")
    return ""
