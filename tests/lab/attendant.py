"""A doctor who stays: runs beside a clone and looks again each time it is asked.

    python attendant.py CLONE

Reads a JSON line {"environment": {...}, "outside": probe or null}, prints the doctor's JSON. The
same modules as `./lanternhold doctor`, without importing them anew for each of thirty worlds.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from deploy import modes, settings
from deploy.clone import Clone
from deploy.commands.opening import stack_of
from deploy.doctor.checks import CHECKS
from deploy.doctor.engine import examine
from deploy.doctor.gathering.everything import gather


def main(folder):
    clone = Clone(folder)
    for line in sys.stdin:
        asked = json.loads(line)
        os.environ.clear()
        os.environ.update(asked["environment"])
        chosen = settings.load(clone)
        mode = modes.remembered(clone)
        stack = stack_of(clone, chosen, mode) if mode else None
        facts = asyncio.run(gather(clone, chosen, stack, asked["outside"]))
        sys.stdout.write(json.dumps(examine(CHECKS, facts).as_json()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
