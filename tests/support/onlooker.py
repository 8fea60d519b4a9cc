"""A real client session without a window that notes when each snapshot came."""

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from random import Random

import msgspec

from client import ways
from client.link import Link
from client.session import Identity, Session
from client.tokens import TokenMemory
from client.ways import Ways
from protocol.version import MINOR

FRAME_S = 1 / 60


class Onlooker:
    """Somebody who stands and watches. `came` is (tick, when), oldest first.

    `minor` is what they say to know: who knows no STEP gets a whole SNAP each tick.
    """

    def __init__(self, invite, name, minor=MINOR):
        self.came = []
        self._news = asyncio.Event()
        self.link = Link(Ways([ways.at_home(invite)]).open, self._deliver)
        who = Identity(name, invite.secret, is_bot=True)
        self.session = Session(self.link, who, TokenMemory(), Random(1), time.monotonic())
        self.session.on_snap = self._on_snap
        self.session.conversation.minor = minor

    @property
    def notices(self):
        """The codes of what it was told, oldest first."""
        return [notice.code for notice in self.session.view.notices] if self.session.view else []

    async def next_snap(self):
        """Wait for a snapshot."""
        self._news.clear()
        await self._news.wait()

    def ages(self, reference, since):
        """How old the world was that this one saw, at its oldest, between any two snapshots.

        `reference` is an onlooker on a fast line: when it saw a tick, the tick had just been made.
        """
        made = dict(reference.came)
        oldest = []
        for (tick, _), (_, at) in zip(self.came, self.came[1:], strict=False):
            if at >= since and tick in made:
                oldest.append(at - made[tick])
        return sorted(oldest)

    def _deliver(self, event):
        self.session.handle(event)

    def _on_snap(self, snap, at):
        self.came.append((snap.tick, at))
        self._news.set()

    @asynccontextmanager
    async def watching(self):
        """From the first snapshot to the end."""
        self.session.start()
        living = asyncio.create_task(self._live())
        try:
            async with asyncio.timeout(30):
                await self.next_snap()
            yield self
        finally:
            self.session.leave()
            await self.link.close()
            living.cancel()
            with suppress(asyncio.CancelledError):
                await living

    async def _live(self):
        while True:
            self.session.advance(time.monotonic())
            await asyncio.sleep(FRAME_S)


def by_port(invite, port):
    """The same invite, for another way to the same server."""
    return msgspec.structs.replace(invite, port=port, addresses=("127.0.0.1",), outside="")
