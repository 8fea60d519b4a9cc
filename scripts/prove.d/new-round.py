"""What a tick has to do for the next map: the longest on each map at each tick rate."""

import gc
import sys
import time

from _proof import Proof, say

from game.inputs import Join
from game.rules import TICK_RATES, Rules
from game.state import Phase
from game.world import World

MAPS = (64, 128, 256, 512)
PLAYERS = 8
BAR_MS = 5
TRIES = 3  # of each tick the shortest: what else the machine does is not what is measured


def main():
    """Half a minute. Processor time of World.step alone, from the first slice to the new map."""
    proof = Proof("new-round")
    for size in MAPS:
        for hz in TICK_RATES:
            say(f"{size} tiles at {hz} Hz ...")
            tries = [steps(size, hz) for _ in range(TRIES)]
            ticks = [min(each) for each in zip(*tries, strict=True)]
            proof.at_most(f"slice_ms_{size}_{hz}", max(ticks[:-1]), BAR_MS)
            proof.at_most(f"new_map_ms_{size}_{hz}", ticks[-1], BAR_MS)
            proof.figure(f"all_ms_{size}_{hz}", sum(ticks))
    return proof.finish()


def steps(size, hz):
    """How many ms each tick took that worked on the next map; the new one's first tick is last."""
    world = World.create(Rules(map_tiles=size, tick_hz=hz, lobby_ms=0, countdown_ms=0), 3)
    world.step([Join(eid, f"Walker {eid}") for eid in range(1, PLAYERS + 1)])
    while world.upcoming is None:
        world.step([])
    gc.freeze()  # as the server does
    took = []
    while world.phase in {Phase.PLAY, Phase.RESULTS}:
        began = time.thread_time()
        world.step([])
        took.append((time.thread_time() - began) * 1000)
    return took


if __name__ == "__main__":
    sys.exit(main())
