"""docker compose up and down, timed, with a player who is told of the end."""

import asyncio
import os
import sys

from _proof import Proof, switch_compose_on, timed

from protocol.messages import Notice
from protocol.reasons import Reason
from support.compose import PREFIX, Compose, clean_environment, free_port
from support.door import Door
from support.guest import visiting

UP_BAR_S = 10
DOWN_BAR_S = 12
UP = ("up", "--build", "--detach", "--wait", "--wait-timeout", "90")


def main():
    """Up twice, the second time warm; a player sits there when it goes down."""
    switch_compose_on()
    proof = Proof("compose")
    port = free_port()
    stack = Compose(
        f"{PREFIX}{os.getpid()}",
        environment=clean_environment(
            LANTERNHOLD_HTTPS_PORT=port,
            LANTERNHOLD_HTTP_PORT=free_port(),
            LANTERNHOLD_SERVER_PRIVATE_PORT=free_port(),
        ),
    )
    try:
        with timed(proof, "first_up_s"):
            stack(*UP)
        stack("down")
        with timed(proof, "warm_up_s", UP_BAR_S):
            stack(*UP)
        code, told = asyncio.run(sit_through_the_end(proof, stack, Door.of(stack, port)))
        proof.holds("player_was_told", told)
        proof.holds("player_may_come_back", code == Reason.RESTART)
    finally:
        stack.down()
    return proof.finish()


async def sit_through_the_end(proof, stack, door):
    """A player in the world while the stack goes down: (close code, whether it was told)."""
    async with visiting(door.port, context=door.context, invite=door.secret) as guest:
        listening = asyncio.create_task(guest.until_closed())
        with timed(proof, "down_s", DOWN_BAR_S):
            await asyncio.to_thread(stack, "down")
        code = await listening
    return code, "restart" in [m.code for m in guest.heard if isinstance(m, Notice)]


if __name__ == "__main__":
    sys.exit(main())
