"""`./lanternhold` alone, in a fresh clone."""

import pytest
import typer.main

from deploy import launcher
from deploy.cli import app
from deploy.clone import Clone
from deploy.launcher import overview


def test_it_names_every_command():
    assert set(overview.COMMANDS) == set(typer.main.get_command(app).commands)


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_nothing_is_installed_for_it(tmp_path, monkeypatch, capsys, words):
    monkeypatch.setattr(Clone, "here", lambda: Clone(tmp_path))
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "deploy.txt").write_text("rich==15.0\n")
    assert launcher.main(words) == (0 if words else 2)
    assert "./lanternhold up" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["requirements"]


def test_all_else_is_not_the_overview():
    assert not overview.is_wanted(["up", "--help"])


def test_no_line_is_wider_than_a_small_terminal():
    assert max(map(len, overview.text().splitlines())) < 80
