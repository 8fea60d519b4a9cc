from dataclasses import replace

import pytest

from deploy.ports import mapper
from deploy.ports.refusing import PortProblem
from deploy.ports.wish import Held, Refusal, Why, Wish
from support.router import HOME, PaperRouter

WISH = Wish(443, 8443, nonce=bytes(range(12)), tag="3f2a")
OURS = Held(443, HOME.address, 8443, "Lanternhold 3f2a", 3600)
NAS = Held(443, "192.168.1.20", 443, "NAS\u2063", 0)


async def refused(work):
    with pytest.raises(PortProblem) as told:
        await work
    return told.value


async def test_the_best_way_is_taken_first():
    paper = PaperRouter("igd", "natpmp", "pcp")
    granted = await mapper.open_port(paper.router, WISH)
    assert granted.way == "pcp"
    assert paper.asked == [("pcp", "open", 443)]


async def test_a_refusal_of_one_is_not_that_of_all():
    paper = PaperRouter("pcp", "natpmp", "igd", pcp=Why.NOT_ALLOWED, natpmp=Why.SILENT)
    assert (await mapper.open_port(paper.router, WISH)).way == "igd"


@pytest.mark.parametrize(
    ("pcp", "igd", "told"),
    [
        (Why.SILENT, Why.NO_ADDRESS, Why.NO_ADDRESS),
        (Why.NOT_ALLOWED, Why.LOW_PORT, Why.LOW_PORT),
        (Why.TABLE_FULL, Why.SAME_PORTS, Why.SAME_PORTS),
        (Why.MISMATCH, Why.NOT_UNDERSTOOD, Why.MISMATCH),
        (Why.CONFLICT, Why.NO_ADDRESS, Why.CONFLICT),
        (Why.SILENT, Why.SWITCHED_OFF, Why.SWITCHED_OFF),
    ],
)
async def test_the_most_telling_reason_is_told(pcp, igd, told):
    paper = PaperRouter("pcp", "igd", pcp=pcp, igd=igd)
    problem = await refused(mapper.open_port(paper.router, WISH))
    assert problem.why is told
    assert problem.what.endswith(".")
    assert problem.remedy
    assert "{" not in problem.what + problem.remedy


async def test_somebody_else_s_port_is_named_and_left():
    paper = PaperRouter("pcp", "igd")
    paper.table[443] = NAS
    problem = await refused(mapper.open_port(paper.router, WISH))
    assert problem.why is Why.CONFLICT
    assert "192.168.1.20 (MAC 02:00:00:00:00:20)" in problem.what
    assert "NAS" in problem.what
    assert paper.table == {443: NAS}
    assert paper.asked == []


async def test_another_program_of_this_computer_is_named():
    paper = PaperRouter("igd")
    paper.table[443] = Held(443, HOME.address, 9000, "other game", 0)
    problem = await refused(mapper.open_port(paper.router, WISH))
    assert "port 9000 of this computer" in problem.what
    assert "other game" in problem.what


@pytest.mark.parametrize(
    "old",
    [
        Held(443, "192.168.1.99", 8443, "Lanternhold 3f2a", 0),
        Held(443, "192.168.1.99", 8443, "PCP MAP 000102030405060708090a0b", 0),
        Held(443, "192.168.1.99", 8443, "PCP MAP 03020100070605040b0a0908", 0),
        Held(443, HOME.address, 9443, "Lanternhold 3f2a", 0),
    ],
)
async def test_our_own_old_mapping_makes_room(old):
    paper = PaperRouter("igd")
    paper.table[443] = old
    await mapper.open_port(paper.router, WISH)
    assert (paper.table[443].client, paper.table[443].internal) == (HOME.address, 8443)
    assert paper.asked == [("igd", "close", 443), ("igd", "open", 443)]


