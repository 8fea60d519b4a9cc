"""A connection to an address, also where the first who ask are not heard."""

import asyncio
import socket
from contextlib import suppress

import pytest

from client import dialing
from client.dialing import dial


class Deaf:
    """A port that takes connections no more: its queue is full, and who asks hears nothing."""

    def __init__(self):
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.port = self.listening.getsockname()[1]
        self._asked = []
        for _ in range(2):
            one = socket.socket()
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(("127.0.0.1", self.port))
            self._asked.append(one)

    def wake(self):
        """Take the one who waits: there is room again."""
        taken, _ = self.listening.accept()
        taken.close()

    def close(self):
        for one in (*self._asked, self.listening):
            one.close()


@pytest.fixture
def deaf():
    port = Deaf()
    yield port
    port.close()


async def test_somebody_new_asks_while_those_before_are_not_heard(deaf, monkeypatch):
    monkeypatch.setattr(dialing, "AGAIN_S", 0.02)
    asked = 0
    connect = dialing._connect

    async def counted(address, port):
        nonlocal asked
        asked += 1
        if asked == 10:
            deaf.wake()
        return await connect(address, port)

    monkeypatch.setattr(dialing, "_connect", counted)
    async with asyncio.timeout(10):  # who asked only once waits for ever: nobody wakes the port
        sock = await dial("127.0.0.1", deaf.port)
    assert sock.getpeername() == ("127.0.0.1", deaf.port)
    sock.close()
    assert asked >= 10


async def test_a_refusal_is_told_at_once():
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionRefusedError):
            await dial("127.0.0.1", unheard.getsockname()[1])


async def test_whoever_gives_up_leaves_nobody_asking(deaf):
    dialling = asyncio.create_task(dial("127.0.0.1", deaf.port))
    await asyncio.sleep(0)
    dialling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dialling
    assert asyncio.all_tasks() == {asyncio.current_task()}
