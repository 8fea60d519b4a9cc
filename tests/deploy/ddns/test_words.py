"""Every provider and every word: what it means, who is asked again and when, and no secret told."""

import json
import logging
from dataclasses import replace

import pytest

from deploy.ddns import cloudflare, words
from deploy.ddns.records import RECORDS
from deploy.ddns.words import Sort
from support.providers import TOKEN, failed

A, B = "192.0.1.2", "192.0.1.18"
GOOD, SAME, LATER, PARKED = Sort.GOOD, Sort.UNCHANGED, Sort.LATER, Sort.PARKED
DYNDNS2 = {
    f"good {A}": GOOD,
    "good": GOOD,
    f"GOOD {A}\r\n": GOOD,
    f"nochg {A}": SAME,
    f"good {B}": LATER,
    "good 127.0.0.1": PARKED,
    "badauth": PARKED,
    "nohost": PARKED,
    "notfqdn": PARKED,
    "numhost": PARKED,
    "!yours": PARKED,
    "!donator": PARKED,
    "!active": PARKED,
    "abuse": PARKED,
    "badagent": PARKED,
    "badsys": PARKED,
    "badparam": PARKED,
    "dnserr": LATER,
    "911": LATER,
    "servererror": LATER,
    "": LATER,
    "goodbye": LATER,
    "<html>Welcome to the hotel</html>": LATER,
}
WORDS = {
    **dict.fromkeys(("noip", "dynu", "ovh", "strato", "dyndns2"), DYNDNS2),
    "dynv6": {
        "addresses updated": GOOD,
        "addresses unchanged": SAME,
        "": LATER,
        "good": LATER,
    },
    "duckdns": {
        f"OK\n{A}\n\nUPDATED": GOOD,
        f"OK\n{A}\n\nNOCHANGE": SAME,
        "OK": GOOD,
        f"OK\n{B}\n\nUPDATED": LATER,
        "KO": PARKED,
        "": LATER,
        "good": LATER,
    },
}
STATUSES = {401: PARKED, 403: PARKED, 404: PARKED, 410: PARKED, 400: PARKED, 405: PARKED}
STATUSES |= {429: LATER, 500: LATER, 502: LATER, 503: LATER, 301: LATER, 302: LATER}
CASES = [
    *((p, text, 200, sort) for p, table in WORDS.items() for text, sort in table.items()),
    *((p, "", status, sort) for p in WORDS for status, sort in STATUSES.items()),
    *((p, "badauth", 401, PARKED) for p in ("noip", "dynu", "ovh", "strato", "dyndns2")),
    ("noip", "good", 500, LATER),
    ("noip", "911", 500, LATER),
    *(
        ("cloudflare", json.dumps(failed(c)), 400, m.sort)
        for c, m in cloudflare.CODES.items()
        if not m.is_fine
    ),
    *(("cloudflare", "", status, sort) for status, sort in STATUSES.items()),
    ("cloudflare", "no json", 200, LATER),
    ("cloudflare", '["success"]', 200, LATER),
    ("cloudflare", json.dumps(failed(424242)), 400, PARKED),
    *(("desec", "", status, sort) for status, sort in STATUSES.items() if status not in {404, 410}),
]


def test_the_table_holds_every_word_that_we_know():
    first = {text.split()[0].lower() for text in DYNDNS2 if text}
    assert set(words.DYNDNS2) <= first
    assert {r.name for r in RECORDS.values()} <= set(WORDS)


@pytest.fixture
def told(caplog, capfd):
    """All that was said anywhere, which must hold no secret."""
    caplog.set_level(logging.DEBUG)

    def said(street, *outcomes):
        parts = [caplog.text, *capfd.readouterr()]
        for outcome in outcomes:
            parts += [repr(outcome), str(outcome.as_json())]
        parts += [p.read_text() for p in street.clone.state.rglob("*.json")]
        parts += [repr(street.updater())]
        return "\n".join(parts)

    return said


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[2]}-{case[1][:20]}")
async def test_each_word_has_its_meaning_and_no_wrong_retry(street, told, case):
    provider, text, status, sort = case
    async with street(provider) as here:
        here.house.order(text, status)
        outcome = await here.updater().publish(A)
        assert outcome.meaning.sort is sort, outcome.sentence
        asked = len(here.house.asked)
        again = await here.updater().publish(A)  # as after a restart
        assert len(here.house.asked) == asked, "it was told again at once"
        assert not again.is_fine  # the name servers never show it
        here.clock.advance(400 * 86400.0)
        await here.updater().publish(A)
        is_asked_again = len(here.house.asked) > asked
        assert is_asked_again == (sort is not PARKED)
        assert TOKEN not in told(here, outcome, again)


@pytest.mark.parametrize("provider", [*WORDS, "cloudflare", "desec"])
async def test_a_parked_record_stays_so_until_something_changes(street, provider):
    async with street(provider) as here:
        here.house.order("", 403)
        assert (await here.updater().publish(A)).meaning.sort is PARKED
        asked = len(here.house.asked)
        await here.updater().publish(B)  # another address is no change of the configuration
        assert len(here.house.asked) == asked
        here.house.relent()
        here.token = here.house.token = "another"
        outcome = await here.updater().publish(A)
        assert outcome.meaning.sort is GOOD
        assert len(here.house.asked) > asked


async def test_unparking_by_hand_asks_once_more(street):
    async with street("duckdns") as here:
        here.house.order("KO")
        await here.updater().publish(A)
        here.notebook.unpark()
        here.house.relent()
        assert (await here.updater().publish(A)).meaning.sort is GOOD


async def test_waiting_grows_and_has_an_end(street):
    async with street("noip") as here:
        here.house.order("911")
        waits = []
        for _ in range(8):
            before = len(here.house.asked)
            await here.updater().publish(A)
            assert len(here.house.asked) == before + 1
            waits.append(here.notebook.read().wait_until - here.clock())
            here.clock.advance(waits[-1] + 1)
        assert waits[0] >= 1800
        assert waits == sorted(waits) or waits[-1] >= 6 * 3600
        assert max(waits) <= 6 * 3600 * 1.2


async def test_retry_after_is_obeyed_within_reason(street):
    async with street("desec") as here:
        for told_s, least, most in (("120", 120, 160), ("1", 60, 80), ("9999999", 86400, 110000)):
            here.house.orders.clear()
            here.house.order("", 429, **{"Retry-After": told_s})
            here.notebook.forget()
            await here.updater().publish(A)
            wait_s = here.notebook.read().wait_until - here.clock()
            assert least <= wait_s <= most


async def test_a_dead_line_is_tried_again_soon_however_long_it_was_dead(street):
    async with street("duckdns") as here:
        here.target = replace(here.target, server="http://127.0.0.1:1/update")
        for _ in range(12):
            outcome = await here.updater().publish(A)
            assert outcome.meaning.word == words.SILENCE
            wait_s = here.notebook.read().wait_until - here.clock()
            assert wait_s <= 150
            here.clock.advance(wait_s + 1)


async def test_a_broken_memory_is_no_reason_to_stop(street):
    async with street("duckdns") as here:
        here.notebook.path.parent.mkdir(parents=True)
        here.notebook.path.write_text("{")
        assert (await here.updater().publish(A)).is_fine


async def test_the_memory_is_readable_by_nobody_else(street):
    async with street("duckdns") as here:
        await here.updater().publish(A)
        assert here.notebook.path.stat().st_mode & 0o077 == 0
