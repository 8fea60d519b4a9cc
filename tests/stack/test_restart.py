"""A stop is told to the players, and who comes back goes on where they were."""

import asyncio
import time

import pytest

from protocol.messages import Notice
from protocol.reasons import Reason
from support.guest import visiting

pytestmark = pytest.mark.stack


async def test_players_are_told_of_a_stop_and_come_back_to_their_place(door, played, compose):
    async with visiting(door.port, context=door.context, invite=door.secret, name="Stay") as guest:
        first = guest.conversation.welcomed
        began_s = time.monotonic()
        stopping = asyncio.create_task(asyncio.to_thread(compose, "stop", "server"))
        assert await guest.until_closed() == Reason.RESTART
        assert "restart" in [m.code for m in guest.heard if isinstance(m, Notice)]
        await stopping
        assert time.monotonic() - began_s < 12
    assert compose.facts("server")["State"]["ExitCode"] == 0

    await asyncio.to_thread(compose, "up", "--detach", "--wait", "--no-build", "server")
    token = guest.conversation.token
    async with visiting(door.port, context=door.context, token=token, name="Stay") as guest:
        again = guest.conversation.welcomed
    assert again.resumed
    assert (again.player, again.eid) == (first.player, first.eid)
    assert again.epoch > first.epoch
    assert again.tick >= first.tick
