import json

import pytest

from deploy import players, run
from deploy.clone import Clone
from deploy.players import Way
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

    way = Way("lanternhold://join/secret")
    assert players.bots(Clone(tmp_path), 3, 5, way, runner) == FIGURES
    argv, more = calls[0]
    assert argv[-5:] == ["--count", "3", "--seconds", "5", "--json"]
    assert "secret" not in " ".join(argv)
    assert more["env"]["LANTERNHOLD_CLIENT_INVITE"] == "lanternhold://join/secret"
    assert more["timeout_s"] > 5


@pytest.mark.parametrize("said", ["", "[]", "{}", "words", '{"joined": 1}'])
def test_what_breaks_the_contract_is_a_problem_in_words(tmp_path, said):
    answer = Result(1, said, "The server does not answer.\n")
    with pytest.raises(Problem, match="could not play: "):
        players.bots(Clone(tmp_path), 1, 5, Way("link"), lambda *_, **__: answer)


def test_a_line_that_cannot_be_simulated_is_used_wrongly_and_says_why(tmp_path):
    said = "usage: python -m client.bot\npython -m client.bot: error: --network: No such line.\n"
    with pytest.raises(Problem) as error:
        players.bots(
            Clone(tmp_path), 1, 5, Way("link", "mobil"), lambda *_, **__: Result(2, "", said)
        )
    assert (error.value.code, error.value.what) == (2, "--network: No such line.")


def test_the_line_and_the_players_own_settings_go_to_bots_too(tmp_path):
    calls = []

    def runner(argv, **more):
        calls.append((argv, more["env"]))
        return Result(0, json.dumps(FIGURES), "")

    given = {"LANTERNHOLD_CLIENT_NETWORK": "wifi", "LANTERNHOLD_CLIENT_INVITE": "another"}
    players.bots(Clone(tmp_path), 1, 5, Way("link", "delay=75", given), runner)
    argv, env = calls[0]
    assert argv[argv.index("--network") + 1] == "delay=75"
    assert env["LANTERNHOLD_CLIENT_NETWORK"] == "wifi"
    assert env["LANTERNHOLD_CLIENT_INVITE"] == "link"


def test_the_window_gets_its_invite_by_the_environment(tmp_path, monkeypatch):
    became = []
    monkeypatch.setattr(run, "become", lambda argv, env: became.append((argv, env)) or 0)
    players.play(Clone(tmp_path), Way("lanternhold://join/secret"))
    argv, env = became[0]
    assert argv[-3:] == ["-P", "-m", "client"]
    assert env["LANTERNHOLD_CLIENT_INVITE"] == "lanternhold://join/secret"
