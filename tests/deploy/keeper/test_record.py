"""A record follows the public address, and nobody is asked more than needed."""

import pytest

from deploy import settings
from deploy.address.kinds import Family
from deploy.address.public import Verdict
from deploy.clone import Clone
from deploy.ddns import secret
from deploy.ddns.outcome import BY_SERVERS, told
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target
from deploy.ddns.words import good, parked, unchanged
from deploy.keeper.__main__ import tenders
from deploy.keeper.home import Home
from deploy.keeper.metrics import Metrics
from deploy.keeper.record import POLL_S, SAMPLE_S, WHOLE_LOOK_S, QuietUpdater, RecordTender
from deploy.ledger import Entry, State
from deploy.problem import Problem
from support.clock import FakeClock

A, B = "192.0.1.2", "192.0.1.18"


class Outside:
    """The router, the sources and the provider, each counting how often it is asked."""

    def __init__(self):
        self.target = Target("duckdns", "play.example.test")
        self.router = self.seen = A
        self.record = None
        self.refusal = None
        self.asked = {"router": 0, "one": 0, "sources": 0, "provider": 0}
        self.clock = FakeClock()
        self.metrics = Metrics()
        self.tender = RecordTender(
            self.target,
            self.updater,
            self.find,
            self.sees_another,
            self.ask,
            shown=self.metrics,
            clock=self.clock,
            wall=lambda: 777.0,
        )

    async def ask(self):
        self.asked["router"] += 1
        if self.router is None:
            raise Problem("silent")
        return self.router

    async def find(self, family):
        self.asked["sources"] += 1
        return Verdict(family, self.seen, "why")

    async def sees_another(self, _, known):
        self.asked["one"] += 1
        return self.seen not in {known, None}

    def updater(self):
        return self

    async def publish(self, address):
        self.asked["provider"] += 1
        if self.refusal:
            return told(self.target, address, self.refusal)
        was_asked, self.record = self.record != address, address
        meaning = good() if was_asked else unchanged()
        return told(self.target, address, meaning, was_asked=was_asked, confirmed_by=BY_SERVERS)

    async def round(self, after_s=0.0):
        """One look, and a mend where it wants one."""
        self.clock.advance(after_s)
        try:
            finding = await self.tender.look()
            if not finding.is_well:
                await self.tender.mend()
        except Problem:
            self.tender.failed()
            raise

    def value(self, name):
        return self.metrics.registry.get_sample_value(f"lanternhold_keeper_{name}", {"record": "A"})


@pytest.fixture
def outside():
    return Outside()


async def test_it_publishes_at_the_start_and_then_asks_the_router_alone(outside):
    await outside.round()
    assert outside.record == A
    for _ in range(5):
        await outside.round(POLL_S)
    assert outside.asked == {"router": 6, "one": 0, "sources": 1, "provider": 1}
    assert outside.value("ddns_last_success_timestamp_seconds") == 777.0
    assert outside.value("ddns_mismatch") == 0
    assert outside.value("ddns_updates_total") == 1
    assert outside.value("public_address_changes_total") == 0


async def test_it_follows_the_router(outside):
    await outside.round()
    outside.router = outside.seen = B
    await outside.round(POLL_S)
    assert outside.record == B
    assert outside.value("public_address_changes_total") == 1
    assert outside.value("ddns_updates_total") == 2


async def test_a_router_that_knows_nothing_does_not_hide_a_change(outside):
    outside.router = "100.64.1.2"
    await outside.round()
    outside.seen = B
    await outside.round(POLL_S)
    assert outside.record == A
    await outside.round(WHOLE_LOOK_S)
    assert outside.record == B


async def test_a_silent_router_makes_us_ask_one_other_a_minute(outside):
    outside.router = None
    await outside.round()
    for _ in range(12):
        await outside.round(POLL_S)
    assert outside.asked == {"router": 13, "one": 2, "sources": 1, "provider": 1}
    outside.seen = B
    await outside.round(SAMPLE_S)
    assert outside.record == B
    assert outside.asked["sources"] == 2


async def test_a_router_that_is_silent_at_times_is_no_reason_to_ask_all(outside):
    await outside.round()
    for said in (None, A, None, A):
        outside.router = said
        await outside.round(POLL_S)
    assert (outside.asked["one"], outside.asked["sources"]) == (1, 1)


async def test_a_token_that_was_changed_is_read_for_the_next_write(tmp_path):
    clone, target = Clone(tmp_path), Target("duckdns", "anna.duckdns.org")
    path = secret.path_of(clone)
    secret.keep(path, Secret("the-old-one-of-them"))
    made = tenders(clone, settings.load_keeping(clone, {}), Home(), Metrics())["dns-record"](
        Entry("x", "dns-record", target.as_json(), {}, State.APPLIED, "")
    )
    secret.keep(path, Secret("the-new-one-of-them"))
    assert made._updater().secret.reveal() == "the-new-one-of-them"
    path.unlink()
    with pytest.raises(Problem, match="no token"):
        await made.mend()


async def test_a_write_does_not_wait_to_be_seen(tmp_path):
    clone, target = Clone(tmp_path), Target("duckdns", "anna.duckdns.org")
    secret.keep(secret.path_of(clone), Secret("a-secret-token"))
    assert await QuietUpdater.of(clone, target).confirm(A) == ""


async def test_now_and_then_the_record_is_looked_at_though_nothing_changed(outside):
    await outside.round()
    outside.record = B  # somebody else has set it
    await outside.round(WHOLE_LOOK_S)
    assert outside.record == A


async def test_an_address_that_nobody_is_sure_of_is_never_published(outside):
    await outside.round()
    outside.router, outside.seen = B, None
    with pytest.raises(Problem, match="not known: why"):
        await outside.round(POLL_S)
    assert outside.record == A
    assert outside.value("ddns_mismatch") == 1
    assert outside.value("ddns_failures_total") == 1
    outside.seen = B
    await outside.round(2.0)
    assert outside.record == B
    assert outside.value("ddns_mismatch") == 0


async def test_what_the_provider_refuses_is_told_and_tried_again(outside):
    outside.refusal = parked("badauth", "the token is wrong")
    with pytest.raises(Problem, match="token is wrong"):
        await outside.round()
    assert outside.value("ddns_mismatch") == 1
    outside.refusal = None
    await outside.round(2.0)
    assert outside.record == A


async def test_the_family_is_the_records(outside):
    asked = []

    async def find(family):
        asked.append(family)
        return Verdict(family, A, "why")

    target = outside.target.with_family(Family.V6)
    tender = RecordTender(
        target, outside.updater, find, outside.sees_another, outside.ask, shown=Metrics()
    )
    await tender.look()
    assert asked == [Family.V6]
