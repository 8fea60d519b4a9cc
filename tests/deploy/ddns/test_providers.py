"""What each provider is told: one family never touches the other, and what can be undone is."""

import json

import pytest

from deploy.address.kinds import Family
from deploy.ddns import zone
from deploy.ddns.outcome import BY_PROVIDER, BY_SERVERS
from deploy.ddns.provider import Records
from deploy.ddns.words import Sort
from support.providers import CloudflareHouse, failed

from .conftest import HOUSES

A, B, SIX, SIX_B = "192.0.1.2", "192.0.1.18", "3ffe:1:1::10", "3ffe:2:2::10"
ALL = sorted(HOUSES)


def holds(house, record):
    if isinstance(house, CloudflareHouse):
        return {r["content"] for r in house.held.values() if r["type"] == record}
    return house.records[record]


@pytest.mark.parametrize("provider", ALL)
async def test_a_and_aaaa_are_apart(street, provider):
    async with street(provider) as here:
        four = here.target
        six = four.with_family(Family.V6)
        for target, address in ((four, A), (six, SIX), (four, B), (six, SIX_B), (four, A)):
            here.target = target
            before = {record: set(holds(here.house, record)) for record in ("A", "AAAA")}
            outcome = await here.updater().publish(address)
            assert outcome.meaning.sort is Sort.GOOD, outcome.sentence
            here.show()
            assert holds(here.house, target.record) == {address}
            other = "AAAA" if target.record == "A" else "A"
            assert holds(here.house, other) == before[other]
        assert (holds(here.house, "A"), holds(here.house, "AAAA")) == ({A}, {SIX_B})


@pytest.mark.parametrize("provider", ALL)
async def test_an_answer_that_comes_in_pieces_is_read_to_its_end(street, provider):
    async with street(provider) as here:
        here.house.is_halting = True
        outcome = await here.updater().publish(A)
        assert outcome.meaning.sort is Sort.GOOD, outcome.sentence
        assert holds(here.house, "A") == {A}


async def test_a_refusal_that_comes_in_pieces_is_a_refusal(street):
    async with street("noip") as here:
        here.house.is_halting = True
        here.house.order("badauth")
        assert (await here.updater().publish(A)).meaning.sort is Sort.PARKED


@pytest.mark.parametrize("provider", ["noip", "strato", "dyndns2"])
async def test_the_other_family_is_sent_along_even_when_dns_is_silent(
    street, provider, monkeypatch
):
    monkeypatch.setattr(zone, "ASK_S", 0.05)
    async with street(provider) as here:
        four = here.target
        here.target = four.with_family(Family.V6)
        await here.updater().publish(SIX)
        here.names.twist = lambda _: None
        here.target = four
        await here.updater().publish(A)
        assert (holds(here.house, "A"), holds(here.house, "AAAA")) == ({A}, {SIX})


@pytest.mark.parametrize("provider", ALL)
async def test_what_is_there_is_not_told_again(street, provider):
    async with street(provider) as here:
        await here.updater().publish(A)
        here.show()
        told = [asked for asked in here.house.asked if asked.method != "GET"]
        gets = len(here.house.asked)
        outcome = await here.updater().publish(A)
        assert (outcome.meaning.sort, outcome.within_s) == (Sort.UNCHANGED, 0)
        assert outcome.confirmed_by in {BY_SERVERS, BY_PROVIDER}
        assert [asked for asked in here.house.asked if asked.method != "GET"] == told
        reads = {"cloudflare", "desec"}
        assert (len(here.house.asked) > gets) == (provider in reads)


@pytest.mark.parametrize("provider", ALL)
@pytest.mark.parametrize("former", [B, ""])
async def test_back_to_what_was_there_where_it_can_be(street, provider, former):
    """Nothing at all is what only some can go back to; the others say so and touch nothing."""
    async with street(provider) as here:
        if former:
            await here.updater().publish(former)
            here.show()
        await here.updater().publish(A)
        here.show()
        meaning = await here.updater().restore(Records((former,) if former else ()))
        can_remove = {"cloudflare", "desec", "dynv6", "duckdns"}
        if former or provider in can_remove:
            assert meaning.is_fine
            assert holds(here.house, "A") == ({former} if former else set())
        else:
            assert meaning is None
            assert holds(here.house, "A") == {A}


async def test_duckdns_does_not_clear_a_family_that_is_not_ours(street):
    async with street("duckdns") as here:
        await here.updater().publish(A)
        here.house.set("AAAA", SIX)
        here.show()
        assert await here.updater().restore(Records()) is None
        assert holds(here.house, "AAAA") == {SIX}


# ------------------------------------------------------------------ Cloudflare


async def test_cloudflare_keeps_what_the_owner_set(street):
    async with street("cloudflare") as here:
        id_ = here.house.hold(B, ttl=300, comment="mine", proxied=True)
        outcome = await here.updater().publish(A)
        assert outcome.meaning.sort is Sort.GOOD
        assert outcome.confirmed_by == BY_PROVIDER  # the world sees the proxy
        record = here.house.held[id_]
        assert (record["ttl"], record["comment"], record["proxied"]) == (300, "mine", True)
        assert [a.body for a in here.house.asked if a.method == "PATCH"] == [{"content": A}]
        assert [a.method for a in here.house.asked].count("POST") == 0


async def test_cloudflare_with_several_records_touches_none(street):
    async with street("cloudflare") as here:
        here.house.hold(B)
        here.house.hold("192.0.1.50")
        outcome = await here.updater().publish(A)
        assert (outcome.meaning.sort, outcome.meaning.word) == (Sort.PARKED, "several")
        assert A not in here.house.addresses


async def test_cloudflare_with_a_domain_that_is_someone_elses(street):
    async with street("cloudflare") as here:
        here.house.zone = "example.com"
        outcome = await here.updater().publish(A)
        assert (outcome.meaning.sort, outcome.meaning.word) == (Sort.PARKED, "no-zone")
        assert "no zone of this token" in outcome.sentence


async def test_cloudflare_saying_that_it_is_so_already_is_fine(street):
    async with street("cloudflare") as here:
        for _ in range(2):  # what looking asks: the zone (two names) and the records
            here.house.order(json.dumps({"success": True, "result": [{"id": "z1"}]}))
            here.house.order(json.dumps({"success": True, "result": []}))
        here.house.order(json.dumps(failed(81058)), 400)
        assert (await here.updater().publish(A)).meaning.word == "cloudflare-81058"


# ------------------------------------------------------------------ deSEC


async def test_desec_puts_back_a_record_set_with_its_ttl(street):
    async with street("desec") as here:
        here.house.records["A"], here.house.ttl = {B, "192.0.1.50"}, 3600
        records, _ = await here.updater().look()
        assert records == Records(("192.0.1.18", "192.0.1.50"), 3600)
        await here.updater().publish(A)
        assert here.house.records["A"] == {A}
        assert (await here.updater().restore(records)).is_fine
        assert (here.house.records["A"], here.house.ttl) == ({B, "192.0.1.50"}, 3600)


async def test_desec_with_a_domain_that_is_someone_elses(street):
    async with street("desec") as here:
        here.house.domain = "example.com"
        outcome = await here.updater().publish(A)
        assert (outcome.meaning.sort, outcome.meaning.word) == (Sort.PARKED, "nohost")
        assert here.house.records["A"] == set()
