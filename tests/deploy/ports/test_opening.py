"""The change in the ledger, and several of them together."""

from dataclasses import replace

import pytest

from deploy import changes, system
from deploy.ledger import Ledger
from deploy.network import hops
from deploy.ports import opening, status
from deploy.ports.change import PortMapping
from deploy.ports.opening import Wanted
from deploy.ports.wish import Held, Why
from deploy.problem import Problem
from support.router import HOME, PaperRouter

WANTED = Wanted(((443, 8443), (80, 8080)), 3600)
NAS = Held(443, "192.168.1.20", 443, "NAS", 0)


@pytest.fixture(autouse=True)
def no_hops(monkeypatch):
    async def first_hops():
        return ()

    monkeypatch.setattr(hops, "first_hops", first_hops)


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger" / "ledger.json", clock=lambda: 0.0)


async def open_(paper, ledger, wanted=WANTED, *, network=HOME, answer=True, dry_run=False):
    planned = opening.plan(wanted, network, paper, ledger)
    return await opening.open_ports(
        planned, ledger, dry_run=dry_run, confirm=lambda _: answer, say=lambda _: None
    )


async def close(paper, ledger):
    registry = {PortMapping.KIND: lambda kept: PortMapping.from_ledger(kept, paper)}
    return await changes.undo(
        ledger, registry, dry_run=False, confirm=changes.yes, say=lambda _: None
    )


async def test_opened_proven_kept_and_closed(ledger):
    paper = PaperRouter("pcp", "igd")
    outcome = await open_(paper, ledger)
    assert "TCP 443 leads to 192.168.1.10:8443, for 3600 s" in outcome.done[0].proof
    kept = ledger.find("port-mapping:tcp:443").desired
    assert (kept["external"], kept["client"], kept["internal"]) == (443, HOME.address, 8443)
    assert kept["tag"] == "3f2a"
    assert len(bytes.fromhex(kept["nonce"])) == 12
    assert (await close(paper, ledger)).failures == []
    assert (paper.table, ledger.entries()) == ({}, ())


async def test_a_second_run_renews_with_the_same_nonce(ledger):
    paper = PaperRouter("pcp", "igd")
    await open_(paper, ledger)
    before = ledger.entries()
    again = await open_(paper, ledger, answer=False)  # nobody is asked: nothing would change
    assert ledger.entries() == before
    assert [name for name, what, _ in paper.asked if what == "open"] == ["pcp"] * 4
    assert not again.is_declined
    assert all(done.proof.startswith("It was open already.") for done in again.done)


async def test_without_a_table_what_the_ledger_holds_counts_as_there(ledger):
    paper = PaperRouter("natpmp")
    first = await open_(paper, ledger)
    assert [len(step.lines) for step in first.plan] == [1, 1]
    assert "granted it by natpmp" in first.done[0].proof
    assert [step.lines for step in (await open_(paper, ledger)).plan] == [(), ()]
    await close(paper, ledger)
    assert paper.table == {}


async def test_a_mapping_that_upnp_does_not_list_is_not_taken_for_lost(ledger):
    paper = PaperRouter("pcp", "igd")
    paper.hides_table = True
    assert "granted it by pcp" in (await open_(paper, ledger)).done[0].proof
    assert ledger.find("port-mapping:tcp:443").desired["unlisted"] is True
    assert [step.lines for step in (await open_(paper, ledger)).plan] == [(), ()]
    shown = await status.look(paper, ledger)
    assert {str(port.state) for port in shown.ports} == {"unseen"}
    await close(paper, ledger)
    assert (paper.table, ledger.entries()) == ({}, ())


OFF = Held(443, HOME.address, 8443, "Anna's game", 0, is_enabled=False)


async def test_an_entry_that_the_host_had_switched_off_comes_back(ledger):
    paper = PaperRouter("pcp", "igd")
    paper.table[443] = OFF
    assert (await open_(paper, ledger)).failures == []
    assert paper.table[443].is_enabled
    assert (await close(paper, ledger)).failures == []
    assert paper.table == {443: OFF}


