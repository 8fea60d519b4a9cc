"""Whom to believe: liars, the silent, the slow, and routers behind routers."""

import asyncio
import time

import pytest

from deploy.address.kinds import Family, Kind
from deploy.address.public import find, sources
from deploy.address.sources import DEFAULT, Router, SilentError
from deploy.problem import Problem

A, B, LIE = "192.0.1.2", "192.0.1.18", "192.0.1.66"


class Says:
    """A source that says one thing, perhaps late."""

    def __init__(self, name, said, *, after_s=0.0):
        self.name, self.said, self.after_s = name, said, after_s
        self.was_cancelled = False

    async def ask(self, _):
        try:
            await asyncio.sleep(self.after_s)
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        if isinstance(self.said, Exception):
            raise self.said
        return self.said


async def verdict(*said, family=Family.V4, **how):
    asked = [Says(f"s{number}", text) for number, text in enumerate(said)]
    return await find(family, asked, **how)


async def test_two_that_agree_are_believed():
    found = await verdict(A, A)
    assert (found.address, found.agreeing, found.odd) == (A, ("s0", "s1"), ())


@pytest.mark.parametrize("alone", [(A,), (A, SilentError("no")), (A, "10.0.0.1", "rubbish")])
async def test_one_alone_is_not(alone):
    found = await verdict(*alone)
    assert found.address is None
    assert "one alone is not believed" in found.why


async def test_a_liar_is_outvoted_and_named():
    found = await verdict(LIE, A, A)
    assert found.address == A
    assert [(odd.source, odd.said) for odd in found.odd] == [("s0", LIE)]
    assert "do not see" in found.odd[0].why


async def test_two_against_two_is_no_verdict():
    found = await verdict(A, A, LIE, LIE)
    assert found.address is None
    assert found.why == f"the sources contradict each other: {A}, {LIE}"


async def test_everybody_different_is_no_verdict():
    assert (await verdict(A, B, LIE)).address is None


@pytest.mark.parametrize("bad", ["10.0.0.2", "100.64.1.2", "127.0.0.1", "3ffe::1", "", "x y", "0"])
async def test_what_cannot_be_published_has_no_vote_however_many_say_it(bad):
    assert (await verdict(bad, bad, bad)).address is None
    found = await verdict(bad, A, A, bad, bad)
    assert found.address == A
    assert all(odd.why for odd in found.odd)


@pytest.mark.parametrize(
    ("said", "kind"),
    [("100.64.1.2", Kind.CARRIER), ("10.0.0.2", Kind.PRIVATE), ("192.0.0.2", Kind.DS_LITE)],
)
async def test_a_routers_own_address_is_evidence(said, kind):
    async def router():
        return said

    found = await find(Family.V4, [Router(router), Says("a", A), Says("b", A)])
    assert (found.address, found.behind) == (A, kind)


@pytest.mark.parametrize("silence", ["", None, Problem("This computer has no network.")])
async def test_a_router_that_does_not_say_is_only_silent(silence):
    async def router():
        if isinstance(silence, Problem):
            raise silence
        return silence

    found = await find(Family.V4, [Router(router), Says("a", A), Says("b", A)])
    assert (found.address, found.behind) == (A, None)
    assert [one.source for one in found.silent] == ["router"]


async def test_the_slow_are_waited_for_only_until_enough_agree():
    slow = Says("slow", LIE, after_s=60)
    began_s = time.monotonic()
    found = await find(Family.V4, [slow, Says("a", A), Says("b", A)], grace_s=0.05)
    assert time.monotonic() - began_s < 1
    assert (found.address, slow.was_cancelled) == (A, True)
    assert [one.source for one in found.silent] == ["slow"]


async def test_who_objects_in_time_is_heard():
    others = [Says("x", LIE, after_s=0.02), Says("y", LIE, after_s=0.02)]
    found = await find(Family.V4, [*others, Says("a", A), Says("b", A)], grace_s=1.0)
    assert found.address is None


async def test_nobody_is_waited_for_longer_than_the_limit():
    began_s = time.monotonic()
    found = await find(Family.V4, [Says("slow", A, after_s=60)], answer_s=0.05)
    assert time.monotonic() - began_s < 1
    assert found.address is None
    assert "no answer within" in found.silent[0].why


async def test_no_sources_no_verdict():
    assert (await find(Family.V4, [])).address is None


# ------------------------------------------------------------------ IPv6


OWN = "3ffe:1:1::10"


async def test_a_lasting_address_is_published_not_the_passing_one_that_is_seen():
    seen = ("3ffe:1:1:0:aaaa::1", "3ffe:1:1:0:bbbb::2")
    found = await verdict(*seen, family=Family.V6, own=["fe80::1", "fd00::1", OWN])
    assert found.address == OWN


async def test_without_a_lasting_address_none_is_published():
    seen = ("3ffe:1:1:0:aaaa::1", "3ffe:1:1:0:aaaa::1")
    for own in ([], ["3ffe:2:2::10"], ["fd00::1"]):
        found = await verdict(*seen, family=Family.V6, own=own)
        assert found.address is None
        assert "passing address is not published" in found.why


async def test_networks_that_differ_do_not_agree():
    assert (
        await verdict("3ffe:1:1::1", "3ffe:1:2::1", family=Family.V6, own=[OWN])
    ).address is None


# ------------------------------------------------------------------ the list


def test_the_usual_sources_belong_to_different_firms():
    names = [source.name for source in sources()]
    firms = {".".join(name.rpartition("/")[2].split(":")[-1].split(".")[-2:]) for name in names}
    assert len(firms) == len(names) == len(DEFAULT) >= 4


def test_the_same_source_twice_is_one_vote():
    assert len(sources(["https://a.example", "https://a.example"])) == 1


async def test_as_json():
    said = (await verdict(LIE, A, A, SilentError("no"))).as_json()
    assert said["address"] == A
    assert said["odd"][0]["said"] == LIE
    assert said["silent"] == [{"source": "s3", "why": "no"}]
