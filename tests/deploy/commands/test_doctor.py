"""`doctor` and `probe` as commands: exit codes, words, JSON, and no secret anywhere."""

import json
import os

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from deploy.clone import Clone
from deploy.commands import doctor, probe
from deploy.doctor import finding
from deploy.doctor.engine import Check, examine
from deploy.doctor.facts import Facts, Wanted
from deploy.problem import Problem
from deploy.run import Result
from protocol.invite import Invite

INVITE = Invite(addresses=("192.168.1.10",), secret="A" * 24)
GOOD = {
    "ok": True,
    "way": "the host's own network",
    "fault": "",
    "steps": [{"name": "dns", "ok": True, "milliseconds": 1.0, "detail": "Found."}],
}
BAD = GOOD | {
    "ok": False,
    "fault": "timeout",
    "steps": [
        {"name": "tcp", "ok": False, "milliseconds": 5000.0, "detail": "No answer."},
        {"name": "tls", "ok": False, "milliseconds": None, "detail": "Not tried: TCP failed."},
    ],
}


@pytest.fixture
def clone(tmp_path, monkeypatch):
    clone = Clone(tmp_path)
    monkeypatch.setattr(Clone, "here", lambda: clone)
    for key in [key for key in os.environ if key.startswith("LANTERNHOLD_")]:
        monkeypatch.delenv(key)
    return clone


@pytest.fixture
def finds(monkeypatch):
    """Let doctor find these answers, by id."""

    def find(*, outside=True, **answers):
        checks = [
            Check(id_.replace("_", "-"), "host", (), lambda _, a=a: a) for id_, a in answers.items()
        ]
        seen = []

        def diagnose(_clone, _chosen, friend):
            seen.append(friend)
            return examine(checks, Facts(wanted=Wanted(outside=outside)))

        monkeypatch.setattr(doctor, "_diagnose", diagnose)
        return seen

    return find


def run(*words, said=None):
    return CliRunner().invoke(app, words, input=said)


FAULT = finding.fail("The cable is out at 192.168.1.10.", "Put it in: ./lanternhold doctor.")


def test_a_fault_is_told_with_what_to_do_and_exit_code_1(clone, finds):
    finds(cable=FAULT, disk=finding.ok("Room."), clock=finding.unknown("Nobody told."))
    done = run("doctor")
    assert done.exit_code == 1
    assert "FAIL  cable" in done.stdout
    assert "Next: Put it in" in done.stdout
    assert "Could not confirm: clock" in done.stdout
    assert "Room." not in done.stdout
    assert "The fault: cable." in done.stdout


def test_all_shows_what_is_fine_too(clone, finds):
    finds(disk=finding.ok("Room."))
    done = run("doctor", "--all")
    assert (done.exit_code, "Room." in done.stdout) == (0, True)
    assert "All is well, as far as it can be seen from here." in done.stdout


def test_all_is_well_for_those_who_are_to_come_and_no_more_than_was_seen(clone, finds):
    finds(outside=False, disk=finding.ok("Room."))
    assert "All is well for friends at home" in run("doctor").stdout
    finds(friend_can_join=finding.ok("A friend has joined."))
    assert run("doctor").stdout.endswith("All is well.\n")


OUTSIDE = "the public name"


@pytest.mark.parametrize(
    ("way", "outside", "said"),
    [
        ("the host's own network", True, "proves nothing of the outside"),
        (OUTSIDE, True, "was read. A friend has joined."),
        (OUTSIDE, False, "nobody is expected from outside"),
    ],
)
def test_what_a_friends_answer_proved_is_told(clone, finds, way, outside, said):
    finds(outside=outside, friend_can_join=finding.ok("A friend has joined."))
    answer = json.dumps(GOOD | {"way": way})
    assert said in run("doctor", "--outside", "-", said=answer).stdout
    assert "answer was read" not in run("doctor").stdout


def test_a_warning_lets_players_in(clone, finds):
    finds(disk=finding.warn("Little room.", "Make some."))
    done = run("doctor")
    assert done.exit_code == 0
    assert "Players come in; look at disk all the same." in done.stdout


