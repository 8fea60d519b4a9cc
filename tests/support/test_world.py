"""The toy world fails when told, and only then."""

import pytest

from support.world import Crash, ToyChange, World


async def test_it_fails_at_the_call_that_was_named_and_only_once():
    world = World(door="shut")
    change = ToyChange(world, "door", "open")
    world.break_at(2)
    before = await change.inspect()
    with pytest.raises(Crash):
        await change.apply(before)
    assert world.things == {"door": "shut"}
    await change.apply(before)
    assert world.things == {"door": "open"}
