"""When the provider is told, when it is left alone, and what is said of it."""

import asyncio
import re
from dataclasses import replace

import pytest

from deploy.ddns.outcome import BY_SERVERS
from deploy.ddns.words import SILENCE, Sort
from support.clock import FakeClock

A, B = "192.0.1.2", "192.0.1.18"
DAY_S = 86400.0


def updates(house):
    return len(house.asked)


async def test_what_was_confirmed_by_whom_and_how_soon_friends_see_it(street):
    async with street("noip") as here:
        here.names.hold(here.house.name, "A", B, ttl=240)
        outcome = await here.updater().publish(A)
        assert (outcome.confirmed_by, outcome.within_s) == ("", 240)
        assert "could not confirm it" in outcome.sentence
        assert outcome.is_fine
        here.notebook.forget()
        here.names.hold(here.house.name, "A", A)
        outcome = await here.updater().publish(A)
        assert (outcome.confirmed_by, outcome.within_s) == (BY_SERVERS, 0)


async def test_it_waits_for_the_name_servers_to_show_it(street):
    async with street("noip") as here:
        looks = []

        def twist(wire):
            looks.append(wire)
            if len(looks) == 4:
                here.show()
            here.clock.advance(0.1)
            return wire

        here.names.twist = twist
        outcome = await here.updater(confirm_s=10.0).publish(A)
        assert outcome.confirmed_by == BY_SERVERS
        assert "friends see it within 30 s" in outcome.sentence  # the zone's negative TTL


async def test_waiting_for_the_name_servers_has_an_end(street):
    async with street("noip") as here:
        here.names.twist = lambda wire: here.clock.advance(1) and wire
        outcome = await here.updater(confirm_s=3.0).publish(A)
        assert outcome.confirmed_by == ""


async def test_what_travels_is_not_told_again(street):
    async with street("noip") as here:
        await here.updater().publish(A)
        before = updates(here.house)
        here.clock.advance(600)
        outcome = await here.updater().publish(A)
        assert (outcome.meaning.sort, updates(here.house)) == (Sort.LATER, before)
        assert "do not show it yet" in outcome.sentence
        here.clock.advance(400)
        await here.updater().publish(A)
        assert updates(here.house) == before + 1


async def test_what_somebody_changed_meanwhile_is_mended_at_once_when_a_person_asks(street):
    async with street("noip") as here:
        await here.updater().publish(A, by_hand=True)
        here.names.hold(here.house.name, "A", B)
        before = updates(here.house)
        here.clock.advance(5)
        assert (await here.updater().publish(A)).meaning.sort == Sort.LATER  # the keeper waits
        assert updates(here.house) == before
        here.house.order(f"nochg {A}")
        assert (await here.updater().publish(A, by_hand=True)).is_fine
        assert updates(here.house) == before + 1
        here.clock.advance(5)  # it says that it has it already: asking on would be abuse
        outcome = await here.updater().publish(A, by_hand=True)
        assert (outcome.meaning.sort, updates(here.house)) == (Sort.LATER, before + 1)


async def test_a_zone_that_nobody_can_see_is_no_reason_to_tell_again(street):
    async with street("noip") as here:
        await here.updater().publish(A, by_hand=True)
        before = updates(here.house)
        here.names.twist = lambda _: None
        await here.updater().publish(A, by_hand=True)
        assert updates(here.house) == before


async def test_a_wait_that_the_provider_asked_for_stays_also_for_a_person(street):
    async with street("noip") as here:
        here.house.order("911")
        await here.updater().publish(A, by_hand=True)
        before = updates(here.house)
        here.names.hold(here.house.name, "A", B)
        here.clock.advance(5)
        outcome = await here.updater().publish(A, by_hand=True)
        assert (outcome.meaning.sort, updates(here.house)) == (Sort.LATER, before)


async def test_a_provider_that_had_it_already_is_not_told_again_within_a_day(street):
    """A router that answers DNS itself would make us ask for ever, which counts as abuse."""
    async with street("strato") as here:
        here.names.hold(here.house.name, "A", "192.168.1.10")
        here.house.order(f"nochg {A}")
        for _ in range(12):
            await here.updater().publish(A)
            here.clock.advance(2 * 3600 - 60)
        assert updates(here.house) == 1