def test_for_programs_one_object(clone, finds):
    finds(cable=FAULT)
    done = run("doctor", "--json")
    assert done.exit_code == 1
    answer = json.loads(done.stdout)
    assert answer["verdict"] == "cable"
    assert answer["checks"][0].keys() == {
        "id", "family", "status", "evidence", "remedy", "because",
    }  # fmt: skip


def test_the_report_may_be_shown_to_anybody(clone, finds, tmp_path):
    (clone.state / "secrets").mkdir(parents=True)
    (clone.state / "secrets" / "ddns.token").write_text("tok-en!\n")
    said = f"192.168.1.10 said tok-en! to {INVITE.link()} {'B' * 30}"
    finds(cable=finding.fail(said, "Mend it."))
    file = tmp_path / "report.json"
    assert str(file) in run("doctor", "--report", str(file)).stderr
    shown = file.read_text()
    for secret in ("192.168.1.10", "tok-en!", INVITE.secret, INVITE.link(), "B" * 30):
        assert secret not in shown
    assert json.loads(shown)["verdict"] == "cable"
    assert file.stat().st_mode & 0o077 == 0


def test_what_a_friend_saw_is_read_from_a_file_or_standard_input(clone, finds, tmp_path):
    seen = finds(disk=finding.ok("Room."))
    file = tmp_path / "friend.json"
    file.write_text(json.dumps(BAD))
    run("doctor", "--outside", str(file))
    run("doctor", "--outside", "-", said=json.dumps(GOOD))
    assert seen == [BAD, GOOD]


@pytest.mark.parametrize("text", ["words", "[]", '{"ok": 1}'])
def test_what_is_no_probe_is_refused(clone, finds, tmp_path, text):
    finds(disk=finding.ok("Room."))
    file = tmp_path / "friend.json"
    file.write_text(text)
    done = run("doctor", "--outside", str(file))
    assert isinstance(done.exception, Problem)
    assert done.exception.code == 2
    assert isinstance(run("doctor", "--outside", str(tmp_path / "none")).exception, Problem)


def test_watching_goes_on_until_it_is_interrupted(clone, finds, monkeypatch):
    seen = finds(cable=FAULT)
    waits = []

    def wait(seconds):
        waits.append(seconds)
        if len(waits) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(doctor.time, "sleep", wait)
    done = run("doctor", "--watch")
    assert (done.exit_code, len(seen), set(waits)) == (0, 3, {doctor.AGAIN_S})


# ------------------------------------------------------------------ probe


def answering(said, calls):
    def runner(argv, **more):
        calls.append((argv, more))
        return Result(0, said if isinstance(said, str) else json.dumps(said), "It broke.\n")

    return runner


def test_the_invite_is_in_no_argument(clone):
    calls = []
    assert probe.look(clone, INVITE, runner=answering(GOOD, calls)) == GOOD
    argv, more = calls[0]
    assert INVITE.link() not in " ".join(argv)
    assert more["env"]["LANTERNHOLD_CLIENT_INVITE"] == INVITE.link()


@pytest.mark.parametrize("said", ["", "[]", '{"ok": true}'])
def test_a_probe_that_breaks_its_contract_is_told_in_words(clone, said):
    with pytest.raises(Problem, match="could not be looked at: "):
        probe.look(clone, INVITE, runner=answering(said, []))


@pytest.mark.parametrize(("report", "code"), [(GOOD, 0), (BAD, 1)])
def test_the_command_shows_each_step_and_the_verdict(clone, monkeypatch, report, code):
    monkeypatch.setattr(probe, "look", lambda *_: report)
    done = run("probe", INVITE.link())
    assert done.exit_code == code
    assert report["steps"][0]["detail"] in done.stdout
    assert ("Nobody can play" in done.stdout) == bool(code)
    assert json.loads(run("probe", "-", "--json", said=INVITE.link()).stdout) == report


def test_what_is_no_invite_is_used_wrongly(clone):
    done = run("probe", "hello")
    assert isinstance(done.exception, Problem)
    assert done.exception.code == 2