async def test_an_entry_that_the_router_does_not_take_back_is_named(ledger):
    paper = PaperRouter("pcp", "igd")
    paper.table[443] = OFF
    await open_(paper, ledger)
    paper.router.igd.refuses = Why.NOT_ALLOWED
    failure = (await close(paper, ledger)).failures[0]
    assert 'your own entry "Anna\'s game" to 192.168.1.10:8443 (switched off)' in (
        failure.problem.what
    )
    assert paper.table == {}


async def test_one_refused_port_does_not_keep_the_other_closed(ledger):
    paper = PaperRouter("igd")
    paper.table[443] = NAS
    outcome = await open_(paper, ledger)
    assert [failure.id for failure in outcome.failures] == ["port-mapping:tcp:443"]
    assert [done.id for done in outcome.done] == ["port-mapping:tcp:80"]
    assert outcome.code == 1
    assert [entry.id for entry in ledger.entries()] == ["port-mapping:tcp:80"]


async def test_what_is_refused_at_the_door_leaves_no_entry(ledger):
    paper = PaperRouter("igd", igd=Why.NOT_ALLOWED)
    outcome = await open_(paper, ledger)
    assert len(outcome.failures) == 2
    assert ledger.entries() == ()


async def test_dry_runs_and_no_change_nothing(ledger):
    paper = PaperRouter("igd")
    planned = await open_(paper, ledger, dry_run=True)
    assert planned.plan[0].lines == ("+ TCP 443 -> 192.168.1.10:8443, for 3600 s at a time",)
    declined = await open_(paper, ledger, answer=False)
    assert declined.is_declined
    assert declined.code == 1
    assert (paper.table, ledger.entries()) == ({}, ())


async def test_a_lease_for_ever_is_noted(ledger):
    paper = PaperRouter("igd")
    paper.only_for_ever = True
    outcome = await open_(paper, ledger)
    assert "until it is taken back" in outcome.done[0].proof
    assert ledger.find("port-mapping:tcp:443").desired["permanent"] is True
    entries = ledger.entries()
    await open_(paper, ledger)
    assert ledger.entries() == entries
    await close(paper, ledger)
    assert paper.table == {}


async def test_a_new_address_takes_our_old_mapping_over(ledger):
    paper = PaperRouter("igd")
    await open_(paper, ledger)
    old = paper.table[443]
    moved = PaperRouter("igd", network=_at("192.168.1.77"))
    moved.table = {443: Held(443, old.client, old.internal, "NAT-PMP", 60)}
    outcome = await open_(moved, ledger, network=_at("192.168.1.77"))
    assert outcome.plan[0].lines[0] == "- TCP 443 -> 192.168.1.10:8443"
    assert moved.table[443].client == "192.168.1.77"
    assert ledger.find("port-mapping:tcp:443").desired["client"] == "192.168.1.77"


def _at(address):
    return replace(HOME, address=address)


async def test_another_door_takes_the_old_mapping_over(ledger):
    paper = PaperRouter("igd")
    await open_(paper, ledger)
    await open_(paper, ledger, Wanted(((443, 9443), (80, 8080)), 3600))
    assert paper.table[443].internal == 9443
    await close(paper, ledger)
    assert paper.table == {}


BY_HAND = Held(443, HOME.address, 8443, "by hand", 0)
ONE = Wanted(((443, 8443),), 3600)


async def test_what_a_person_made_by_hand_is_neither_renewed_nor_deleted(ledger):
    paper = PaperRouter("pcp", "igd", igd=Why.CONFLICT)
    paper.table[443] = BY_HAND
    for _ in range(2):
        outcome = await open_(paper, ledger, ONE)
        assert "made by hand" in outcome.done[0].proof
    kept = ledger.find("port-mapping:tcp:443").desired
    assert kept["theirs"] is True
    await PortMapping.from_ledger(kept, paper).renew()  # what the keeper does
    await close(paper, ledger)
    assert (paper.table, paper.asked) == ({443: BY_HAND}, [])