async def test_a_new_address_does_not_wait_for_the_old_one(street):
    async with street("noip") as here:
        await here.updater().publish(A)
        outcome = await here.updater().publish(B)
        assert (outcome.meaning.sort, updates(here.house)) == (Sort.GOOD, 2)


async def test_when_nobody_can_look_it_is_told_once(street, monkeypatch):
    monkeypatch.setattr("deploy.ddns.zone.ASK_S", 0.02)
    async with street("noip") as here:
        here.names.twist = lambda _: None
        assert (await here.updater().publish(A)).is_fine
        here.clock.advance(3 * DAY_S)
        outcome = await here.updater().publish(A)
        assert updates(here.house) == 1
        assert outcome.is_fine
        assert "could not confirm it" in outcome.sentence


async def test_somebody_else_changed_it_so_it_is_told_again(street):
    async with street("noip") as here:
        await here.updater().publish(A)
        here.show()
        await here.updater().publish(A)
        here.names.hold(here.house.name, "A", B)
        assert (await here.updater().publish(A)).meaning.sort in {Sort.GOOD, Sort.UNCHANGED}
        assert updates(here.house) == 2


@pytest.mark.parametrize(("provider", "again"), [("noip", 1), ("duckdns", 0)])
async def test_a_name_that_is_given_away_is_refreshed(street, provider, again):
    async with street(provider) as here:
        await here.updater().publish(A)
        here.show()
        for _ in range(26):
            here.clock.advance(DAY_S)
            await here.updater().publish(A)
        assert updates(here.house) == 1 + again


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "100.64.0.1", "3ffe::1", "127.0.0.1", "203.0.113.9", "", "rubbish"]
)
async def test_what_must_not_be_published_is_not(street, address):
    async with street("duckdns") as here:
        outcome = await here.updater().publish(address)
        assert (outcome.is_fine, updates(here.house)) == (False, 0)
        assert "is not published" in outcome.sentence
        assert (await here.updater().publish(A)).is_fine  # and nothing is parked by it


async def test_a_person_need_not_wait_for_a_line_that_is_back(street):
    async with street("duckdns") as here:
        here.target = replace(here.target, server="http://127.0.0.1:1/update")
        assert (await here.updater().publish(A)).meaning.word == SILENCE
        assert here.notebook.read().wait_until > here.clock()
        waiting = await here.updater().publish(A)
        assert (waiting.meaning.sort, waiting.was_asked) == (Sort.LATER, False)
        assert (await here.updater().publish(A, by_hand=True)).was_asked


async def test_a_person_too_waits_for_a_provider_that_is_out_of_order(street):
    async with street("noip") as here:
        here.house.order("911")
        await here.updater().publish(A)
        outcome = await here.updater().publish(A, by_hand=True)
        assert (outcome.meaning.sort, updates(here.house)) == (Sort.LATER, 1)
        assert re.search(r"tried again in 3\d min", outcome.sentence)


async def test_a_clock_that_was_set_back_holds_nothing_up(street):
    async with street("noip") as here:
        here.house.order("911")
        here.clock = FakeClock(1_700_000_000.0 + 30 * DAY_S)  # wrong by a month
        await here.updater().publish(A)
        here.clock = FakeClock(1_700_000_000.0)
        await here.updater().publish(A)
        assert updates(here.house) == 2


async def test_a_provider_that_dawdles_is_not_waited_for(street, monkeypatch):
    """The keeper holds the ledger's lock meanwhile, and a command waits for it."""
    monkeypatch.setattr("deploy.ddns.updater.TELL_S", 0.02)
    monkeypatch.setattr("deploy.ddns.updater.LOOK_S", 0.3)

    class Dawdling:
        refresh_s = 0.0
        reads = 0

        async def read(self, _):
            self.reads += 1
            await asyncio.sleep(0 if self.reads == 1 else 60)

        async def update(self, *_):
            await asyncio.sleep(60)

    async with street("noip") as here:
        updater = here.updater()
        updater.provider = Dawdling()
        assert (await updater.publish(A)).meaning.word == SILENCE
        assert (await updater.publish(A, by_hand=True)).meaning.word == SILENCE
