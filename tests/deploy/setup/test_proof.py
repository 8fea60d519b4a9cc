"""What is called proven: a certificate that was seen, a player who joined; never more."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from deploy import settings
from deploy.clone import Clone
from deploy.keeper import certificate
from deploy.keeper.certificate import Validity
from deploy.modes import Mode
from deploy.problem import Problem
from deploy.run import Result
from deploy.setup import proof
from deploy.setup.proof import Proof, Watch, from_outside
from protocol.invite import Invite
from support.clock import FakeClock

NAME = "play.example.org"
INVITE = Invite(
    name=NAME, addresses=(), port=443, secret="c2VjcmV0LXNlY3JldC1z", title="Anna", ca_sha256=None
)


def chosen(tmp_path, **more):
    given = {"LANTERNHOLD_DOMAIN": NAME} | more
    return settings.load(Clone(tmp_path), given)


class Door:
    """A door whose certificate comes after a while, and the log that Caddy writes meanwhile."""

    def __init__(self, tmp_path, monkeypatch):
        self.clock = FakeClock(start_s=1000.0)
        self.shown_at = None
        self.log = []
        self.words = []
        self.validity = Validity(1000.0, 1e6)
        stack = SimpleNamespace(mode=Mode.EMBEDDED, door=lambda: SimpleNamespace(https_port=8443))
        monkeypatch.setattr(certificate, "look", self._look)
        monkeypatch.setattr(proof, "log_lines", lambda *_: self.log)
        self.watch = Watch(
            Clone(tmp_path),
            chosen(tmp_path),
            stack,
            self.words.append,
            run_began=999.0,
            wall=self.clock,
            pause=self.clock.advance,
        )

    async def _look(self, name, port):
        assert (name, port) == (NAME, 8443)
        is_there = self.shown_at is not None and self.clock() >= self.shown_at
        return self.validity if is_there else None

    def write(self, message, at_s, **more):
        self.log.append(json.dumps({"msg": message, "ts": at_s, "identifier": NAME} | more))


@pytest.fixture
def door(tmp_path, monkeypatch):
    return Door(tmp_path, monkeypatch)


def test_it_waits_until_the_door_shows_it(door):
    door.shown_at = 1005.0
    door.write("trying to solve challenge", 1001.0, challenge_type="http-01")
    assert "came in from outside" in door.watch.wait()
    assert door.clock() == pytest.approx(1005.0, abs=0.3)
    assert f"Certificate: the authority looks at {NAME} by port 80 ..." in door.words


@pytest.mark.parametrize("validity", [Validity(0.0, 999.0), Validity(0.0, 1e6, is_named=False)])
def test_an_expired_one_and_one_for_another_name_are_none(door, validity):
    door.shown_at, door.validity = 0.0, validity
    with pytest.raises(Problem, match="no certificate"):
        door.watch.wait()


def refuse(door, at_s):
    problem = {"type": "urn:ietf:params:acme:error:connection", "detail": "timeout"}
    door.write("challenge failed", at_s, challenge_type="http-01", problem=problem)
    door.write("will retry", at_s, error=f"[{NAME}] solving challenges", retrying_in=60, attempt=1)


def test_what_the_authority_says_is_told_at_once(door):
    refuse(door, 1000.1)
    with pytest.raises(Problem, match="timeout") as told:
        door.watch.wait()
    assert door.clock() < 1002
    assert "doctor" in told.value.remedy


def test_an_authority_that_cannot_be_reached_is_told_without_the_doors_own_words(door):
    get = f'[{NAME}] Obtain: registering account: Get "https://acme.example/": dial tcp: timeout'
    door.write("will retry", 1000.1, error=get, retrying_in=60, attempt=1)
    with pytest.raises(Problem, match="cannot be reached from this computer") as told:
        door.watch.wait()
    assert "dial tcp" not in told.value.what
    assert "browser" in told.value.remedy


def test_an_old_refusal_is_no_reason_to_give_up(door):
    refuse(door, 900.0)
    door.shown_at = 1003.0
    door.watch.wait()
    assert door.clock() == pytest.approx(1003.0, abs=0.3)


def test_a_certificate_from_before_is_no_proof_of_today(door):
    door.shown_at, door.validity = 0.0, Validity(0.0, 1e6)
    door.write("certificate obtained successfully", 5.0)
    said = door.watch.wait()
    assert "has one since 1970-01-01" in said
    assert "from outside by that name" not in said


def test_one_whose_authority_set_its_beginning_back_is_new_by_the_log(door):
    door.shown_at, door.validity = 1002.0, Validity(0.0, 1e6)
    door.write("certificate obtained successfully", 1001.5)
    assert "came in from outside" in door.watch.wait()


def played(answer):
    def runner(argv, **more):
        assert argv == ["ssh", "me@elsewhere", "probe -"]
        assert INVITE.link() in more["stdin"].decode()
        assert not any(INVITE.secret in word for word in argv)
        return answer

    return runner


def probed(tmp_path, answer):
    told = Proof()
    known = chosen(tmp_path, LANTERNHOLD_DEPLOY_PROBER="ssh me@elsewhere 'probe -'")
    from_outside(known, INVITE, told, played(answer))
    return told


def test_a_player_from_outside_is_proof(tmp_path):
    said = {"ok": True, "way": "outside", "steps": []}
    told = probed(tmp_path, Result(0, json.dumps(said), ""))
    assert told.probe == said
    assert "joined from outside" in told.shown[0]


def test_a_prober_in_the_house_proves_nothing_of_the_outside(tmp_path):
    steps = [{"name": "tls", "ok": True, "detail": ""}]
    at_home = {"ok": True, "way": "the host's own network", "steps": steps}
    said = {**at_home, "ways": [at_home]}
    told = probed(tmp_path, Result(0, json.dumps(said), ""))
    assert told.shown == []
    assert "sits in your own network" in told.open[0]


def test_one_who_does_not_get_in_is_told_by_the_step_that_failed(tmp_path):
    steps = [
        {"name": "DNS", "ok": True, "detail": ""},
        {"name": "TCP", "ok": False, "detail": "no answer"},
    ]
    said = json.dumps({"ok": False, "way": "outside", "steps": steps})
    with pytest.raises(Problem, match="TCP: no answer"):
        probed(tmp_path, Result(1, said, ""))


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"ok": true}'])
def test_a_prober_that_talks_nonsense_is_a_problem(tmp_path, said):
    with pytest.raises(Problem, match="no answer"):
        probed(tmp_path, Result(255, said, "ssh: connection refused"))


def test_without_a_prober_nothing_more_is_claimed(tmp_path):
    told = Proof()
    from_outside(replace(chosen(tmp_path), prober=()), INVITE, told)
    assert told.shown == []
    assert "has not been tried" in told.open[0]
