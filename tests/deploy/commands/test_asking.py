"""Questions at a real terminal: Ctrl-C ends each at once, and nothing was changed."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from deploy import changes, modes, system
from deploy.clone import Clone
from deploy.embedded import record
from deploy.env_change import EnvKey
from deploy.ledger import Ledger
from support.source import ROOT
from support.terminal import CTRL_C, Terminal

pytestmark = pytest.mark.skipif(system.IS_WINDOWS, reason="a pty is Unix's")

SETUP = ("setup", "--no-router", "--no-firewall", "--name", "play.example.org")
UNDO = ("undo",)


@pytest.fixture
def clone(tmp_path):
    """One in which a line of .env was changed."""
    clone = Clone(tmp_path)
    made = changes.carry_out(
        [EnvKey(clone.env_file, "FIRST", "1")],
        Ledger.of(clone),
        dry_run=False,
        confirm=changes.yes,
        say=lambda _: None,
    )
    asyncio.run(made)
    return clone


def at_terminal(clone, *words):
    """The command as a person types it."""
    program = Path(__file__).with_name("at_the_terminal.py")
    path = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": os.environ["PATH"]}
    return Terminal([sys.executable, program, clone.root, *words], env=path)


def state(clone):
    """All that a change would change."""
    return clone.env_file.read_text(), Ledger.of(clone).entries()


@pytest.mark.parametrize("words", [SETUP, UNDO], ids=["setup", "undo"])
@pytest.mark.parametrize("keys", [CTRL_C, f"y{CTRL_C}"], ids=["at once", "after a letter"])
def test_ctrl_c_at_the_question_ends_it_and_changes_nothing(clone, words, keys):
    before = state(clone)
    with at_terminal(clone, *words) as terminal:
        terminal.until("Do this? [Y/n]")
        terminal.type(keys)
        assert terminal.end() == 130  # without another key: an Enter would be a yes
    assert "Nothing was changed" in terminal.shown
    assert "Traceback" not in terminal.shown
    assert state(clone) == before


def test_setup_says_what_comes_of_it_and_goes_on_where_it_was(clone):
    with at_terminal(clone, *SETUP) as terminal:
        terminal.until("Do this? [Y/n]")
        assert "Then the server is started." in terminal.shown
        terminal.type(CTRL_C)
        terminal.end()
    with at_terminal(clone, "setup") as terminal:
        terminal.until("Do this? [Y/n]")
        assert "Going on with play.example.org" in terminal.shown
        assert "--again starts over" in terminal.shown


def test_players_who_are_in_are_told_of_in_the_plan(clone):
    me = record.Process.of(os.getpid())
    record.write(clone, record.Record(me, record.Ports(1, 2, 3, 4), 0.0, {}))
    modes.remember(clone, modes.Mode.EMBEDDED)
    with at_terminal(clone, *SETUP) as terminal:
        terminal.until("Do this? [Y/n]")
        assert "the server starts anew" in terminal.shown


def test_an_answer_that_is_none_is_asked_for_again(clone):
    before = state(clone)
    with at_terminal(clone, *UNDO) as terminal:
        terminal.until("Do this? [Y/n]")
        terminal.type("perhaps\n")
        terminal.until("y or n")
        terminal.type("n\n")
        assert terminal.end() == 1
    assert state(clone) == before


def test_enter_is_yes(clone):
    with at_terminal(clone, *UNDO) as terminal:
        terminal.until("Do this? [Y/n]")
        terminal.type("\n")
        assert terminal.end() == 0
    assert Ledger.of(clone).entries() == ()


def test_the_end_of_the_terminal_is_no(clone):
    before = state(clone)
    with at_terminal(clone, *UNDO) as terminal:
        terminal.until("Do this? [Y/n]")
        terminal.type("\x04")
        assert terminal.end() == 1
    assert state(clone) == before


def test_there_is_one_place_that_asks():
    """Others would have to know of asyncio's own answer to Ctrl-C, too."""
    asking = ("typer.confirm", "typer.prompt", " input(", "getpass(")
    found = [
        file.name
        for file in (ROOT / "deploy").rglob("*.py")
        if any(word in file.read_text("utf-8") for word in asking)
    ]
    assert found == []
