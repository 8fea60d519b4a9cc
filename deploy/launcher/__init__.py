"""From a bare clone to `python -m deploy`: checks, .venv, locked requirements. No third party."""

import sys
from collections.abc import Sequence

from deploy import run, system
from deploy.clone import Clone
from deploy.launcher.checks import check_python
from deploy.launcher.installation import Installation
from deploy.launcher.needs import groups_needed
from deploy.problem import Problem

INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Install what the command needs and become it. Gives an exit code only when it could not."""
    clone = Clone.here()
    try:
        check_python()
        installation = Installation(clone)
        for group in groups_needed(arguments, clone):
            installation.ensure(group)
        python = system.venv_program(clone.venv, "python")
        # -P: a folder named deploy where the user stands must not be taken for ours.
        return run.become([str(python), "-P", "-m", "deploy", *arguments])
    except Problem as problem:
        sys.stderr.write(f"{problem.what}\n")
        if problem.remedy:
            sys.stderr.write(f"Next: {problem.remedy}\n")
        return problem.code
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Nothing is broken: the same command goes on from here.\n")
        return INTERRUPTED
