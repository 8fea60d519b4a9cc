"""`python -m server invite`: what the host asks, and what is answered."""

import json

import pytest

from server.__main__ import main


@pytest.fixture
def ask(tmp_path, monkeypatch, capsys):
    """Runs the command in this process; returns what it printed on stdout."""
    monkeypatch.setenv("LANTERNHOLD_SERVER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments, code=0):
        assert main(["invite", *arguments]) == code
        return capsys.readouterr().err if code else capsys.readouterr().out

    return run


def test_what_is_shown_says_its_label_and_how_long_it_lasts(ask):
    friends = json.loads(ask("--json"))
    assert friends.keys() == {"secret", "label", "expires"}
    assert (friends["label"], friends["expires"]) == ("friends", None)
    party = json.loads(ask("--new", "party", "--days", "3", "--json"))
    assert len(party["expires"]) == len("2026-12-24")
    assert json.loads(ask("--show", "party", "--json")) == party
    assert json.loads(ask("--json")) == friends
    assert f"(party, until {party['expires']})" in ask("--show", "party")
    assert "(friends)" in ask()
    assert "--show party" in ask("--new", "party", code=1)
    assert "There are: friends, party" in ask("--show", "anna", code=1)


def test_the_list_holds_no_secret(ask):
    assert ask("--list") == "There is no invite yet; without options one is made and shown.\n"
    assert json.loads(ask("--list", "--json")) == []
    friends = json.loads(ask("--json"))
    party = json.loads(ask("--new", "party", "--days", "3", "--json"))
    ask("--new", "anna")
    ask("--withdraw", "anna")
    listed = json.loads(ask("--list", "--json"))
    assert [(one["label"], one["expires"], one["withdrawn"]) for one in listed] == [
        ("friends", None, False),
        ("party", party["expires"], False),
        ("anna", None, True),
    ]
    assert all(one.keys() == {"label", "created", "expires", "withdrawn"} for one in listed)
    head, *rows = ask("--list").splitlines()
    assert head.split() == ["label", "created", "expires", "withdrawn"]
    assert rows[0].split() == ["friends", listed[0]["created"], "never", "no"]
    assert rows[1].split() == ["party", listed[0]["created"], party["expires"], "no"]
    assert rows[2].split() == ["anna", listed[0]["created"], "never", "yes"]
    for text in (ask("--list"), ask("--list", "--json")):
        assert friends["secret"] not in text
        assert party["secret"] not in text


def test_spaces_around_a_new_label_are_dropped(ask):
    assert json.loads(ask("--new", " anna ", "--json"))["label"] == "anna"
    assert json.loads(ask("--new", "x" * 40, "--json"))["label"] == "x" * 40


@pytest.mark.parametrize(
    "wrong",
    [
        ["--new", ""],
        ["--new", " "],
        ["--withdraw", ""],
        ["--show", ""],
        ["--show", "friends", "--new", "x"],
        ["--list", "--show", "friends"],
        ["--show", "friends", "--days", "3"],
        ["--list", "--days", "3"],
        ["--new", "x" * 41],
        ["--new", "a\x1b[2J"],
        ["--new", "a\nb"],
        ["--new", "a\u202eb"],
        ["--new", "a\udcff"],
        ["--new", "x", "--days", "36501"],
        ["--new", "x", "--days", "many"],
    ],
)
def test_what_is_used_wrongly_changes_nothing(ask, wrong, tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["invite", *wrong])
    assert caught.value.code == 2
    assert "error: argument --" in capsys.readouterr().err or "--days" in wrong
    assert not (tmp_path / "data").exists()
