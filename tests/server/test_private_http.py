import asyncio
import contextlib
import socket

import aiohttp
import pytest

from server.admin import Admin
from server.door import DoorError, listen
from server.health import STUCK_S, Health
from server.private_http import PrivateHttp
from server.recordings import Recordings
from support.clock import FakeClock


class Port:
    """The private port of a house, and its clock."""

    def __init__(self, house):
        self.clock = FakeClock()
        self.health = Health(self.clock)
        admin = Admin(house.match, "right", Recordings(house.settings.data_dir))
        self.http = PrivateHttp(self.health, house.metrics, admin)
        self.session = aiohttp.ClientSession()
        self.number, self.base = 0, ""

    async def __aenter__(self):
        sock = listen("127.0.0.1", 0, "PRIVATE_")
        self.number = sock.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.number}"
        await self.http.open(sock)
        return self

    async def __aexit__(self, *_):
        await self.session.close()
        await self.http.close()

    async def get(self, path):
        async with self.session.get(self.base + path) as answer:
            return answer.status, await answer.text()

    async def post(self, path, token, **arguments):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.session.post(self.base + path, json=arguments, headers=headers) as answer:
            return answer.status, await answer.json()


async def test_health_is_the_age_of_the_last_tick(house):
    async with Port(house) as port:
        assert (await port.get("/healthz"))[0] == 503  # no tick yet
        port.health.ticked()
        assert await port.get("/healthz") == (200, '{"state":"ok","tick_age_seconds":0.0}')
        port.clock.advance(STUCK_S)
        assert (await port.get("/healthz"))[0] == 503
        assert (await port.get("/readyz"))[0] == 503


async def test_ready_until_it_stops(house):
    async with Port(house) as port:
        port.health.ticked()
        assert (await port.get("/readyz"))[0] == 200
        port.health.is_stopping = True
        status, text = await port.get("/readyz")
        assert (status, "stopping" in text) == (503, True)
        assert (await port.get("/healthz"))[0] == 200


async def test_metrics(house):
    async with Port(house) as port:
        status, text = await port.get("/metrics")
        assert status == 200
        assert "lanternhold_tick_duration_seconds_bucket" in text
        assert "lanternhold_build_info{" in text


async def test_orders_need_the_token(house):
    async with Port(house) as port:
        for token in ("", "wrong", "RIGHT"):
            status, answer = await port.post("/admin/players", token)
            assert status == 401
            assert "admin.token" in answer["error"]
        assert await port.post("/admin/players", "right") == (200, {"players": []})
        status, answer = await port.post("/admin/dance", "right")
        assert (status, "There are: say" in answer["error"]) == (400, True)
        assert (await port.get("/admin/players"))[0] == 405


async def test_a_token_that_is_no_text_is_wrong_and_no_fault(house):
    async with Port(house) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port.number)
        writer.write(b"POST /admin/players HTTP/1.0\r\nAuthorization: Bearer \xff\r\n\r\n")
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        assert answer.split()[1] == b"401"


async def test_a_body_that_is_too_long_is_refused(house):
    async with Port(house) as port:
        with contextlib.suppress(aiohttp.ClientError):
            headers = {"Authorization": "Bearer right"}
            answer = await port.session.post(
                port.base + "/admin/say", data=b"x" * 100_000, headers=headers
            )
            assert answer.status == 413
            answer.release()


def test_a_port_in_use_is_told_with_its_setting():
    with listen("127.0.0.1", 0, "") as sock:
        port = sock.getsockname()[1]
        with pytest.raises(DoorError, match=f"port {port}.*LANTERNHOLD_SERVER_PRIVATE_PORT"):
            listen("127.0.0.1", port, "PRIVATE_")


@pytest.mark.parametrize(("host", "reached"), [("::", "127.0.0.1"), ("localhost", "localhost")])
def test_a_wildcard_takes_both_families_and_names_are_looked_up(host, reached):
    with listen(host, 0, "") as sock:
        # By name, of whichever family "localhost" is here.
        socket.create_connection((reached, sock.getsockname()[1]), timeout=5).close()


def test_an_address_that_is_not_ours():
    with pytest.raises(DoorError, match="LANTERNHOLD_SERVER_HOST"):
        listen("203.0.113.1", 0, "")
