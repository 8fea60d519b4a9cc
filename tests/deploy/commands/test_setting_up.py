"""`setup` as a command: answers from options, settings and an earlier run; the token's way."""

import json
import stat
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from deploy import invitation, modes
from deploy.changes import Outcome, Step
from deploy.cli import app
from deploy.clone import Clone
from deploy.commands import setting_up
from deploy.ddns import secret
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target
from deploy.ledger import Entry, Ledger, State
from deploy.setup.answers import Answers, Journal, Way
from deploy.setup.course import Course
from deploy.setup.wishes import Wishes
from protocol.invite import Invite

TOKEN = "a-secret-token"


class Stack:
    """A server that counts how often it was started."""

    mode = modes.Mode.EMBEDDED

    def __init__(self):
        self.done = []
        self.running = False

    def is_running(self):
        return self.running

    def start(self, _):
        self.done.append("start")
        self.running = True

    def stop(self, _):
        self.done.append("stop")
        self.running = False

    def parts(self):
        return []

    def door(self):
        return SimpleNamespace(https_port=8443)


@pytest.fixture
def host(tmp_path, monkeypatch):
    clone, stack = Clone(tmp_path), Stack()
    host = SimpleNamespace(clone=clone, stack=stack, answers=None, is_declined=False, fail=None)

    async def wish(_, __, answers, *more):
        host.answers, host.naming = answers, more[-1]
        host.token = host.naming.token
        return Wishes(notes=["by hand"])

    async def run(course, _, answers, *, dry_run, confirm):
        if host.fail:
            raise host.fail
        if not dry_run:
            course.journal.write(Answers(**{**as_dict(answers), "is_door_due": True}))
        plan = (Step("x", "toy", "x", ("+ x",)),)
        return Outcome(plan, is_dry=dry_run, is_declined=host.is_declined)

    made = Invite(
        name="lanternhold.internal", addresses=("127.0.0.1",), port=8443,
        secret="c2VjcmV0LXNlY3JldC1z", title="Anna", ca_sha256="0" * 64,
    )  # fmt: skip
    monkeypatch.setattr(Clone, "here", lambda: clone)
    monkeypatch.setattr("deploy.setup.wishes.wish", wish)
    monkeypatch.setattr(Course, "run", run)
    monkeypatch.setattr(setting_up, "choose_stack", lambda *_: stack)
    monkeypatch.setattr(invitation, "invite", lambda *_: (made, "first"))
    return host


def hold(host, kind, desired, maker=""):
    entry = Entry(f"{kind}:x", kind, desired, {}, State.APPLIED, "now", maker)
    Ledger.of(host.clone).put(entry)


def test_after_a_finished_setup_the_record_in_the_ledger_is_the_way(host):
    """The settings hold no provider: setup was told by options, and its journal is gone."""
    target = Target("rfc2136", "play.example.org", user="key", server="ns.example.org")
    hold(host, "dns-record", target.as_json(), "setup")
    host.clone.env_file.write_text("LANTERNHOLD_DOMAIN=play.example.org\n")
    secret.keep(secret.path_of(host.clone), Secret(TOKEN))
    shown = run("--yes", "--dry-run")
    assert shown.exit_code == 0, shown.exception
    assert (host.answers.way, host.answers.provider) == (Way.DDNS, "rfc2136")
    assert (host.answers.user, host.answers.server) == ("key", "ns.example.org")


def test_another_name_than_the_ledgers_is_not_its_record(host):
    hold(host, "dns-record", Target("duckdns", "a.duckdns.org").as_json())
    run("--yes", "--name", "play.example.org", "--dry-run")
    assert (host.answers.way, host.answers.provider) == (Way.DOMAIN, None)


def test_unattended_a_way_in_is_not_closed_without_a_word(host):
    hold(host, "port-mapping", {"external": 443})
    shown = run("--yes")
    assert shown.exception.code == 2
    assert "--home-only" in shown.exception.remedy
    assert host.stack.done == []
    assert run("--yes", "--home-only").exit_code == 0


def test_a_firewall_rule_is_no_way_in_from_outside(host):
    hold(host, "firewall-rule", {})
    assert run("--yes").exit_code == 0
    assert host.answers.way is Way.HOME


def as_dict(answers):
    return {name: getattr(answers, name) for name in answers.__struct_fields__}


def run(*words, **more):
    return CliRunner().invoke(app, ["setup", *words], **more)


def test_unattended_without_a_name_it_stays_at_home(host):
    shown = run("--yes", "--json")
    assert shown.exit_code == 0, shown.exception
    said = json.loads(shown.stdout)
    assert host.answers.way is Way.HOME
    assert host.stack.done == ["start"]
    assert said["notes"] == ["by hand"]
    assert said["to_confirm"] == ["A friend in your home network joins by the invite."]
    assert not (host.clone.state / "setup.json").exists()


def test_options_go_before_settings(host):
    host.clone.env_file.write_text(
        "LANTERNHOLD_DEPLOY_DDNS_PROVIDER=desec\nLANTERNHOLD_DEPLOY_DDNS_HOSTNAME=a.dedyn.io\n"
    )
    run("--yes", "--name", "b.dedyn.io", "--token-stdin", "--dry-run", input=TOKEN)
    assert host.answers.provider == "desec"
    assert host.answers.name == "b.dedyn.io"


DUCK = ("--yes", "--name", "a.duckdns.org", "--provider", "duckdns", "--token-stdin")


def test_the_token_goes_into_its_file_and_nowhere_else(host):
    shown = run(*DUCK, input=TOKEN)
    assert shown.exit_code == 0, shown.exception
    file = host.clone.state / "secrets" / "ddns.duckdns.a.duckdns.org.token"
    assert file.read_text().strip() == TOKEN
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    others = [path for path in host.clone.root.rglob("*") if path.is_file() and path != file]
    assert TOKEN not in shown.output + "".join(path.read_text() for path in others)


def test_a_dry_run_keeps_nothing(host):
    assert run(*DUCK, "--dry-run", input=TOKEN).exit_code == 0
    assert host.token.reveal() == TOKEN
    assert not [path for path in host.clone.root.rglob("*") if path.is_file()]


def test_a_missing_token_is_asked_for_by_name(host):
    shown = run("--yes", "--name", "a.duckdns.org", "--provider", "duckdns")
    assert shown.exception.code == 2
    assert "--token-stdin" in shown.exception.remedy


def test_declined_nothing_is_started(host):
    host.is_declined = True
    assert run("--yes").exit_code == 1
    assert host.stack.done == []


def test_a_door_that_became_due_is_started_anew_once(host):
    host.stack.running = True
    run("--yes")
    assert host.stack.done == ["stop", "start"]


def test_after_a_crash_before_the_start_the_next_run_starts_it(host, monkeypatch):
    host.stack.running = True
    monkeypatch.setattr(Stack, "stop", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    run("--yes")
    assert Journal.of(host.clone).read().is_door_due


def test_other_words_than_last_time_win_over_the_journal(host):
    Journal.of(host.clone).write(Answers(way=Way.HOME, name="", router=False, firewall=False))
    run("--yes", "--name", "a.example.org", "--dry-run")
    assert (host.answers.way, host.answers.name) == (Way.DOMAIN, "a.example.org")
    assert host.answers.firewall is False


@pytest.mark.parametrize("name", ["a.duckdns.org", "play.example.org"])
def test_unattended_a_name_without_a_provider_is_kept_by_the_host(host, name):
    assert run("--yes", "--name", name, "--dry-run").exit_code == 0
    assert host.answers.way is Way.DOMAIN
