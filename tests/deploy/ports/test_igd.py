"""Odd and hostile UPnP routers; well-behaved ones are in tests/lab."""

import asyncio
import time

import pytest
from async_upnp_client.const import HttpRequest

from deploy.ports import gate
from deploy.ports.igd import FOR_EVER, IgdWay
from deploy.ports.wish import Refusal, Why, Wish
from support.router import DESCRIPTION, SERVICE, OddRouter

HERE = "127.0.0.1"
WISH = Wish(443, 8443, tag="3f2a")


async def read(router):
    return await IgdWay.read(HERE, HERE, router.place)


async def refused(work):
    with pytest.raises(Refusal) as told:
        await work
    return told.value


async def test_the_action_is_bare_and_the_lease_whole():
    async with OddRouter().running() as router:
        granted = await (await read(router)).open(WISH)
        asked = dict(router.calls)["AddPortMapping"]
        assert asked["NewRemoteHost"] == ""
        assert asked["NewProtocol"] == "TCP"
        assert asked["NewLeaseDuration"] == "3600"
        assert asked["NewPortMappingDescription"] == "Lanternhold 3f2a"
        assert (granted.way, granted.client, granted.lease_s) == ("UPnP IGD 1", HERE, 3600)
        assert router.fetched[0] == "/desc.xml"
        assert "/scpd.xml" not in router.fetched


@pytest.mark.parametrize("code", [725, 402])
async def test_a_router_of_permanent_leases_gets_one_and_it_is_said(code):
    async with OddRouter(only_for_ever=True, for_ever_code=code).running() as router:
        granted = await (await read(router)).open(WISH)
        assert (granted.lease_s, granted.note) == (0, FOR_EVER)
        assert router.table[443][3] == 0


@pytest.mark.parametrize(
    ("code", "address", "external", "why"),
    [
        (718, "192.0.1.2", 443, Why.CONFLICT),
        (729, "192.0.1.2", 443, Why.CONFLICT),
        (606, "192.0.1.2", 443, Why.LOW_PORT),
        (606, "192.0.1.2", 8443, Why.NOT_ALLOWED),
        (724, "192.0.1.2", 443, Why.SAME_PORTS),
        (728, "192.0.1.2", 443, Why.TABLE_FULL),
        (501, "192.0.1.2", 443, Why.NOT_UNDERSTOOD),
        (501, "", 443, Why.NO_ADDRESS),
        (501, "10.0.0.2", 443, Why.NO_ADDRESS),
        (501, "0.0.0.0", 443, Why.NO_ADDRESS),
        (999, "192.0.1.2", 443, Why.NOT_UNDERSTOOD),
    ],
)
async def test_each_error_has_its_reason(code, address, external, why):
    async with OddRouter(address=address, errors={"AddPortMapping": code}).running() as router:
        way = await read(router)
        refusal = await refused(way.open(Wish(external, 8443)))
        assert refusal.why is why
        assert str(code) in refusal.detail


@pytest.mark.parametrize("habit", [{"forgets": True}, {"swaps_port": True}])
async def test_a_yes_that_is_none_is_found_by_reading_back(habit):
    async with OddRouter(**habit).running() as router:
        refusal = await refused((await read(router)).open(WISH))
        assert "said yes, but" in refusal.detail


@pytest.mark.parametrize("said", ["", "0.0.0.0", "10.1.2.3", "not an address\x1b[31m"])
async def test_its_address_is_told_in_its_own_word(said):
    async with OddRouter(address=said.replace("\x1b", "")).running() as router:
        way = await read(router)
        assert await way.address() == said.replace("\x1b", "")
        assert await way.status() == "Connected"


@pytest.mark.parametrize(
    "names",
    [
        {"base": "http://10.9.9.9:1/"},
        {"control": "http://10.9.9.9:{port}/ctl", "scpd": "http://10.9.9.9:{port}/scpd.xml"},
        {"scpd": "/nothing there"},
    ],
)
async def test_wrong_addresses_in_its_description_are_its_own(names):
    async with OddRouter().running() as router:
        for key, value in names.items():
            setattr(router, key, value.format(port=router.port))
        assert (await (await read(router)).open(WISH)).external == 443


async def test_a_place_at_another_host_is_asked_of_the_router():
    async with OddRouter().running() as router:
        place = router.place.replace(HERE, "203.0.113.9")
        assert (await IgdWay.read(HERE, HERE, place)).version == 1


