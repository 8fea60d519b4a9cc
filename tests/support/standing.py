"""People who only stand there: `python -m support.standing PORT SECRET COUNT` until it is ended.

They speak the protocol to the server's own port and hardly look at what it says: many of them cost
little, and all are bodies in view of each other.
"""

import asyncio
import json
import struct
import sys
from contextlib import contextmanager

from websockets.asyncio.client import connect

from game.body import IDLE
from protocol.client_conversation import ClientConversation
from protocol.invite import Invite
from protocol.table import MAX_SERVER_BYTES
from protocol.version import STEP_MINOR, SUBPROTOCOL
from support.party import count_of, until

SNAP = 0x82
BATCH = 3


@contextmanager
def standing(home, up, count):
    """So many of them in a home that is up; they are in when this begins."""
    record = home.folder / ".lanternhold" / "run" / "supervisor.json"
    port = json.loads(record.read_text())["ports"]["game"]
    secret = Invite.parse(up["invite"]).secret
    with home.start("-m", "support.standing", str(port), secret, str(count)) as crowd:
        try:
            until(lambda: count_of(up["metrics"], "lanternhold_players") >= count, 60, home.logs)
            yield
        finally:
            crowd.kill()
            crowd.communicate()


async def stand(port, secret, name):
    """Come in and acknowledge, a tenth of a second at a time."""
    conversation = ClientConversation()
    conversation.minor = STEP_MINOR - 1  # a SNAP names its tick
    async with connect(
        f"ws://127.0.0.1:{port}/w/home", subprotocols=[SUBPROTOCOL], compression=None, proxy=None,
        ping_interval=None, max_size=MAX_SERVER_BYTES,
    ) as line:  # fmt: skip
        await line.send(conversation.hello(name, secret, bot=True))
        heard = 0
        async for frame in line:
            if frame[0] != SNAP:
                conversation.receive(frame)
                continue
            heard += 1
            if heard % BATCH == 0:
                (tick,) = struct.unpack_from("<I", frame, 1)
                for data in conversation.inputs([IDLE] * BATCH, tick, 0):
                    await line.send(data)


async def main(port, secret, count):
    """All of them, a few at a time."""
    async with asyncio.TaskGroup() as everybody:
        for number in range(count):
            everybody.create_task(stand(port, secret, f"Stone {number}"))
            await asyncio.sleep(0.03)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
