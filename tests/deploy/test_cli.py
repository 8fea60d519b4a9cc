"""The command line itself: help, usage, exit codes, and no traceback for anything foreseeable."""

import json
import os
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from deploy import modes, players
from deploy.cli import COMMANDS, app
from deploy.clone import Clone
from deploy.commands import joining, running
from deploy.problem import Problem
from deploy.run import Result
from support.source import ROOT

NAMES = [command.__name__ for command in COMMANDS]


@pytest.fixture
def clone(tmp_path, monkeypatch):
    clone = Clone(tmp_path)
    monkeypatch.setattr(Clone, "here", lambda: clone)
    for key in [key for key in os.environ if key.startswith("LANTERNHOLD_")]:
        monkeypatch.delenv(key)
    return clone


def run(*words, said=None):
    return CliRunner().invoke(app, words, input=said)


@pytest.mark.parametrize("name", NAMES)
def test_each_command_has_help_with_an_example(name):
    shown = run(name, "--help")
    assert shown.exit_code == 0
    assert f"./lanternhold {name}" in shown.stdout


@pytest.mark.parametrize("words", [["up"], ["ports", "open"], ["ports"], ["firewall", "undo"], []])
def test_a_flag_is_shown_as_it_is_typed(words):
    shown = run(*words, "--help").stdout
    assert "--help" in shown
    assert "bool" not in shown


def test_the_commands_are_those_of_the_reference():
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert set(NAMES) <= set(sections)
    assert {"up", "down", "status", "logs", "play", "invite", "bots"} <= set(NAMES)


@pytest.mark.parametrize(
    "words",
    [
        ["upp"],
        ["up", "--mode", "podman"],
        ["bots"],
        ["bots", "0"],
        ["bots", "x"],
        ["logs", "-n", "-1"],
    ],
)
def test_wrong_usage_is_2(words):
    shown = run(*words)
    assert shown.exit_code == 2
    assert "Traceback" not in shown.output


@pytest.mark.parametrize("words", [["status"], ["logs"], ["invite"], ["bots", "1"]])
def test_before_the_first_up_each_says_what_to_do(clone, words):
    shown = run(*words)
    assert isinstance(shown.exception, Problem)
    assert "not been started" in shown.exception.what
    assert shown.exception.remedy == "./lanternhold up"


def test_nothing_running_is_1_and_readable_by_a_program(clone):
    modes.remember(clone, modes.Mode.EMBEDDED)
    shown = run("status", "--json")
    assert shown.exit_code == 1
    said = json.loads(shown.stdout)
    assert said["running"] is False
    assert {part["state"] for part in said["parts"]} == {"stopped"}


def test_stopping_what_does_not_run_is_fine(clone):
    fresh = run("down")
    modes.remember(clone, modes.Mode.EMBEDDED)
    stopped = run("down")
    for shown in (fresh, stopped):
        assert (shown.exit_code, shown.stderr) == (0, "Nothing runs here.\n")


def test_a_player_who_hosts_nothing_is_asked_by_the_window(clone, monkeypatch):
    became = []
    monkeypatch.setattr(players, "play", lambda _, way: became.append(way) or 0)
    assert run("play").exit_code == 0
    modes.remember(clone, modes.Mode.EMBEDDED)
    clone.env_file.write_text("LANTERNHOLD_CLIENT_NAME=Ada\n")
    assert run("play", "--network", "wifi").exit_code == 0
    assert became == [players.Way(""), players.Way("", "wifi", {"LANTERNHOLD_CLIENT_NAME": "Ada"})]


def test_an_invite_that_is_none_is_used_wrongly(clone):
    shown = run("play", "lanternhold://join/garbage")
    assert shown.exception.code == 2
    assert "invite" in shown.exception.what


@pytest.mark.parametrize(
    "words",
    [
        ["invite", "--days", "1"],
        ["invite", "--withdraw", "anna", "--new", "ben"],
        ["invite", "--withdraw", "anna", "--days", "1"],
        ["invite", "--new", ""],
        ["invite", "--withdraw", " "],
        ["invite", "--list", "--show", "anna"],
    ],
)
def test_words_that_would_be_ignored_are_refused(clone, words):
    """Who asks for one day and gets an invite for ever finds out too late."""
    assert run(*words).exception.code == 2


def test_an_unknown_log_is_used_wrongly(clone):
    assert run("logs", "nginx").exception.code == 2


def test_bots_that_could_not_all_join_are_1(clone, monkeypatch):
    figures = dict.fromkeys(players.FIGURES, 0) | {"joined": 1, "rtt_ms": {"p50": 1.25}}
    monkeypatch.setattr(joining, "_own_link", lambda *_: "link")
    monkeypatch.setattr(players, "bots", lambda *_: figures)
    shown = run("bots", "2", "--json")
    assert shown.exit_code == 1
    assert json.loads(shown.stdout) == figures
    assert run("bots", "1").exit_code == 0
    assert "p50 1.2" in run("bots", "1").stdout


def test_the_whole_program_turns_a_problem_into_words(tmp_path):
    """As a process: sentence and remedy on stderr, nothing on stdout, exit code 2."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy", "up"],
        env=os.environ | {"LANTERNHOLD_DOMAIN": "https://x", "LANTERNHOLD_HTTPS_PORT": "99999"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "LANTERNHOLD_DOMAIN" in done.stderr
    assert "LANTERNHOLD_HTTPS_PORT" in done.stderr
    assert "Next: mend .env" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_log_that_exists_can_be_asked_for():
    assert {"server", "caddy", "supervisor"} <= set(running.LOGS)


@pytest.mark.parametrize(
    "line", ["LANTERNHOLD_HTPS_PORT=1", "just words", "LANTERNHOLD_HTTPS_PORT=x"]
)
def test_a_env_that_has_become_wrong_does_not_keep_a_server_running(clone, monkeypatch, line):
    stopped = []

    class Stack:
        def is_running(self):
            return True

        def stop(self, _):
            stopped.append(True)

    monkeypatch.setattr(running, "remembered_stack", lambda *_: Stack())
    modes.remember(clone, modes.Mode.EMBEDDED)
    clone.env_file.write_text(f"{line}\n")
    shown = run("down")
    assert shown.exit_code == 0
    assert stopped == [True]


class Inviting:
    """A stack whose server does what is asked of its invites."""

    def __init__(self):
        self.asked = []

    def door(self):
        return None

    def ask_server(self, words):
        self.asked.append(words)
        return Result(0, "", "")


@pytest.mark.parametrize(
    ("words", "answer", "is_done"),
    [
        (["friends"], "\n", False),
        (["friends"], "y\n", True),
        (["friends", "--yes"], "", True),
        (["anna"], "", True),
    ],
)
def test_who_would_be_put_out_themselves_is_asked_first(clone, monkeypatch, words, answer, is_done):
    stack = Inviting()
    monkeypatch.setattr(joining, "remembered_stack", lambda *_: stack)
    monkeypatch.setattr("deploy.commands.asking.has_somebody", lambda: True)
    shown = run("invite", "--withdraw", *words, said=answer)
    assert shown.exit_code == (0 if is_done else 1)
    assert bool(stack.asked) is is_done
    assert ("your own window" in shown.stderr) is bool(answer)


def test_a_program_withdraws_without_being_asked(clone, monkeypatch):
    stack = Inviting()
    monkeypatch.setattr(joining, "remembered_stack", lambda *_: stack)
    assert run("invite", "--withdraw", "friends", "--json").exit_code == 0
    assert stack.asked == [["invite", "--withdraw", "friends"]]
