"""A record as a change in the ledger: planned, carried out, resumed, taken back."""

import pytest

from deploy import changes
from deploy.address.public import Verdict
from deploy.ddns.record import DnsRecord
from deploy.ledger import Ledger
from deploy.problem import Problem
from support.providers import TOKEN

A, B = "192.0.1.2", "192.0.1.18"


class Record(DnsRecord):
    """With a name server and a clock of the test's own."""

    def __init__(self, street, address=A):
        async def find(family):
            return Verdict(family, address, "because")

        super().__init__(street.clone, street.target, find)
        self._made = street.updater()


async def carry_out(street, *, dry_run=False, address=A):
    ledger = Ledger.of(street.clone)
    record = Record(street, address)
    return await changes.carry_out(
        [record], ledger, dry_run=dry_run, confirm=changes.yes, say=lambda _: None
    )


async def undo(street):
    return await changes.undo(
        Ledger.of(street.clone),
        {DnsRecord.KIND: lambda _: Record(street)},
        dry_run=False,
        confirm=changes.yes,
        say=lambda _: None,
    )


async def test_plan_apply_and_back(street):
    async with street("cloudflare") as here:
        id_ = here.house.hold(B, ttl=300, comment="mine")
        planned = await carry_out(here, dry_run=True)
        name = here.house.name
        assert planned.plan[0].lines == (f"- {name} 300 A {B}", f"+ {name} 60 A {A}")
        assert here.house.addresses == [B]

        done = await carry_out(here)
        here.show()
        assert (here.house.addresses, len(done.done)) == ([A], 1)
        entry = Ledger.of(here.clone).entries()[0]
        assert entry.before == {"addresses": [B], "ttl": 300, "seen_at": "provider"}
        assert TOKEN not in Ledger.of(here.clone).path.read_text()
        assert (await carry_out(here)).done == []

        taken_back = await undo(here)
        assert (taken_back.failures, here.house.addresses) == ([], [B])
        assert here.house.held[id_]["comment"] == "mine"
        assert Ledger.of(here.clone).entries() == ()
        assert not here.notebook.path.exists()


async def test_undo_removes_what_was_not_there(street):
    async with street("desec") as here:
        await carry_out(here)
        here.show()
        assert (await undo(here)).failures == []
        assert here.house.records["A"] == set()


async def test_undo_says_what_it_cannot_do(street):
    async with street("ovh") as here:
        await carry_out(here)
        here.show()
        failure = (await undo(here)).failures[0]
        assert "has no way to put back" in failure.problem.what
        assert "--forget" in failure.problem.remedy
        assert here.house.records["A"] == {A}


async def test_undo_says_what_it_could_not_see(street, monkeypatch):
    monkeypatch.setattr("deploy.ddns.zone.ASK_S", 0.02)
    async with street("ovh") as here:
        here.names.twist = lambda _: None
        await carry_out(here)
        assert Ledger.of(here.clone).entries()[0].before["seen_at"] == "nowhere"
        failure = (await undo(here)).failures[0]
        assert "could not be seen" in failure.problem.what


async def test_undo_leaves_what_somebody_else_has_set(street):
    async with street("desec") as here:
        here.house.records["A"] = {B}
        await carry_out(here)
        here.house.records["A"] = {"192.0.1.50"}
        failure = (await undo(here)).failures[0]
        assert "somebody else has changed it" in failure.problem.what
        assert here.house.records["A"] == {"192.0.1.50"}


async def test_undo_follows_the_keeper(street):
    """The record has moved on since it was made: what was there before the first time counts."""
    async with street("desec") as here:
        here.house.records["A"] = {B}
        await carry_out(here)
        await here.updater().publish("192.0.1.50")
        assert (await undo(here)).failures == []
        assert here.house.records["A"] == {B}


async def test_a_refusal_leaves_nothing_in_the_ledger(street):
    async with street("duckdns") as here:
        here.house.order("KO")
        with pytest.raises(Problem) as told:
            await carry_out(here)
        assert "DuckDNS refuses" in told.value.what
        assert "--unpark" in told.value.remedy
        assert Ledger.of(here.clone).entries() == ()
        asked = len(here.house.asked)
        with pytest.raises(Problem):  # parked: it is not even asked
            await carry_out(here)
        assert len(here.house.asked) == asked


async def test_undo_does_not_forget_a_refusal(street):
    """The same token is not tried again, whatever was taken back meanwhile."""
    async with street("duckdns") as here:
        here.house.records["A"] = {B}
        here.show()
        await carry_out(here)
        here.house.order("KO")
        await here.updater().publish("192.0.1.50")
        here.house.records["A"] = {B}  # by hand
        here.show()
        assert (await undo(here)).failures == []
        assert here.notebook.read().is_parked


async def test_an_alias_is_not_written_over(street):
    async with street("duckdns") as here:
        here.names.hold(here.house.name, "CNAME", "elsewhere.example.net.")
        with pytest.raises(Problem) as told:
            await carry_out(here)
        assert "alias of elsewhere.example.net" in told.value.what
        assert here.house.asked == []


async def test_without_an_agreed_address_nothing_happens(street):
    async with street("duckdns") as here:
        with pytest.raises(Problem) as told:
            await carry_out(here, address=None)
        assert "because" in told.value.what
        assert here.house.asked == []


async def test_what_the_ledger_holds_builds_it_again(street):
    async with street("cloudflare") as here:
        record = DnsRecord.from_ledger(here.target.as_json() | {"later": 1}, here.clone)
        assert record.desired == here.target.as_json()
        assert record.id == f"dns-record:{here.house.name}:A"
        assert TOKEN not in repr(record) + str(record.desired) + record.title
        assert record.diff({"addresses": [], "ttl": None}) == []  # no token, nothing published
