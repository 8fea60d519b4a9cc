"""The way to a server, step by step, against real TLS on loopback."""

import io
import json
import sys

import pytest

from client import probe
from client.probing import STEPS, Probe
from client.target import Target
from protocol.invite import Invite
from support.certificates import Authority
from tests.client.test_connecting import NAME, Door

SECRET = "A" * 24


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority.make(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def context(authority):
    return authority.context(NAME)


async def reached(target):
    looking = Probe(target, "a way")
    await looking.reach()
    looking.close()
    return looking.report()


def said(report):
    return {step.name: step for step in report.steps}


async def test_a_good_way_is_told_up_to_the_open_door(authority, context):
    door = Door(authority.pem)
    async with door.open(context) as port:
        report = await reached(Target(NAME, port, ("127.0.0.1",), authority.sha256))
    steps = said(report)
    assert tuple(steps) == STEPS
    assert [steps[name].ok for name in ("dns", "tcp", "tls", "websocket")] == [True] * 4
    assert "proven by the authority that the invite names" in steps["tls"].detail
    assert steps["join"].detail == "Not tried on this way."
    assert not report.ok
    assert report.fault == ""


async def test_the_first_step_that_fails_ends_the_way():
    report = await reached(Target(NAME, 1, ("127.0.0.1",), "ab" * 32))
    steps = said(report)
    assert steps["dns"].ok
    assert not steps["tcp"].ok
    assert "no server runs there" in steps["tcp"].detail
    assert steps["tls"].milliseconds is None
    assert steps["ticks"].detail == "Not tried: TCP failed."
    assert report.fault == "refused"


async def test_a_name_that_leads_nowhere_fails_at_dns():
    report = await reached(Target("nobody.invalid", 443))
    assert (report.fault, said(report)["dns"].ok) == ("dns", False)


async def test_a_server_that_cannot_prove_itself_fails_at_tls(authority, context):
    async with Door(authority.pem).open(context) as port:
        report = await reached(Target(NAME, port, ("127.0.0.1",), "ab" * 32))
    assert (report.fault, said(report)["tls"].ok, said(report)["tcp"].ok) == (
        "wrong-ca", False, True,
    )  # fmt: skip


async def test_a_public_name_is_verified_with_the_systems_roots_alone(authority, context):
    async with Door(authority.pem).open(context) as port:
        report = await reached(Target(NAME, port, ("127.0.0.1",)))
    assert (report.fault, said(report)["tls"].ok) == ("untrusted", False)


async def test_a_door_that_turns_websockets_away_fails_there(authority, context):
    async with Door(authority.pem, status=502).open(context) as port:
        report = await reached(Target(NAME, port, ("127.0.0.1",), authority.sha256))
    assert (report.fault, said(report)["websocket"].ok) == ("starting", False)


INVITE = Invite(addresses=("127.0.0.1",), port=1, secret=SECRET, ca_sha256="ab" * 32)


def test_the_command_prints_the_contract(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(INVITE.link()))
    assert probe.main(["--invite", "-", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False
    assert [step["name"] for step in answer["steps"]] == list(STEPS)
    assert answer["steps"][0].keys() == {"name", "ok", "milliseconds", "detail"}
    assert SECRET not in json.dumps(answer)


def test_for_people_it_ends_with_the_verdict(capsys):
    assert probe.main(["--invite", INVITE.link()]) == 1
    out = capsys.readouterr().out
    assert "NO tcp" in out
    assert out.splitlines()[-1] == "Nobody can play from here."


def test_an_outside_that_is_not_there_cannot_be_looked_at(capsys):
    with pytest.raises(SystemExit) as caught:
        probe.main(["--invite", INVITE.link(), "--way", "outside"])
    assert caught.value.code == 2
    assert "no way in from outside" in capsys.readouterr().err
