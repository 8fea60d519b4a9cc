"""The same seed and inputs make the same world: on this Python, on every other, next year.

When this fails and the change was meant, raise game.rules.BEHAVIOUR and write the file anew:
`python tests/game/test_golden.py` from the root of the repository (with it on PYTHONPATH).
"""

import json
import sys
from pathlib import Path

import pytest

from game.body import Command
from game.inputs import Act, ActKind, Close, Commands, Join, Leave, Presence
from game.rng import Rng
from game.rules import Mode, Rules
from game.world import World

GOLDEN = Path(__file__).with_name("golden.json")
TICKS = 900
QUICK = {
    "lobby_ms": 500,
    "countdown_ms": 300,
    "round_ms": 20_000,
    "results_ms": 300,
    "star_every_ms": 4_000,
    "star_warning_ms": 1_000,
}
SCRIPTS = {
    "rush-128-30": (Rules(**QUICK), 11),
    "rush-4-teams-96-20": (Rules(**QUICK, teams=4, map_tiles=96, tick_hz=20), 12),
    "village-64-60": (Rules(**QUICK, mode=Mode.VILLAGE, map_tiles=64, tick_hz=60), 13),
}


def nearest(world, body):
    """The nid of the node with something in it that is nearest to a body."""
    tx, ty = body.x >> 16, body.y >> 16
    return min(
        (abs(node.tx - tx) + abs(node.ty - ty), nid)
        for nid, node in world.nodes.items()
        if node.stock
    )[1]


def script(world, chance):
    """The inputs of the next tick: people who come and go, roam, gather, carry home."""
    inputs = []
    for eid in range(1, 9):
        player, luck = world.players.get(eid), chance.below(400)
        if player is None:
            inputs.append(Join(eid, f"p{eid}", is_bot=eid % 2 == 0))
        elif luck == 0:
            inputs.append(Leave(eid))
        elif luck < 3:
            inputs.append(Presence(eid, luck == 1))
        elif luck < 12:
            kind = ActKind.DROP if luck == 3 else ActKind.DEPOSIT
            inputs.append(Act(eid, player.last_act + 1, kind))
        else:
            body = player.body
            works = world.tick // 60 % 3 == eid % 3
            keys = 0 if works else (world.tick // 25 * 7 + eid * 5) % 32
            command = Command(keys, nearest(world, body) if works else 0)
            inputs.append(Commands(eid, player.last_seq + 1, (command,)))
    if chance.below(2_000) == 0:
        inputs.append(Close())
    return inputs


def played(name):
    rules, seed = SCRIPTS[name]
    world, chance = World.create(rules, seed), Rng(seed)
    hashes = {"rules": rules.hash(), "0": world.hash()}
    told = 0
    for tick in range(1, TICKS + 1):
        told += len(world.step(script(world, chance)))
        if tick % 300 == 0:
            hashes[str(tick)] = world.hash()
    hashes["events"] = str(told)
    return hashes


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_the_world_is_the_one_of_the_golden_file(name):
    assert played(name) == json.loads(GOLDEN.read_text(encoding="utf-8"))[name]


if __name__ == "__main__":
    golden = {name: played(name) for name in sorted(SCRIPTS)}
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{GOLDEN} is written.\n")
