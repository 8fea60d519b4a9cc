from pathlib import Path

from support.source import committed, dotted_names, modules


def test_only_what_git_knows_is_listed():
    assert Path("pyproject.toml") in committed()
    assert not [file for file in committed() if ".venv" in file.parts]


def test_modules_are_picked_by_package():
    assert Path("game/rules.py") in modules("game")
    assert {file.parts[0] for file in modules("game", "protocol")} == {"game", "protocol"}


def test_names_are_found_where_they_are_imported_and_where_they_are_used():
    names = dotted_names(Path("tests/support/source.py"))
    assert {"ast", "functools.cache", "ast.parse", "subprocess.run"} <= names.keys()
