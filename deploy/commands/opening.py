"""What every command begins with: the clone, its settings, its stack."""

from collections.abc import Mapping

from deploy import modes, server_check, settings
from deploy.clone import Clone
from deploy.docker.stack import DockerStack
from deploy.embedded.stack import EmbeddedStack
from deploy.modes import Mode
from deploy.problem import Problem
from deploy.settings import Settings
from deploy.stack import Stack


def open_clone() -> tuple[Clone, Settings]:
    """The clone that this command belongs to, and its settings, checked."""
    clone = Clone.here()
    return clone, settings.load(clone)


def open_to_start(asked: Mode | None) -> tuple[Clone, Settings]:
    """The same for a start: the server's own settings are checked too.

    In Docker mode the container's start tells what is wrong with them.
    """
    clone = Clone.here()

    def more(keys: Mapping[str, str]) -> list[str]:
        is_docker = (asked or modes.remembered(clone)) is Mode.DOCKER
        return [] if is_docker else server_check.faults(clone, keys)

    return clone, settings.load(clone, more=more)


def open_to_stop() -> tuple[Clone, Settings]:
    """The same for a stop: a .env that has become wrong must not keep a server running."""
    clone = Clone.here()
    try:
        return clone, settings.load(clone)
    except Problem:
        return clone, settings.usual()


def stack_of(clone: Clone, chosen: Settings, mode: Mode, *, monitoring: bool = False) -> Stack:
    """The stack of a mode."""
    if mode is Mode.DOCKER:
        return DockerStack(clone, chosen, monitoring=monitoring)
    return EmbeddedStack(clone, chosen)


def remembered_stack(clone: Clone, chosen: Settings) -> Stack:
    """The stack that the last `up` started.

    Raises:
        Problem: there was none.
    """
    mode = modes.remembered(clone)
    if mode is None:
        raise Problem("Lanternhold has not been started in this clone yet.", "./lanternhold up")
    return stack_of(clone, chosen, mode)
