import ast
import os

import pytest

from support.source import PACKAGES, ROOT, committed, modules, text, tree

MAX_MODULE_LINES = 400
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}


@pytest.mark.parametrize(
    "name",
    [
        *("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"),
        *("compose.yaml", "Caddyfile", ".env.example", "lanternhold", ".ci/run"),
        *("docs/reference/protocol.md", "requirements/dev.txt"),
    ],
)
def test_what_a_newcomer_looks_for_is_there(name):
    assert (ROOT / name).stat().st_size > 0


def test_all_code_lives_in_a_room_of_the_house():
    rooms = {*PACKAGES, "tests", "bench", "examples", "scripts", "docs"}
    assert [
        str(file) for file in committed() if file.suffix == ".py" if file.parts[0] not in rooms
    ] == []


def test_no_module_grows_into_a_god_file():
    lines = {str(module): len(text(module).splitlines()) for module in modules()}
    assert {module: count for module, count in lines.items() if count > MAX_MODULE_LINES} == {}


def test_every_module_is_named_for_what_it_is():
    assert [str(module) for module in modules() if module.stem in VAGUE] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_it_is_for(package):
    silent = [str(m) for m in modules(package) if not ast.get_docstring(tree(m))]
    assert silent == []


@pytest.mark.parametrize("name", ["test", "check", "format", "lock", "prove"])
def test_the_verbs_of_scripts_can_be_run(name):
    assert os.access(ROOT / "scripts" / name, os.X_OK)


def test_ci_runs_the_test_command_of_the_readme():
    command = "scripts/test --install"
    assert command in text(next(f for f in committed() if str(f) == ".ci/run"))
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_changelog_names_this_version():
    version = next(
        line.split('"')[1]
        for line in (ROOT / "pyproject.toml").read_text().splitlines()
        if line.startswith("version")
    )
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = [line for line in changelog.splitlines() if line.startswith("## ")]
    assert any(version in heading or "Unreleased" in heading for heading in headings)
