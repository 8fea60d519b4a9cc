"""What is told after a change: a server that runs does not notice all of them."""

import pytest

from deploy import modes
from deploy.changes import Done, Outcome
from deploy.clone import Clone
from deploy.commands import changing
from deploy.ledger import Entry, Ledger, State
from deploy.modes import Mode
from deploy.problem import Problem
from deploy.stack import Part

RUNS = [Part("server", "running"), Part("caddy", "running")]
KEPT = "the keeper keeps this up"
AGAIN = {
    Mode.DOCKER: "Next: ./lanternhold up --detach:",
    Mode.EMBEDDED: "Next: ./lanternhold down,",
}


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """What is said after a change of a kind, while those programs run in a mode."""
    clone = Clone(tmp_path)
    monkeypatch.setattr(Clone, "here", lambda: clone)

    def of(mode, parts, kind="port-mapping"):
        class Stack:
            def parts(self):
                if isinstance(parts, Problem):
                    raise parts
                return parts

        if mode:
            modes.remember(clone, mode)
        monkeypatch.setattr(changing, "stack_of", lambda *_: Stack())
        id_ = f"{kind}:tcp:443"
        Ledger.of(clone).put(Entry(id_, kind, {}, {}, State.APPLIED, "now"))
        changing.show(Outcome((), [Done(id_, "", "It is open.")]), json=False)
        return capsys.readouterr().out

    return of


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("kind", ["port-mapping", "dns-record"])
def test_without_a_keeper_it_is_said_when_one_starts(told, mode, kind):
    said = told(mode, RUNS, kind)
    assert AGAIN[mode] in said
    assert KEPT in said


@pytest.mark.parametrize("mode", Mode)
def test_where_a_keeper_runs_there_is_nothing_to_say(told, mode):
    assert told(mode, [*RUNS, Part("keeper", "running")]) == "✔ It is open.\n"


def test_a_keeper_that_was_stopped_keeps_nothing(told):
    assert KEPT in told(Mode.DOCKER, [*RUNS, Part("keeper", "stopped")])


@pytest.mark.parametrize(
    ("mode", "parts"),
    [
        (None, RUNS),
        (Mode.DOCKER, [Part("server", "stopped")]),
        (Mode.DOCKER, Problem("Docker does not tell what runs.")),
    ],
)
def test_where_nothing_is_known_to_run_the_next_start_brings_it(told, mode, parts):
    assert told(mode, parts) == "✔ It is open.\n"


@pytest.mark.parametrize("mode", Mode)
def test_a_server_goes_on_with_the_old_env(told, mode):
    said = told(mode, RUNS, "env-key")
    assert AGAIN[mode] in said
    assert "old .env" in said
