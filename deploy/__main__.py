"""`python -m deploy`: the host's commands. ./lanternhold becomes this."""

import os
import sys

from deploy import system
from deploy.problem import BAD, Problem

INTERRUPTED = 130


def main() -> int:
    """Run a command; every foreseeable failure is a sentence and an exit code of 0, 1 or 2.

    Typer itself shows wrong usage and leaves with 2.
    """
    os.umask(0o077)  # what we make is this user's alone
    try:
        system.let_interrupts()
        # Only here: it takes a while, in which Ctrl-C may come; and screen needs what is installed.
        from deploy.cli import app  # noqa: PLC0415

        app(prog_name="./lanternhold")
    except Problem as problem:
        from deploy import screen  # noqa: PLC0415

        screen.problem(problem)
        return problem.code
    except KeyboardInterrupt:
        return _stopped()
    except SystemExit as end:  # typer's, for a Ctrl-C that came in a command
        if end.code == INTERRUPTED:
            return _stopped()
        raise
    except OSError as problem:
        sys.stderr.write(f"{problem.strerror or problem}: {problem.filename or ''}\n")
        return BAD
    return 0


def _stopped() -> int:
    sys.stderr.write("Stopped.\n")
    return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
