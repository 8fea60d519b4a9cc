"""`python -m deploy.embedded`: the supervisor's process. ./lanternhold starts it, nobody else."""

import os
import sys

from deploy import settings, system
from deploy.clone import Clone
from deploy.embedded.ports import choose_ports
from deploy.embedded.programs import programs
from deploy.embedded.supervisor import Supervisor
from deploy.problem import Problem


def main() -> int:
    """Supervise this clone's programs, unless a supervisor of it runs already."""
    clone = Clone.here()
    os.umask(0o077)  # keys, tokens and the world are this user's alone
    clone.make_state()
    with system.exclusive(clone.run / "supervisor.lock") as is_ours:
        if not is_ours:
            sys.stderr.write("A supervisor of this clone runs already.\n")
            return 1
        try:
            chosen = settings.load(clone)
            ports = choose_ports(chosen)
            return Supervisor(clone, programs(clone, chosen, ports), ports).run()
        except Problem as problem:
            sys.stderr.write(f"{problem}\n")
            return problem.code


if __name__ == "__main__":
    sys.exit(main())
