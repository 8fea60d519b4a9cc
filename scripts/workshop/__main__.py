"""`python -m workshop test|check`: what scripts/test and scripts/check hand over to."""

import os
import signal
import sys

from workshop import checks, suite
from workshop.report import SetUpError

_USAGE = """scripts/test [--install] [PYTEST ARGUMENT...]
  scripts/test             run what this machine can, and name what is missing
  scripts/test --install   on Debian as root: install all that the tests need, then run them all
  scripts/test tests/game  only these tests, without the static checks"""


def main(words: list[str]) -> int:
    """Run the verb in `words`; returns an exit code."""
    os.environ.pop("PYTHONPATH", None)  # it found this package; the tests must not see it
    _hear_ctrl_c()
    verb, *arguments = words
    if verb == "check":
        return 0 if checks.run() else 1
    if "--help" in arguments or "-h" in arguments:
        print(_USAGE)
        return 0
    install = "--install" in arguments
    try:
        return suite.run([a for a in arguments if a != "--install"], install=install)
    except SetUpError as broken:
        print(broken, file=sys.stderr)
        return 1


def _hear_ctrl_c() -> None:
    """A shell has what it starts by `... &` ignore Ctrl-C, and so all the programs of the tests."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
