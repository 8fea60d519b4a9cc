"""The odd router is as odd as it says, and no odder."""

import aiohttp
import pytest

from deploy.ports.asking import Line, ask
from support.router import SERVICE, OddRouter, answering


async def call(router, action, **said):
    body = "".join(f"<{key}>{value}</{key}>" for key, value in said.items())
    headers = {"SOAPAction": f'"{SERVICE}#{action}"'}
    url = f"http://127.0.0.1:{router.port}/ctl"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


ADD = {
    "NewExternalPort": 443,
    "NewInternalClient": "10.0.0.1",
    "NewInternalPort": 8443,
    "NewPortMappingDescription": "x",
    "NewLeaseDuration": 60,
}


async def test_it_keeps_a_table():
    async with OddRouter().running() as router:
        assert (await call(router, "GetSpecificPortMappingEntry", NewExternalPort=443))[0] == 500
        assert (await call(router, "AddPortMapping", **ADD))[0] == 200
        assert router.table == {443: ("10.0.0.1", 8443, "x", 60)}
        status, said = await call(router, "GetSpecificPortMappingEntry", NewExternalPort=443)
        assert status == 200
        assert "<NewInternalPort>8443</NewInternalPort>" in said
        assert (await call(router, "DeletePortMapping", NewExternalPort=443))[0] == 200
        assert router.table == {}
        assert [action for action, _ in router.calls].count("AddPortMapping") == 1


@pytest.mark.parametrize(
    ("habit", "code"),
    [({"only_for_ever": True}, "725"), ({"errors": {"AddPortMapping": 718}}, "718")],
)
async def test_it_refuses_by_number(habit, code):
    async with OddRouter(**habit).running() as router:
        status, said = await call(router, "AddPortMapping", **ADD)
        assert (status, router.table) == (500, {})
        assert f"<errorCode>{code}</errorCode>" in said


async def test_it_forgets_and_swaps():
    async with OddRouter(forgets=True).running() as router:
        await call(router, "AddPortMapping", **ADD)
        assert router.table == {}
    async with OddRouter(swaps_port=True).running() as router:
        await call(router, "AddPortMapping", **ADD)
        assert router.table[443][1] == 8444


async def test_datagrams_are_answered_or_not():
    async with answering(lambda data: data * 2 if data == b"a" else None) as (port, heard):
        line = Line("127.0.0.1", "127.0.0.1", port)
        assert await ask(line, b"a", bytes, waits_s=(1.0,)) == b"aa"
        assert heard == [b"a"]
