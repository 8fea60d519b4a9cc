"""What every command begins with: the clone, its settings, its stack."""

from deploy import modes, settings
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
