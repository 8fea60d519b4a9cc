import json

import pytest

from deploy import players, run
from deploy.clone import Clone
from deploy.problem import Problem
from deploy.run import Result

FIGURES = {
    **dict.fromkeys(players.FIGURES, 0),
    "joined": 3,
    "rtt_ms": {"p50": 1.0, "p95": 2.0, "p99": 3.0},
}


def test_the_invite_is_in_no_argument(tmp_path):
    calls = []

    def runner(argv, **more):
        calls.append((argv, more))
        return Result(0, json.dumps(FIGURES), "")

    assert players.bots(Clone(tmp_path), 3, 5, "lanternhold://join/secret", runner) == FIGURES
    argv, more = calls[0]
    assert argv[-5:] == ["--count", "3", "--seconds", "5", "--json"]
    assert "secret" not in " ".join(argv)
    assert more["env"]["LANTERNHOLD_CLIENT_INVITE"] == "lanternhold://join/secret"
    assert more["timeout_s"] > 5


@pytest.mark.parametrize("said", ["", "[]", "{}", "words", '{"joined": 1}'])
def test_what_breaks_the_contract_is_a_problem_in_words(tmp_path, said):
    answer = Result(1, said, "The server does not answer.\n")
    with pytest.raises(Problem, match="could not play: "):
        players.bots(Clone(tmp_path), 1, 5, "link", lambda *_, **__: answer)


def test_the_window_gets_its_invite_by_the_environment(tmp_path, monkeypatch):
    became = []
    monkeypatch.setattr(run, "become", lambda argv, env: became.append((argv, env)) or 0)
    players.play(Clone(tmp_path), "lanternhold://join/secret")
    argv, env = became[0]
    assert argv[-3:] == ["-P", "-m", "client"]
    assert env["LANTERNHOLD_CLIENT_INVITE"] == "lanternhold://join/secret"