async def test_what_the_ledger_remembers_is_ours_whatever_it_is_called():
    paper = PaperRouter("igd")
    paper.table[443] = Held(443, "192.168.1.99", 8443, "NAT-PMP 443 tcp", 0)
    wish = Wish(443, 8443, tag="3f2a", former=("192.168.1.99", 8443))
    assert (await mapper.open_port(paper.router, wish)).client == HOME.address
    paper.table[443] = Held(443, "192.168.1.99", 8443, "NAT-PMP 443 tcp", 0)
    await refused(mapper.open_port(paper.router, Wish(443, 8443, tag="3f2a")))


async def test_an_old_mapping_that_the_router_keeps_is_said_to_end():
    paper = PaperRouter("igd")
    paper.is_stubborn = True
    paper.table[443] = Held(443, "192.168.1.99", 8443, "Lanternhold 3f2a", 1234)
    problem = await refused(mapper.open_port(paper.router, WISH))
    assert "our earlier address 192.168.1.99" in problem.what
    assert "1234 s" in problem.remedy
    assert HOME.mac in problem.remedy


async def test_a_switched_off_mapping_is_not_an_open_one():
    off = Held(443, HOME.address, 8443, "Lanternhold 3f2a", 0, is_enabled=False)
    assert not mapper.leads_as_wished(off, WISH, HOME.address)


@pytest.mark.parametrize(
    ("ways", "asked"),
    [
        (("pcp", "igd"), ["pcp"]),
        (("natpmp", "igd"), ["igd"]),
        (("natpmp",), ["natpmp"]),
        (("pcp",), ["pcp"]),
    ],
)
async def test_closing_takes_the_narrowest_way(ways, asked):
    paper = PaperRouter(*ways)
    paper.table[443] = OURS
    assert await mapper.close_port(paper.router, WISH) == 0
    assert [name for name, _, _ in paper.asked] == asked
    assert paper.table == {}


async def test_closing_leaves_what_is_not_ours():
    paper = PaperRouter("pcp", "igd")
    paper.table[443] = NAS
    assert await mapper.close_port(paper.router, WISH) == 0
    assert paper.table == {443: NAS}
    assert paper.asked == []


async def test_closing_twice_is_fine():
    paper = PaperRouter("igd")
    assert await mapper.close_port(paper.router, WISH) == 0


async def test_a_router_that_keeps_our_mapping_is_told_of():
    paper = PaperRouter("igd")
    paper.is_stubborn = True
    paper.table[443] = OURS
    problem = await refused(mapper.close_port(paper.router, WISH))
    assert "still leads to this computer" in problem.what
    paper = PaperRouter("pcp", pcp=Why.SILENT)
    problem = await refused(mapper.close_port(paper.router, WISH))
    assert "did not close" in problem.what


async def test_nobody_to_ask_is_said_with_each_answer():
    silence = {"PCP": Refusal("PCP", Why.SWITCHED_OFF), "UPnP": Refusal("UPnP", Why.SILENT)}
    paper = PaperRouter(refusals=silence)
    for work in (mapper.open_port, mapper.close_port, mapper.look_for_room):
        problem = await refused(work(paper.router, WISH))
        assert "it does not offer PCP or UPnP" in problem.what
        assert "UPnP" in problem.remedy
    problem = await refused(mapper.open_port(paper.router, Wish(8443, 8443, version=6)))
    assert "IPv6" in problem.what


async def test_a_pinhole_may_stand_a_while():
    paper = PaperRouter("pcp6")
    paper.rest_s = 120
    wish = Wish(8443, 8443, version=6)
    assert (await mapper.open_port(paper.router, wish)).external == 8443
    assert await mapper.close_port(paper.router, wish) == 120


async def test_a_conflict_over_an_entry_that_leads_as_wished_is_none():
    paper = PaperRouter("igd", igd=Why.CONFLICT)
    paper.table[443] = replace(OURS, description="another", lease_s=60)
    granted = await mapper.open_port(paper.router, WISH)
    assert (granted.client, granted.internal, granted.lease_s) == (HOME.address, 8443, 60)
