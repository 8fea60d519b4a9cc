"""What the name's own servers say, right, wrong, or not at all."""

import socket

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.resolver
import dns.rrset
import pytest

from deploy.address.kinds import Family
from deploy.ddns import zone as module
from deploy.ddns.zone import Zone
from support.nameserver import NameServer, serving

NAME, A, B = "play.example.org", "192.0.1.2", "192.0.1.18"


@pytest.fixture
def zone(names, monkeypatch):
    monkeypatch.setattr(module, "ASK_S", 0.3)
    return Zone(NAME, [("127.0.0.1", names.port)])


async def test_a_record_with_its_ttl(zone, names):
    names.hold(NAME, "A", A, ttl=120)
    sight = await zone.look(Family.V4)
    assert (sight.addresses, sight.ttl, sight.is_known, sight.shows(A)) == ((A,), 120, True, True)
    assert not names.wants_recursion  # what it has itself counts, and nobody's memory


async def test_no_record_is_remembered_for_the_soas_minimum(zone, names):
    sight = await zone.look(Family.V4)
    assert (sight.addresses, sight.ttl, sight.is_known) == ((), 30, True)
    assert not sight.exists
    names.hold(NAME, "AAAA", "3ffe::1")  # the name is there, the type is not
    sight = await zone.look(Family.V4)
    assert (sight.addresses, sight.exists) == ((), True)


async def test_several_records_are_not_the_one(zone, names):
    names.hold(NAME, "A", B, A)
    sight = await zone.look(Family.V4)
    assert sight.addresses == (B, A)
    assert not sight.shows(A)


async def test_an_alias_is_named(zone, names):
    names.hold(NAME, "CNAME", "elsewhere.example.net.")
    sight = await zone.look(Family.V4)
    assert (sight.alias, sight.addresses) == ("elsewhere.example.net", ())


@pytest.mark.parametrize("rcode", [dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.NOTIMP])
async def test_a_refusal_is_not_no_record(zone, names, rcode):
    names.rcode = rcode
    sight = await zone.look(Family.V4)
    assert not sight.is_known
    assert dns.rcode.to_text(rcode) in sight.why


def another_type(wire):
    answer = dns.message.from_wire(wire)
    answer.answer = [dns.rrset.from_text(f"{NAME}.", 60, "IN", "TXT", '"192.0.1.66"')]
    return answer.to_wire()


def another_name(wire):
    answer = dns.message.from_wire(wire)
    answer.answer = [dns.rrset.from_text("evil.example.org.", 60, "IN", "A", "192.0.1.66")]
    return answer.to_wire()


@pytest.mark.parametrize("twist", [another_type, another_name])
async def test_records_that_nobody_asked_for_are_passed_over(zone, names, twist):
    names.hold(NAME, "A", A)
    names.twist = twist
    assert (await zone.look(Family.V4)).addresses == ()


@pytest.mark.parametrize(
    "twist",
    [lambda _: None, lambda wire: wire[:9], lambda wire: b"\0\0" + wire[2:], lambda _: b"x" * 70],
)
async def test_silence_and_rubbish_end_in_time(zone, names, twist):
    names.hold(NAME, "A", A)
    names.twist = twist
    sight = await zone.look(Family.V4)
    assert not sight.is_known
    assert NAME in sight.why


async def test_two_servers_that_disagree(names):
    async with serving(NameServer()) as second:
        names.hold(NAME, "A", A)
        second.hold(NAME, "A", B, ttl=600)
        zone = Zone(NAME, [("127.0.0.1", names.port), ("127.0.0.1", second.port)])
        sight = await zone.look(Family.V4)
        assert (sight.is_agreed, sight.ttl) == (False, 600)
        assert not sight.shows(A)
        second.hold(NAME, "A", A)
        assert (await zone.look(Family.V4)).shows(A)
        second.rcode = dns.rcode.SERVFAIL  # one of two is out of order: the other counts
        assert (await zone.look(Family.V4)).shows(A)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (dns.resolver.NoRootSOA(), "knows no zone for it"),
        (dns.exception.Timeout(), "no answer in time"),
    ],
)
async def test_a_zone_that_cannot_be_found_is_told_in_words(monkeypatch, problem, words):
    async def zone_for_name(*_, **__):
        raise problem

    monkeypatch.setattr(dns.asyncresolver, "zone_for_name", zone_for_name)
    sight = await Zone(NAME).look(Family.V4)
    assert not sight.is_known
    assert words in sight.why
    assert type(problem).__name__ not in sight.why


async def test_servers_whose_names_lead_nowhere_are_not_found(monkeypatch):
    async def zone_for_name(*_, **__):
        return dns.name.from_text("example.org")

    async def resolve(*_, **__):
        return [dns.rdata.from_text("IN", "NS", "ns1.gone.example.")]

    async def addresses_of(*_):
        raise socket.gaierror

    monkeypatch.setattr(dns.asyncresolver, "zone_for_name", zone_for_name)
    monkeypatch.setattr(dns.asyncresolver.Resolver, "resolve", resolve)
    monkeypatch.setattr(module, "addresses_of", addresses_of)
    sight = await Zone(NAME).look(Family.V4)
    assert not sight.is_known
    assert "none of ns1.gone.example has an address" in sight.why
