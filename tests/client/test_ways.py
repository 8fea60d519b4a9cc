"""At home and from outside by one invite: the first way that leads there wins."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from client import ways
from client.problem import Fault, Problem
from client.target import Destination, Target
from client.ways import Ways
from protocol.invite import Invite
from support.certificates import Authority
from tests.client.test_connecting import NAME, Door

INVITE = Invite(
    addresses=("192.168.1.20",), port=8443, secret="A" * 24, ca_sha256="ab" * 32,
    outside="play.example.org",
)  # fmt: skip
NOBODY = Target(NAME, 1, ("127.0.0.1",), "ab" * 32)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority.make(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def context(authority):
    return authority.context(NAME)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(ways, "HEAD_START_S", 0.01)


def test_an_invite_for_the_house_has_one_way():
    assert ways.targets(changed(INVITE, outside="")) == [
        Target(NAME, 8443, ("192.168.1.20",), "ab" * 32)
    ]


def test_a_domain_is_proven_by_its_certificate_or_by_the_pinned_authority():
    assert ways.outside(INVITE) == [
        Target("play.example.org", 443),
        Target(NAME, 443, ("play.example.org",), "ab" * 32),
    ]


def test_a_bare_public_address_is_proven_by_the_pinned_authority_alone():
    invite = changed(INVITE, outside="192.0.1.2", outside_port=8443)
    assert ways.outside(invite) == [Target(NAME, 8443, ("192.0.1.2",), "ab" * 32)]


async def test_the_way_that_works_is_taken_and_taken_first_the_next_time(authority, context):
    door = Door(authority.pem)
    async with door.open(context) as port:
        good = Target(NAME, port, ("127.0.0.1",), authority.sha256)
        way = Ways([NOBODY, good])
        for _ in range(2):
            await (await way.open(lambda _: None)).close()
        assert way._ways[0][0] == good
    assert [path for path, _ in door.asked] == ["/ca.crt", "/w/home", "/w/home"]


async def test_a_stranger_at_the_address_of_home_does_not_keep_a_friend_out(
    authority, context, tmp_path
):
    """192.168.1.20 is somebody in most networks; whoever it is, they cannot prove to be ours."""
    stranger = Authority.make(tmp_path)
    theirs, ours = Door(stranger.pem), Door(authority.pem)
    async with theirs.open(stranger.context(NAME)) as wrong, ours.open(context) as port:
        good = Target(NAME, port, ("127.0.0.1",), authority.sha256)
        line = await Ways([replace(good, port=wrong), good]).open(lambda _: None)
        await line.close()
    assert "/w/home" not in [path for path, _ in theirs.asked]


async def test_when_no_way_leads_there_the_domains_is_told():
    unknown = Target("nobody.invalid", 443)
    with pytest.raises(Problem) as caught:
        await Ways([NOBODY, unknown]).open(lambda _: None)
    assert caught.value.fault is Fault.DNS
    assert "nobody.invalid: dns" in caught.value.sentence


async def test_a_server_that_sends_on_is_obeyed_by_the_way_that_led_to_it(authority, context):
    door = Door(authority.pem)
    async with door.open(context) as port:
        good = Target(NAME, port, ("127.0.0.1",), authority.sha256)
        way = Ways([NOBODY, good])
        await (await way.open(lambda _: None)).close()
        there = Destination(f"wss://{NAME}:{port}/w/far", "far")
        await (await way.open(lambda _: None, there)).close()
    assert door.asked[-1] == ("/w/far", f"{NAME}:{port}")
