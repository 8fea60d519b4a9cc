import pytest

from deploy.network import hops
from deploy.ports import survey
from deploy.ports.access import RouterAccess
from deploy.ports.survey import Above, judge
from deploy.ports.wish import Held, Refusal, Why
from support.router import HOME, PaperRouter

GATE = "192.168.1.1"


@pytest.mark.parametrize(
    ("said", "first", "above"),
    [
        ({"PCP": "192.0.1.2"}, (GATE, "192.0.1.1"), Above.NOTHING),
        ({"PCP": "192.0.1.2"}, (), Above.NOTHING),
        ({"UPnP": "100.64.1.2"}, (), Above.CARRIER),
        ({"UPnP": "10.0.0.2"}, (GATE,), Above.ROUTER),
        ({"UPnP": "192.168.178.2"}, (GATE,), Above.ROUTER),
        ({"UPnP": "192.0.0.2"}, (), Above.TUNNEL),
        ({"PCP": "100.64.1.2", "UPnP": ""}, (), Above.CARRIER),
        ({"UPnP": ""}, (GATE, "100.64.0.1"), Above.CARRIER),
        ({"UPnP": "192.0.1.2"}, (GATE, "10.0.0.1"), Above.ROUTER),  # told a public one, not its own
        ({}, (GATE, "10.0.0.1"), Above.ROUTER),
        ({}, (GATE, ""), Above.UNKNOWN),
        ({"UPnP": "0.0.0.0"}, (), Above.UNKNOWN),
        ({"UPnP": "nonsense"}, (), Above.UNKNOWN),
        ({}, (), Above.UNKNOWN),
    ],
)
def test_what_stands_above_is_judged_from_what_was_said(said, first, above):
    verdict, evidence = judge(said, first)
    assert verdict is above
    assert evidence.endswith(".")


async def test_a_survey_gathers_it_all(monkeypatch):
    async def first_hops():
        return (GATE, "192.0.1.1")

    monkeypatch.setattr(hops, "first_hops", first_hops)
    mismatch = {"PCP": Refusal("PCP", Why.MISMATCH)}
    paper = PaperRouter("igd", refusals=mismatch)
    paper.table[443] = Held(443, "192.168.1.20", 443, "NAS", 0)
    seen = await survey.survey(paper.router)
    assert (seen.model, seen.line, seen.outer) == ("Paper 1 (Mill)", "Connected", "192.0.1.2")
    assert seen.table == {443: paper.table[443], 80: None}
    assert seen.refusals == {"PCP": "another NAT between"}
    assert seen.has_table
    assert seen.upstream == ()


async def test_a_router_that_nothing_is_known_of(monkeypatch):
    async def first_hops():
        return ()

    monkeypatch.setattr(hops, "first_hops", first_hops)
    seen = await survey.survey(PaperRouter().router)
    assert (seen.above, seen.outer, seen.speaks, seen.has_table) == (Above.UNKNOWN, "", (), False)


async def test_the_hops_of_a_vpn_say_nothing_of_the_router(monkeypatch):
    async def first_hops():
        return ("10.8.0.1", "10.9.0.1")

    monkeypatch.setattr(hops, "first_hops", first_hops)
    seen = await survey.survey(PaperRouter("igd").router)
    assert (seen.above, seen.hops) == (Above.NOTHING, ())


async def test_the_router_is_found_once_until_something_changes(monkeypatch):
    found = []
    networks = [HOME]

    async def find(network, only):
        found.append((network, only))
        return PaperRouter("igd", network=network).router

    monkeypatch.setattr("deploy.ports.router.find", find)
    access = RouterAccess(["UPnP"], read=lambda: networks[0])
    assert await access() is await access()
    assert found == [(HOME, ["UPnP"])]
    assert await access.outer_address() == "192.0.1.2"
    access.forget()
    await access()
    networks[0] = PaperRouter().router.network.__class__(
        **(vars(HOME) | {"address": "192.168.1.77"})
    )
    await access()
    assert len(found) == 3


async def test_a_private_word_is_told_when_there_is_no_better(monkeypatch):
    paper = PaperRouter("pcp", "igd")

    async def find(*_):
        return paper.router

    monkeypatch.setattr("deploy.ports.router.find", find)
    access = RouterAccess(read=lambda: HOME)
    for word in ("100.64.1.2", ""):
        paper.address = word
        assert await access.outer_address() == word