async def test_every_request_goes_to_the_router_s_own_address():
    """Whatever got past the description: the gate knows one address only."""
    async with OddRouter().running() as router:
        place = router.place.replace(HERE, "203.0.113.9")
        door = gate.Gate(HERE, HERE, place, "")
        said = await door.async_http_request(HttpRequest("GET", place, {}, None))
        assert (said.status_code, router.fetched) == (200, ["/desc.xml"])


async def test_a_good_description_may_not_be_long():
    async with OddRouter().running() as router:
        filled = DESCRIPTION.format(
            base="", control="/ctl", scpd="/s", name="n", maker="m", service=SERVICE, spare=""
        ).encode()
        for padding, is_read in ((60_000, True), (70_000, False)):
            router.description = filled + b"<!--" + b"x" * padding + b"-->"
            if is_read:
                assert (await read(router)).version == 1
            else:
                assert "65536" in (await refused(read(router))).detail


async def test_a_redirect_is_not_followed():
    async with OddRouter().running() as other, OddRouter().running() as router:
        router.redirect = other.place
        refusal = await refused(read(router))
        assert refusal.why is Why.NOT_UNDERSTOOD
        assert other.fetched == []


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "'
    + b"&a;" * 50
    + b'"><!ENTITY c "'
    + b"&b;" * 50
    + b'"><!ENTITY d "'
    + b"&c;" * 50
    + b'">]><root>&d;</root>'
)
FILE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hosts">]><root>&a;</root>'


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        FILE,
        b"x" * 10_000_000,
        b"",
        b"<root>",
        b"\xff\xfe\x00<\x00",
        b"<root xmlns='urn:schemas-upnp-org:device-1-0'/>",
        b"<a>" * 20_000,
    ],
    ids=["entities", "file", "10 MB", "empty", "broken", "utf-16", "no device", "deep"],
)
async def test_a_hostile_description_is_refused_soon(body):
    async with OddRouter(description=body).running() as router:
        began_s = time.monotonic()
        refusal = await refused(read(router))
        assert time.monotonic() - began_s < 2
        assert refusal.why in {Why.NOT_UNDERSTOOD, Why.SILENT}
        assert len(refusal.detail) <= 80


async def test_silence_is_bounded(monkeypatch):
    monkeypatch.setattr(gate, "PATIENCE_S", 0.05)
    async with OddRouter(is_silent=True).running() as router:
        async with asyncio.timeout(2):
            assert (await refused(read(router))).why is Why.SILENT


async def test_its_name_is_fit_for_a_terminal():
    async with OddRouter(name="Super Box " + "9" * 500, maker="ACME").running() as router:
        model = (await read(router)).model
        assert len(model.name) <= 60
        assert str(model).endswith("(ACME)")


async def test_a_media_player_is_no_gateway():
    kind = "urn:schemas-upnp-org:service:AVTransport:1"
    async with OddRouter(service=kind).running() as router:
        assert (await refused(read(router))).why is Why.NOT_UNDERSTOOD


async def test_a_line_by_ppp_counts():
    kind = "urn:schemas-upnp-org:service:WANPPPConnection:1"
    async with OddRouter(service=kind).running() as router:
        assert (await (await read(router)).open(WISH)).external == 443


async def test_a_line_that_is_down_is_passed_over():
    async with OddRouter(has_spare=True).running() as router:
        assert (await (await read(router)).open(WISH)).external == 443
        assert 443 in router.table


async def test_a_broken_entry_is_said_to_be():
    async with OddRouter(table={443: ("nobody", 1, "x", 0)}).running() as router:
        assert (await refused((await read(router)).held(443))).why is Why.NOT_UNDERSTOOD


async def test_what_is_not_there_can_be_closed():
    async with OddRouter().running() as router:
        way = await read(router)
        assert await way.held(443) is None
        assert await way.close(WISH) == 0
        router.table[443] = ("10.0.0.7", 1, "x", 0)
        router.errors["DeletePortMapping"] = 606
        assert (await refused(way.close(WISH))).why is Why.NOT_ALLOWED


async def test_a_lease_below_nothing_is_one_for_ever():
    async with OddRouter().running() as router:
        way = await read(router)
        router.table[443] = (HERE, 8443, "Lanternhold 3f2a", -1)
        assert (await way.held(443)).lease_s == 0
