"""`python -m bench.generator PLAN`: a crowd as a process of its own, told what to do by lines.

It brings everybody in and says "in". From then on it plays; "begin" starts a count, "end" is
answered with the count as JSON, and the end of its input is the end of it.
"""

import select
import sys
from pathlib import Path

import msgspec

from bench.colyseus_crowd import ColyseusWalkers
from bench.crowd import Crowd
from bench.ours import Walkers
from bench.plan import Plan
from bench.websocket import LineError


def main() -> int:
    """Play until the input ends; 1, and a sentence, when the crowd could not be brought in."""
    plan = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Plan)
    crowd: Crowd = Walkers(plan) if plan.kind == "ours" else ColyseusWalkers(plan)
    try:
        crowd.join()
    except (LineError, OSError) as error:
        print(f"error {error}", flush=True)
        return 1
    print("in", flush=True)
    try:
        _obey(crowd)
    finally:
        crowd.close()
    return 0


def _obey(crowd: Crowd) -> None:
    orders = select.poll()
    orders.register(sys.stdin, select.POLLIN)
    while True:
        crowd.turn()
        if not orders.poll(0):
            continue
        order = sys.stdin.readline().strip()
        if order == "begin":
            crowd.begin()
            print("begun", flush=True)
        elif order == "end":
            print(msgspec.json.encode(crowd.count()).decode(), flush=True)
        else:
            return


if __name__ == "__main__":
    sys.exit(main())
