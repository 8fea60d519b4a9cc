"""`undo` as a person and as a program see it."""

import asyncio
import json
import os

import pytest
from typer.testing import CliRunner

from deploy import changes, modes
from deploy.cli import app
from deploy.clone import Clone
from deploy.embedded import record
from deploy.env_change import EnvKey
from deploy.ledger import Ledger
from deploy.problem import Problem


@pytest.fixture
def clone(tmp_path, monkeypatch):
    clone = Clone(tmp_path)
    monkeypatch.setattr(Clone, "here", lambda: clone)
    wanted = [EnvKey(clone.env_file, key, "1") for key in ("FIRST", "SECOND")]
    clone.env_file.write_text("MINE=1\n")
    asyncio.run(
        changes.carry_out(
            wanted, Ledger.of(clone), dry_run=False, confirm=changes.yes, say=lambda _: None
        )
    )
    return clone


def run(*words, **more):
    return CliRunner().invoke(app, ["undo", *words], **more)


def test_everything_goes_back(clone):
    shown = run("--yes")
    assert shown.exit_code == 0
    assert shown.stdout.count("as it was before") == 2
    assert clone.env_file.read_text() == "MINE=1\n"
    assert Ledger.of(clone).entries() == ()
    assert "nothing to take back" in run("--yes").stdout


def test_a_program_gets_one_object(clone):
    said = json.loads(run("--dry-run", "--json").stdout)
    assert [step["diff"] for step in said["plan"]] == [["- SECOND=1"], ["- FIRST=1"]]
    assert said["dry_run"]
    assert len(Ledger.of(clone).entries()) == 2
    said = json.loads(run("--yes", "--json", "env-key:FIRST").stdout)
    assert [done["id"] for done in said["done"]] == ["env-key:FIRST"]
    assert clone.env_file.read_text() == "MINE=1\nSECOND=1\n"


def test_a_dry_run_with_nothing_to_take_back_says_so(clone):
    run("--yes")
    assert "nothing to take back" in run("--dry-run").stdout


def test_a_dry_run_shows_the_diff(clone):
    shown = run("--dry-run")
    assert "- SECOND=1" in shown.stderr
    assert clone.env_file.read_text() == "MINE=1\nFIRST=1\nSECOND=1\n"


def test_without_a_terminal_nobody_can_be_asked(clone):
    shown = run()
    assert isinstance(shown.exception, Problem)
    assert shown.exception.code == 2
    assert "--yes" in shown.exception.remedy
    assert len(Ledger.of(clone).entries()) == 2


def test_an_id_that_is_not_held_is_used_wrongly(clone):
    shown = run("--yes", "env-key:OTHER")
    assert shown.exception.code == 2
    assert "env-key:FIRST" in shown.exception.what


def test_forgetting_touches_nothing_outside(clone):
    assert run("--forget").exception.code == 2
    assert "still stands" in run("--forget", "env-key:FIRST").stdout
    assert json.loads(run("--forget", "env-key:SECOND", "--json").stdout) == {
        "forgotten": ["env-key:SECOND"]
    }
    assert clone.env_file.read_text() == "MINE=1\nFIRST=1\nSECOND=1\n"
    assert Ledger.of(clone).entries() == ()


def test_a_broken_env_keeps_nothing_from_going_back(clone):
    clone.env_file.write_text("MINE=1\nFIRST=1\nSECOND=1\nLANTERNHOLD_HTTPS_PORT=x\n")
    assert run("--yes").exit_code == 0
    assert clone.env_file.read_text() == "MINE=1\nLANTERNHOLD_HTTPS_PORT=x\n"


def test_what_failed_is_told_with_its_remedy_and_1(clone, monkeypatch):
    async def refuse(*_):
        raise Problem("The router does not answer.", "switch it on")

    monkeypatch.setattr(EnvKey, "undo", refuse)
    shown = run("--yes")
    assert shown.exit_code == 1
    assert "The router does not answer." in shown.stdout
    assert "Next: switch it on" in shown.stdout


@pytest.mark.parametrize(("answer", "left"), [("y\n", 0), ("n\n", 2)])
def test_a_person_is_asked(clone, monkeypatch, answer, left):
    monkeypatch.setattr("deploy.commands.asking.has_somebody", lambda: True)
    shown = run(input=answer)
    assert "- SECOND=1" in shown.stderr
    assert shown.exit_code == (1 if left else 0)
    assert len(Ledger.of(clone).entries()) == left


def test_a_server_that_runs_is_told_to_be_started_anew(clone):
    me = record.Process.of(os.getpid())
    programs = {"server": record.ChildRecord(me, 0)}
    record.write(clone, record.Record(me, record.Ports(1, 2, 3, 4), 0.0, programs))
    modes.remember(clone, modes.Mode.EMBEDDED)
    assert "Next: ./lanternhold down" in run("--yes").stdout
