"""The fakes do what the providers' documentation says, and nothing more."""

import base64

import aiohttp
import pytest

from support.providers import (
    TOKEN,
    USER,
    CloudflareHouse,
    DesecHouse,
    DuckHouse,
    DynuHouse,
    Dynv6House,
    TogetherHouse,
    opened,
)

A, SIX = "192.0.1.2", "3ffe::1"


@pytest.fixture
async def line():
    async with aiohttp.ClientSession(headers={"User-Agent": "Lanternhold"}) as session:
        yield session


async def get(line, house, path, **query):
    pair = base64.b64encode(f"{USER}:{house.token}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}"}
    async with line.get(house.url + path, params=query, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_what_is_not_named_is_deleted_where_both_go_together(line):
    async with opened(TogetherHouse()) as house:
        assert await get(line, house, "/nic/update", hostname="x", myip=A) == (200, "nohost")
        both = f"{A},{SIX}"
        assert await get(line, house, "/nic/update", hostname=house.name, myip=both) == (
            200,
            f"good {both}",
        )
        assert (await get(line, house, "/nic/update", hostname=house.name, myip=both))[1] == (
            f"nochg {both}"
        )
        await get(line, house, "/nic/update", hostname=house.name, myip=A)
        assert house.records == {"A": {A}, "AAAA": set()}


async def test_dynu_reads_off_the_connection_what_is_left_out(line):
    async with opened(DynuHouse()) as house:
        await get(line, house, "/nic/update", hostname=house.name, myip=A)
        assert house.records == {"A": {A}, "AAAA": {"::1"}}
        await get(line, house, "/nic/update", hostname=house.name, myip="no", myipv6=SIX)
        assert house.records == {"A": {A}, "AAAA": {SIX}}


async def test_duckdns_takes_either_family_as_ip_and_ipv6_clears_the_other(line):
    async with opened(DuckHouse(name="play.duckdns.org")) as house:
        known = {"domains": "play", "token": TOKEN}
        assert (await get(line, house, "/update", domains="play", token="x"))[1] == "KO"
        assert (await get(line, house, "/update", **known, ip=A))[1].endswith("UPDATED")
        assert (await get(line, house, "/update", **known, ip=SIX))[1].endswith("UPDATED")
        assert (await get(line, house, "/update", **known, ip=SIX))[1].endswith("NOCHANGE")
        assert house.records == {"A": {A}, "AAAA": {SIX}}
        await get(line, house, "/update", **known, ipv6=SIX)
        assert house.records == {"A": set(), "AAAA": {SIX}}


async def test_dynv6_keeps_what_is_left_out(line):
    async with opened(Dynv6House()) as house:
        known = {"zone": house.name, "token": TOKEN}
        for told in ({"ipv4": A}, {"ipv6": SIX}):
            assert (await get(line, house, "/api/update", **known, **told))[1] == (
                "addresses updated"
            )
        assert house.records == {"A": {A}, "AAAA": {SIX}}
        await get(line, house, "/api/update", **known, ipv4="-")
        assert house.records["A"] == set()


async def test_desec_deletes_what_is_not_preserved():
    headers = {"Authorization": f"Token {TOKEN}"}
    async with opened(DesecHouse()) as house, aiohttp.ClientSession(headers=headers) as line:
        house.records["AAAA"] = {SIX}
        for query in ({"myipv6": "preserve"}, {}):
            query |= {"hostname": house.name, "myipv4": A}
            async with line.get(house.url, params=query) as answer:
                assert await answer.text() == "good"
            assert house.records["AAAA"] == ({SIX} if "myipv6" in query else set())


async def test_cloudflare_patches_only_what_is_named():
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with opened(CloudflareHouse()) as house, aiohttp.ClientSession(headers=headers) as line:
        id_ = house.hold(A, comment="mine")
        path = f"{house.url}/client/v4/zones/z1/dns_records/{id_}"
        async with line.patch(path, json={"content": "192.0.1.3"}) as answer:
            assert (await answer.json())["success"]
        assert (house.held[id_]["content"], house.held[id_]["comment"]) == ("192.0.1.3", "mine")


async def test_an_order_is_obeyed_and_the_last_one_for_ever(line):
    async with opened(DuckHouse()) as house:
        house.order("a")
        house.order("b", 500)
        said = [await get(line, house, "/update") for _ in range(3)]
        assert said == [(200, "a"), (500, "b"), (500, "b")]
        house.relent()
        assert (await get(line, house, "/update"))[1] == "KO"
