"""From an invite to a verified line, against real TLS on loopback."""

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import replace
from http import HTTPStatus

import pytest
from websockets.asyncio.server import serve
from websockets.datastructures import Headers
from websockets.http11 import Response

from client import connecting, lookup
from client.connecting import JOURNEYS_MAX, Connector
from client.problem import Fault, Problem
from client.target import Destination, Target
from support.certificates import Authority

NAME = "lanternhold.internal"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority.make(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def context(authority):
    return authority.context(NAME)


class Door:
    """A server as Caddy shows it: /ca.crt and the websocket on one TLS port."""

    def __init__(self, ca, status=None, subprotocol="lanternhold.1", ca_status=200):
        self.ca = ca
        self.status = status
        self.ca_status = ca_status
        self.subprotocol = subprotocol
        self.asked = []

    async def _request(self, _connection, request):
        self.asked.append((request.path, request.headers.get("Host")))
        if request.path == "/ca.crt":
            length = Headers({"Content-Length": str(len(self.ca))})
            return Response(self.ca_status, "as told", length, self.ca)
        if self.status:
            return Response(self.status, HTTPStatus(self.status).phrase, Headers(), b"")
        return None

    @asynccontextmanager
    async def open(self, context):
        async with serve(
            _stay, "127.0.0.1", 0, ssl=context, process_request=self._request, compression=None,
            subprotocols=[self.subprotocol] if self.subprotocol else None,
            select_subprotocol=None if self.subprotocol else lambda *_: None,
        ) as server:  # fmt: skip
            yield server.sockets[0].getsockname()[1]


async def _stay(connection):
    await connection.wait_closed()


def target(port, authority, **changes):
    base = Target(NAME, port, ("127.0.0.1",), authority.sha256)
    return replace(base, **changes)


async def fault_of(target_):
    with pytest.raises(Problem) as caught:
        await Connector(target_).open(lambda _: None)
    assert caught.value.sentence.endswith((".", "!"))
    return caught.value.fault


async def join(target_):
    steps = []
    line = await Connector(target_).open(steps.append)
    await line.close()
    return steps


async def test_the_root_is_fetched_checked_and_then_verifies_the_line(authority, context):
    door = Door(authority.pem)
    async with door.open(context) as port:
        steps = await join(target(port, authority))
    assert door.asked == [("/ca.crt", f"{NAME}:{port}"), ("/w/home", f"{NAME}:{port}")]
    assert steps[-1] == "Checking that the server is the one in the invite"


async def test_the_root_is_fetched_once_for_many_lines(authority, context):
    door = Door(authority.pem)
    async with door.open(context) as port:
        connector = Connector(target(port, authority))
        for _ in range(3):
            await (await connector.open(lambda _: None)).close()
    assert [path for path, _ in door.asked] == ["/ca.crt", "/w/home", "/w/home", "/w/home"]


async def test_where_the_server_sends_on_to_on_its_own_host_is_held_to_the_same_root(
    authority, context, tmp_path
):
    door, imposter = Door(authority.pem), Authority.make(tmp_path).context(NAME)
    async with door.open(context) as port, Door(authority.pem).open(imposter) as false_port:
        connector = Connector(target(port, authority))
        far = Destination(f"wss://{NAME}:{port}/w/far", "far")
        for _ in range(2):
            await (await connector.open(lambda _: None, far)).close()
        assert [path for path, _ in door.asked] == ["/ca.crt", "/w/far", "/w/far"]
        for url, fault in (
            (f"wss://{NAME}:{false_port}/w/far", Fault.UNTRUSTED),
            (f"ws://{NAME}:{port}/w/far", Fault.TRAVEL),
        ):
            with pytest.raises(Problem) as caught:
                await connector.open(lambda _: None, Destination(url, "far"))
            assert caught.value.fault is fault


async def test_a_server_that_names_ever_new_places_does_not_fill_the_memory(authority):
    connector = Connector(target(1, authority))
    for number in range(3 * JOURNEYS_MAX):
        with pytest.raises(Problem):
            await connector.open(lambda _: None, Destination(f"wss://{NAME}:1/w/{number}", "far"))
    assert len(connector._elsewhere) <= JOURNEYS_MAX


async def test_another_root_than_the_invites_is_refused_and_nothing_secret_is_said(
    authority, context, tmp_path
):
    stranger = Authority.make(tmp_path)
    door = Door(stranger.pem)
    async with door.open(context) as port:
        assert await fault_of(target(port, authority)) is Fault.WRONG_CA
    assert [path for path, _ in door.asked] == ["/ca.crt"]


async def test_a_server_that_shows_the_right_root_but_was_not_signed_by_it_is_refused(
    authority, tmp_path
):
    imposter = Authority.make(tmp_path).context(NAME)
    async with Door(authority.pem).open(imposter) as port:
        assert await fault_of(target(port, authority)) is Fault.UNTRUSTED


async def test_a_certificate_for_another_name_is_refused(authority, tmp_path):
    other = authority.context("other.internal")
    async with Door(authority.pem).open(other) as port:
        assert await fault_of(target(port, authority)) is Fault.CERTIFICATE_NAME


@pytest.mark.parametrize(
    ("dates", "fault"),
    [
        (("-startdate", "200101000000Z", "-enddate", "210101000000Z"), Fault.CERTIFICATE_EXPIRED),
        (("-startdate", "450101000000Z", "-enddate", "460101000000Z"), Fault.CERTIFICATE_EARLY),
    ],
)
async def test_a_certificate_out_of_its_time_speaks_of_the_clock(authority, dates, fault):
    async with Door(authority.pem).open(authority.context(NAME, *dates)) as port:
        assert await fault_of(target(port, authority)) is fault


async def test_a_public_name_is_verified_by_the_systems_authorities(authority, context):
    async with Door(authority.pem).open(context) as port:
        assert await fault_of(target(port, authority, ca_sha256=None)) is Fault.UNTRUSTED


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (404, Fault.NOT_FOUND),
        (502, Fault.STARTING),
        (503, Fault.STARTING),
        (429, Fault.BUSY),
        (426, Fault.NOT_LANTERNHOLD),
        (421, Fault.NOT_LANTERNHOLD),
        (200, Fault.NOT_LANTERNHOLD),
        (403, Fault.NOT_LANTERNHOLD),
    ],
)
async def test_what_an_http_answer_means(authority, context, status, fault):
    async with Door(authority.pem, status).open(context) as port:
        assert await fault_of(target(port, authority)) is fault


