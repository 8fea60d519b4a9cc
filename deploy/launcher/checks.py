"""Whether this Python can carry Lanternhold, before anything is made."""

import importlib.util
from collections.abc import Callable

from deploy import system
from deploy.problem import Problem

REQUIRED_BITS = 64


def _has_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def check_python(has_module: Callable[[str], bool] = _has_module, bits: int = 0) -> None:
    """Check that this Python is wide enough and can make virtual environments.

    Args:
        has_module: whether a module of the standard library is there.
        bits: the width of addresses; 0 asks this Python.

    Raises:
        Problem: with the command that mends it.
    """
    width = bits or system.bits()
    if width != REQUIRED_BITS:
        raise Problem(
            f"Lanternhold needs a 64 bit Python, and this one has {width} bits.",
            "install a 64 bit system (on a Raspberry Pi: Raspberry Pi OS, 64-bit)",
        )
    for module in ("venv", "ensurepip"):
        if not has_module(module):
            raise Problem(
                f"Python's module {module} is missing on this {system.name()} system, "
                "and without it nothing can be installed.",
                system.how_to_get_venv(),
            )
