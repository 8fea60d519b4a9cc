"""The way in: TLS by the pinned root, the game behind it, and nothing else."""

import json
import socket
import ssl

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from protocol.client_conversation import ClientConversation
from protocol.hot import Snap
from protocol.messages import Reject
from protocol.reasons import Reason
from protocol.version import SUBPROTOCOL
from support.guest import Guest, fetch, visiting

pytestmark = pytest.mark.stack


@pytest.mark.parametrize("name", ["localhost", "lanternhold.internal"])
async def test_who_has_the_invite_and_trusts_the_root_is_in_the_world(door, bots, name):
    async with visiting(door.port, context=door.context, invite=door.secret, server=name) as guest:
        assert guest.conversation.welcomed.server == "Stack test"
        first, second = await guest.until(Snap), await guest.until(Snap)
        assert second.tick > first.tick


async def test_without_the_root_there_is_no_connection(door):
    with pytest.raises(ssl.SSLCertVerificationError):
        await connect(f"wss://localhost:{door.port}/w/home", proxy=None)


async def test_a_wrong_invite_is_told_so_and_shown_out(door):
    conversation = ClientConversation()
    async with connect(
        f"wss://localhost:{door.port}/w/home",
        ssl=door.context,
        subprotocols=[SUBPROTOCOL],
        proxy=None,
    ) as line:
        await line.send(conversation.hello("Guest", "A" * 24))
        guest = Guest(line, conversation)
        assert await guest.until_closed() == Reason.BAD_INVITE
    assert [m.text for m in guest.heard if isinstance(m, Reject)] == [Reason.BAD_INVITE.sentence]


@pytest.mark.parametrize("path", ["/w/elsewhere", "/w/", "/w/home/more"])
async def test_there_is_one_world(door, path):
    with pytest.raises(InvalidStatus) as refusal:
        await connect(
            f"wss://localhost:{door.port}{path}",
            ssl=door.context,
            subprotocols=[SUBPROTOCOL],
            proxy=None,
        )
    assert refusal.value.response.status_code == 404


def test_the_root_is_given_to_whoever_asks(door):
    status, _, body = fetch(door.port, "/ca.crt")
    assert (status, body.decode().strip()) == (200, door.root.strip())


def test_the_key_beside_the_root_is_not(door):
    for path in (
        "/root.key",
        "/ca.key",
        "/../root.key",
        "/state/caddy/pki/authorities/local/root.key",
    ):
        status, _, body = fetch(door.port, path)
        assert (status, b"PRIVATE" in body) == (404, False)


def test_the_status_is_public_and_says_little(door):
    status, _, body = fetch(door.port, "/status", context=door.context)
    told = json.loads(body)
    assert status == 200
    assert told.keys() == {"name", "players", "max_players", "phase", "protocol", "build"}
    assert told["name"] == "Stack test"


def test_a_browser_finds_a_page(door):
    status, headers, body = fetch(door.port, "/", context=door.context)
    assert status == 200
    assert b"<html" in body.lower()
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/admin/kick"])
def test_what_is_private_is_not_behind_the_door(door, path):
    status, _, body = fetch(door.port, path, context=door.context)
    assert status == 404
    assert b"lanternhold_" not in body


def test_the_private_port_is_for_this_computer_only(compose, door, ports):
    assert compose.published("server", 9100) == [f"127.0.0.1:{ports['private']}"]
    assert compose.published("server", 8765) == []
    with socket.create_connection(("127.0.0.1", ports["private"]), timeout=2):
        pass
    for address in own_addresses():
        with (
            pytest.raises(OSError, match="refused"),
            socket.create_connection((address, ports["private"]), timeout=2),
        ):
            pass


def own_addresses():
    """Addresses of this machine that others could reach; there may be none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unsent:
        unsent.connect(("192.0.2.1", 9))
        return [unsent.getsockname()[0]]