@pytest.mark.parametrize(
    ("status", "fault"),
    [(502, Fault.STARTING), (429, Fault.BUSY), (404, Fault.NOT_LANTERNHOLD)],
)
async def test_what_an_answer_to_the_fetch_means(authority, context, status, fault):
    async with Door(authority.pem, ca_status=status).open(context) as port:
        assert await fault_of(target(port, authority)) is fault


async def test_a_server_of_another_subprotocol_is_another_version(authority, context):
    async with Door(authority.pem, subprotocol=None).open(context) as port:
        assert await fault_of(target(port, authority)) is Fault.VERSION


async def test_nobody_listens_there(authority):
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        port = unheard.getsockname()[1]
        assert await fault_of(target(port, authority)) is Fault.REFUSED


async def test_what_does_not_speak_tls_is_said_so(authority):
    async def shout(_reader, writer):
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n" * 10)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(shout, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await fault_of(target(port, authority)) is Fault.TLS


async def test_an_endless_answer_to_the_fetch_is_cut(authority, context):
    sent = 0

    async def flood(_reader, writer):
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                writer.write(b"A" * 65_536)
                sent += 65_536
                await writer.drain()
        except ConnectionError:
            writer.close()

    async with await asyncio.start_server(flood, "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        assert await fault_of(target(port, authority)) is Fault.NOT_LANTERNHOLD
    assert sent < 20_000_000


async def test_the_first_address_that_answers_wins(authority, context):
    async def mute(reader, writer):
        await reader.read()
        writer.close()

    async with (
        Door(authority.pem).open(context) as port,
        await asyncio.start_server(mute, "127.0.0.2", port),
    ):
        started = asyncio.get_running_loop().time()
        await join(target(port, authority, addresses=("127.0.0.2", "127.0.0.1")))
        assert asyncio.get_running_loop().time() - started < 3


async def test_when_every_address_fails_each_is_named(authority, context):
    async with Door(authority.pem).open(context) as port:
        two = target(port, authority, addresses=("127.0.0.3", "127.0.0.1"), ca_sha256="0" * 64)
        with pytest.raises(Problem) as caught:
            await Connector(two).open(lambda _: None)
    assert "127.0.0.3: refused" in caught.value.sentence
    assert "127.0.0.1: wrong-ca" in caught.value.sentence


async def test_a_name_that_cannot_be_found_is_a_matter_of_dns():
    assert await fault_of(Target("no-such-host.invalid", 443)) is Fault.DNS


def mute(address, port):
    """What takes connections and never says a word."""
    return socket.create_server((address, port))


@pytest.fixture
def name_leads(monkeypatch):
    """Where a public name leads; whoever asks for it hears the newest, and waits for nobody."""
    known = ["127.0.0.1"]

    async def look_up(_name, _port):
        return list(known)

    monkeypatch.setattr(lookup, "_look_up", look_up)
    monkeypatch.setattr(connecting, "LOOK_AGAIN_S", 0.02)
    return known


async def test_a_name_that_begins_to_lead_elsewhere_is_followed_at_once(authority, name_leads):
    name_leads[:] = ["127.0.0.2"]
    steps = []

    def tell(step):
        steps.append(step)
        if step == "Knocking at 127.0.0.2":
            name_leads[:] = ["127.0.0.1"]

    async with Door(authority.pem).open(authority.context("play.example.test")) as port:
        with mute("127.0.0.2", port):
            connector = Connector(Target("play.example.test", port, (), authority.sha256))
            async with asyncio.timeout(connecting.OPEN_S / 2):
                await (await connector.open(tell)).close()
    assert steps[1:3] == [
        "Knocking at 127.0.0.2",
        "Checking that the server is the one in the invite",
    ]
    assert "Knocking at 127.0.0.1" in steps


@pytest.mark.parametrize("dialled", [(), ("play.example.test",)])
async def test_silence_where_the_server_was_is_told_as_waiting_for_its_new_address(
    authority, name_leads, monkeypatch, dialled
):
    name = NAME if dialled else "play.example.test"
    async with Door(authority.pem).open(authority.context(name)) as port:
        connector = Connector(Target(name, port, dialled, authority.sha256))
        await (await connector.open(lambda _: None)).close()
    monkeypatch.setattr(connecting, "OPEN_S", 0.3)
    with mute("127.0.0.1", port):
        steps = []
        with pytest.raises(Problem) as caught:
            await connector.open(steps.append)
    assert caught.value.fault is Fault.STALE_NAME
    assert "waiting until the name leads there" in caught.value.sentence
    assert steps[-1] == "No answer at 127.0.0.1: waiting for the server's new address"


async def test_silence_where_the_server_never_was_is_only_silence(
    authority, name_leads, monkeypatch
):
    monkeypatch.setattr(connecting, "OPEN_S", 0.3)
    with mute("127.0.0.1", 0) as unheard:
        never = Target("play.example.test", unheard.getsockname()[1], (), authority.sha256)
        assert await fault_of(never) is Fault.TIMEOUT


async def test_where_the_server_was_is_dialled_before_its_name_is_found(
    authority, name_leads, monkeypatch
):
    """On a line that is coming back, names are the last to be found."""
    async with Door(authority.pem).open(authority.context("play.example.test")) as port:
        connector = Connector(Target("play.example.test", port, (), authority.sha256))
        await (await connector.open(lambda _: None)).close()

        async def never(_name, _port):
            await asyncio.get_running_loop().create_future()

        monkeypatch.setattr(lookup, "_look_up", never)
        steps = []
        async with asyncio.timeout(connecting.OPEN_S / 2):
            await (await connector.open(steps.append)).close()
    assert steps[1] == "Knocking at 127.0.0.1"


async def test_a_name_that_is_not_found_any_more_is_said_when_nobody_answers(
    authority, name_leads, monkeypatch
):
    async with Door(authority.pem).open(authority.context("play.example.test")) as port:
        connector = Connector(Target("play.example.test", port, (), authority.sha256))
        await (await connector.open(lambda _: None)).close()

    async def lost(_name, _port):
        raise OSError

    monkeypatch.setattr(lookup, "_look_up", lost)
    with pytest.raises(Problem) as caught:
        await connector.open(lambda _: None)
    assert caught.value.fault is Fault.DNS
