"""A session that one server sends to another, both on loopback: what it says to whom."""

import asyncio
import time
from contextlib import asynccontextmanager
from random import Random

import pytest
from websockets.asyncio.server import serve

from client.connecting import Connector
from client.link import Link
from client.session import Identity, Session
from client.state import Playing
from client.target import Target
from client.tokens import TokenMemory
from game.body import Body
from game.rules import Rules
from protocol.codec import decode_client, encode
from protocol.hot import Snap
from protocol.messages import Hello, Reject, Travel, Welcome
from protocol.reasons import SERVICE_RESTART, Reason
from protocol.rules import to_wire

RULES = Rules(map_tiles=64)
INVITE, TICKET = "A" * 24, "T" * 24


class World:
    """Lets everybody in, except those it `refuses`; does to a player what a test tells it."""

    def __init__(self, world, eid=1):
        self.world, self.eid, self.port = world, eid, 0
        self.hellos, self.paths, self.lines = [], [], []
        self.refuses = None
        self.sends_on = None  # a TRAVEL instead of a WELCOME

    @property
    def url(self):
        return f"ws://localhost:{self.port}/w/{self.world}"

    @asynccontextmanager
    async def open(self):
        async with serve(
            self._attend, "127.0.0.1", 0, subprotocols=["lanternhold.1"], compression=None
        ) as server:
            self.port = server.sockets[0].getsockname()[1]
            yield self

    async def _attend(self, line):
        hello = decode_client(await line.recv())
        assert isinstance(hello, Hello)
        self.paths.append(line.request.path)
        self.hellos.append((hello.invite, hello.resume))
        if self.sends_on is not None:
            await self._send(line, self.sends_on)
        elif self.refuses is not None and hello.resume:
            await line.send(encode(Reject(code=self.refuses, text=self.refuses.sentence)))
            await line.close(self.refuses)
        else:
            await self._let_in(line, is_resumed=bool(hello.resume))

    async def _let_in(self, line, *, is_resumed):
        token = f"{self.world}-token-{len(self.hellos):012}"
        await line.send(encode(Welcome(
            minor=0, server=self.world, world=self.world, epoch=1, player="0" * 32, eid=self.eid,
            token=token, resumed=is_resumed, tick=1, tick_hz=30, rules=to_wire(RULES),
            rules_hash=RULES.hash(), last_act_id=0, last_seq=0, resume_s=60,
        )))  # fmt: skip
        await line.send(encode(Snap(5, 0, 0, Body(5 << 16, 5 << 16), (), (), ())))
        self.lines.append(line)
        await line.wait_closed()

    async def send_on(self, line, url, world):
        await self._send(line, Travel(url=url, world=world, ticket=TICKET))

    async def _send(self, line, travel):
        await line.send(encode(travel))
        await line.close(SERVICE_RESTART)


class Player:
    """A session on its link; `until` lets it live."""

    def __init__(self, opener):
        self.link = Link(opener, self._deliver)
        who = Identity("Ada", INVITE)
        self.session = Session(self.link, who, TokenMemory(), Random(1), time.monotonic())
        self.session.start()

    def _deliver(self, event):
        self.session.handle(event)

    async def end(self):
        self.link.cut()
        await self.link.close()

    async def until(self, is_so):
        async with asyncio.timeout(10):
            while not is_so():
                self.session.advance(time.monotonic())
                await asyncio.sleep(0.01)

    async def enter(self, world):
        await self.until(
            lambda: (
                isinstance(self.session.state, Playing)
                and self.session.presence is not None
                and self.session.view.world == world.world
            )
        )


@pytest.fixture
async def stage():
    """Two worlds, and an opener whose server is the first."""
    async with World("home").open() as home, World("far").open() as far:
        target = Target("localhost", home.port, ("127.0.0.1",), is_secure=False)
        yield home, far, Connector(target).open


@pytest.fixture
async def player(stage):
    one = Player(stage[2])
    await one.enter(stage[0])
    yield one
    await one.end()


async def test_a_player_who_is_sent_on_resumes_there_and_stays_there(stage, player):
    home, far, _ = stage
    before = player.session.view
    await home.send_on(home.lines[0], far.url, "far")
    await player.enter(far)
    assert far.hellos == [(None, TICKET)]
    assert far.paths == ["/w/far"]
    assert player.session.state == Playing(resumed=True)
    assert player.session.view is not before, "the same body number means nothing over there"
    far.lines[0].transport.abort()
    await player.until(lambda: len(far.lines) == 2)
    assert far.hellos[1] == (None, "far-token-000000000001")
    assert len(home.hellos) == 1


async def test_an_invite_is_shown_to_its_own_server_only(stage, player):
    home, far, _ = stage
    await home.send_on(home.lines[0], far.url, "far")
    await player.enter(far)
    far.refuses = Reason.RESUME_LOST
    far.lines[0].transport.abort()
    await player.enter(home)
    assert all(invite is None for invite, _ in far.hellos)
    assert home.hellos == [(INVITE, None)] * 2


@pytest.mark.parametrize("refusal", [Reason.FULL, Reason.RESUME_LOST, Reason.RESTART])
async def test_a_player_whom_the_other_world_turns_away_comes_back(stage, player, refusal):
    home, far, _ = stage
    far.refuses = refusal
    await home.send_on(home.lines[0], far.url, "far")
    await player.until(lambda: len(home.lines) == 2)
    await player.enter(home)
    assert len(far.hellos) == 1


@pytest.mark.parametrize("url", ["ws://localhost:1/w/far", "wss://", "ws://no-such.invalid/w/far"])
async def test_an_address_where_nobody_is_leads_back(stage, player, url):
    home, _, _ = stage
    await home.send_on(home.lines[0], url, "far")
    await player.until(lambda: len(home.lines) == 2)
    assert home.hellos[1] == (None, TICKET)


async def test_an_entrance_may_send_on_before_it_lets_in(stage):
    home, far, opener = stage
    home.sends_on = Travel(url=far.url, world="far", ticket=TICKET)
    player = Player(opener)
    await player.enter(far)
    assert home.hellos == [(INVITE, None)]
    assert far.hellos == [(None, TICKET)]
    await player.end()


async def test_players_who_share_a_connector_do_not_travel_together(stage, player):
    home, far, opener = stage
    other = Player(opener)
    await other.enter(home)
    await home.send_on(home.lines[0], far.url, "far")
    await player.enter(far)
    home.lines[1].transport.abort()
    await other.until(lambda: len(home.lines) == 3)
    assert home.hellos[2] == (None, "home-token-000000000002")
    assert len(far.hellos) == 1
    await other.end()
