"""The server's own look at its settings, before anything is started."""

import sys
from collections.abc import Mapping

from deploy import run
from deploy.clone import Clone
from deploy.problem import USED_WRONGLY

LONGEST_S = 20.0


def faults(clone: Clone, keys: Mapping[str, str], runner: run.Runner = run.run) -> list[str]:
    """What the server would refuse, a sentence each; it alone knows what its values may be.

    A server that cannot say (it is not installed yet) is left to say it when it starts.
    """
    done = runner(
        [sys.executable, "-P", "-m", "server", "check"],
        timeout_s=LONGEST_S,
        env={**keys, "PYTHONPATH": str(clone.root)},
        # Where it will run; a .env of the clone is for the host's tools to read, not for it.
        cwd=clone.data if clone.data.is_dir() else clone.root / "requirements",
    )
    sentences = [line.strip() for line in done.err.splitlines() if line.strip()]
    # What no LANTERNHOLD_ key leads is a program's usage or a traceback, not a fault of the host.
    return [line for line in sentences if line.startswith(run.PREFIX)] * (done.code == USED_WRONGLY)
