"""A client's link to a real websocket on loopback, and an ear for its events."""

import asyncio
from contextlib import asynccontextmanager
from random import Random

from websockets.asyncio.server import serve

from client.connecting import Connector
from client.link import Link
from client.target import Target


class Ear:
    """Collects a link's events; `until` waits for one of a kind."""

    def __init__(self):
        self.events = []
        self._news = asyncio.Event()

    def __call__(self, event):
        self.events.append(event)
        self._news.set()

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, kind, count=1):
        async with asyncio.timeout(5):
            while len(self.of(kind)) < count:
                self._news.clear()
                await self._news.wait()
        return self.of(kind)[count - 1]


@asynccontextmanager
async def server(attend, network=None):
    """What opens lines to a server where `attend` speaks; each is as bad as `network`."""
    async with serve(
        attend, "127.0.0.1", 0, subprotocols=["lanternhold.1"], compression=None, close_timeout=0.2
    ) as running:
        port = running.sockets[0].getsockname()[1]
        target = Target("localhost", port, ("127.0.0.1",), is_secure=False)
        yield Connector(target, network, Random(5)).open


@asynccontextmanager
async def link_to(attend, network=None):
    """A link that connects there: (link, ear, number)."""
    async with server(attend, network) as opener:
        ear = Ear()
        link = Link(opener, ear)
        number = link.connect()
        try:
            yield link, ear, number
        finally:
            await link.close()


async def echo(connection):
    """Say what was heard."""
    async for data in connection:
        await connection.send(data)
