import pytest

from game.body import Command
from game.inputs import Act, ActKind, Close, Commands, Join
from game.rng import Rng
from game.rules import Mode, Rules
from game.sealing import Sealing
from game.world import World

QUICK = {"map_tiles": 64, "lobby_ms": 100, "countdown_ms": 100, "star_every_ms": 1_000}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("every", [1, 7, 100])
def test_it_is_the_worlds_own_hash_whenever_it_is_asked_for(mode, every):
    """People gather, lay down, then pick up; a rush is closed twice: then there is a new map."""
    world = World.create(Rules(**QUICK, mode=mode), 7)
    for lamp in world.lanterns:
        world.ground.lay(0, 3, lamp.tx, lamp.ty + 1)
    sealing, chance, piles = Sealing(world), Rng(1), 0
    assert sealing.hash() == world.hash()
    for tick in range(1, 1_001):
        inputs = []
        for eid in range(1, 7):
            player = world.players.get(eid)
            if player is None:
                inputs.append(Join(eid, f"p{eid}"))
                continue
            body = player.body
            near = min(
                (abs(n.tx - (body.x >> 16)) + abs(n.ty - (body.y >> 16)), nid)
                for nid, n in world.nodes.items()
                if n.stock
            )
            command = Command(0, near[1]) if near[0] < 2 else Command(chance.below(16), 0)
            inputs.append(Commands(eid, player.last_seq + 1, (command,)))
            if body.load > 2 and tick < 400:
                inputs.append(Act(eid, player.last_act + 1, ActKind.DROP))
        if tick in {800, 810}:
            inputs.append(Close())
        world.step(inputs)
        sealing.follow()
        piles += len(world.removed)
        if tick % every == 0 or world.remade:
            assert sealing.hash() == world.hash()
    assert piles > 0
    assert world.number == (1 if mode is Mode.VILLAGE else 2)


@pytest.mark.parametrize("count", [0, 1, 15, 16, 300])
def test_any_number_of_nodes_is_packed_as_a_list(count):
    world = World.create(Rules(map_tiles=64), 7)
    for nid in sorted(world.nodes)[count:]:
        del world.nodes[nid]
    assert Sealing(world).hash() == world.hash()