async def test_what_was_made_by_hand_is_left_alone_where_it_cannot_be_seen(ledger):
    paper = PaperRouter("pcp", "igd")
    paper.table[443] = BY_HAND
    await open_(paper, ledger, ONE)
    blind = PaperRouter("pcp")
    outcome = await open_(blind, ledger, ONE)
    assert "it is left alone" in outcome.done[0].proof
    assert ledger.find("port-mapping:tcp:443").desired["theirs"] is True
    assert blind.asked == []


async def test_what_was_made_by_hand_is_not_moved_to_our_new_address(ledger):
    paper = PaperRouter("igd")
    paper.table[443] = BY_HAND
    await open_(paper, ledger, ONE)
    moved = PaperRouter("igd", network=_at("192.168.1.77"))
    moved.table[443] = BY_HAND
    outcome = await open_(moved, ledger, ONE, network=_at("192.168.1.77"))
    assert "192.168.1.10" in outcome.failures[0].problem.what
    assert (moved.table, moved.asked) == ({443: BY_HAND}, [])


async def test_what_was_made_by_hand_and_is_gone_is_ours_from_then_on(ledger):
    paper = PaperRouter("igd")
    paper.table[443] = BY_HAND
    await open_(paper, ledger, ONE)
    del paper.table[443]
    await open_(paper, ledger, ONE)
    assert "theirs" not in ledger.find("port-mapping:tcp:443").desired
    await open_(paper, ledger, ONE)
    assert [what for _, what, _ in paper.asked] == ["open", "open"]


async def test_a_lease_of_another_program_that_leads_as_wished_stays_after_us(ledger):
    paper = PaperRouter("igd")
    paper.table[443] = Held(443, HOME.address, 8443, "another", 60)
    await open_(paper, ledger, ONE)
    await close(paper, ledger)
    assert 443 in paper.table


async def test_a_mapping_of_ours_for_ever_is_ours_whatever_the_router_calls_it(ledger):
    paper = PaperRouter("igd")
    await open_(paper, ledger, ONE)
    paper.table[443] = Held(443, HOME.address, 8443, "NAT-PMP 443", 0)
    await open_(paper, ledger, ONE)
    assert "theirs" not in ledger.find("port-mapping:tcp:443").desired
    await close(paper, ledger)
    assert paper.table == {}


async def test_a_pinhole_goes_to_the_door_itself(ledger):
    paper = PaperRouter("pcp6")
    outcome = await open_(paper, ledger, Wanted(((443, 8443),), 3600, ipv4=False, ipv6=True))
    assert outcome.done[0].id == "port-mapping:tcp6:8443"
    assert outcome.done[0].title == "router: TCP [3ffe:1:1::10]:8443 open to the internet"
    assert ledger.find("port-mapping:tcp6:8443").desired["client"] == HOME.address6


async def test_a_renewal_comes_in_between_no_other_command(ledger):
    paper = PaperRouter("igd")
    await open_(paper, ledger, ONE)
    opened, is_locked = paper.router.igd.open, []

    async def watched(wish):
        with system.exclusive(ledger._lock) as is_free:
            is_locked.append(not is_free)
        return await opened(wish)

    paper.router.igd.open = watched
    await open_(paper, ledger, ONE)
    assert is_locked == [True]


async def test_what_was_closed_meanwhile_is_not_opened_by_a_renewal(ledger):
    paper = PaperRouter("igd")
    change = opening.plan(ONE, HOME, paper, ledger)[0]
    with pytest.raises(Problem, match="closed it meanwhile"):
        await opening._renewed(change, ledger)
    assert paper.asked == []
