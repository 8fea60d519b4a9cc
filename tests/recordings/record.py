"""Record the rounds of this folder anew, when the rules of the game have changed on purpose.

    python tests/recordings/record.py

Bots play on a whole server with a fake clock, so it takes seconds. The files hold no names but
theirs.
"""

# ruff: noqa: E402 - run as a program it has to find the packages first

import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from game.rules import Mode
from server import log
from server.recordings import Recordings
from support.bots import party
from support.house import House

FOLDER = Path(__file__).parent
ROUNDS = {
    "rush-2-teams-20-hz": (
        {"tick_hz": 20, "lobby_seconds": 1, "round_seconds": 20},
        {"bots": 4, "seconds": 50, "cut_at_s": (9, 15)},  # into the next round
    ),
    "rush-4-teams-30-hz": (
        {"tick_hz": 30, "lobby_seconds": 1, "round_seconds": 60, "teams": 4},
        {"bots": 8, "seconds": 30, "cut_at_s": (12,)},
    ),
    "village-60-hz": (
        {"tick_hz": 60, "mode": Mode.VILLAGE},
        {"bots": 3, "seconds": 30},
    ),
}


def record(folder=FOLDER, names=tuple(ROUNDS)):
    """Write the files; returns their paths."""
    paths = []
    for name in names:
        settings, plan = ROUNDS[name]
        with tempfile.TemporaryDirectory() as data:
            house = House(Path(data), **settings)
            party(house, **plan)
            house.wait(1.5)  # until all of it is on disk
            made = Recordings(Path(data)).write("asked")
            house.close()
            paths.append(folder / f"{name}.lhrec")
            paths[-1].write_bytes(made.read_bytes())
    return paths


if __name__ == "__main__":
    log.configure("warning", "console")
    for path in record():
        sys.stdout.write(f"{path.name}: {path.stat().st_size} bytes\n")
