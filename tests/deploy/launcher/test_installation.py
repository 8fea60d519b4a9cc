"""Installing into a clone. The Python that it calls is a script that plays venv and pip."""

import json
import os
import stat
import sys

import pytest

from deploy import system
from deploy.clone import Clone
from deploy.launcher.installation import Installation
from deploy.problem import Problem

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the played Python is a shell script")

PLAYED = """#!/bin/sh
echo "$*" >> "{calls}"
case "$*" in
  "-m venv "*) mkdir -p "$3/bin" "$3/lib/python{version}/site-packages"; cp "$0" "$3/bin/python" ;;
  "-m pip --version") exit 0 ;;
  "-m pip install "*) cat "{says}"; exit "$(cat "{code}")" ;;
esac
"""


class Play:
    """A clone with two locks, and the played Python that installs them."""

    def __init__(self, folder):
        self.folder = folder
        self.root = folder / "clone"
        (self.root / "requirements").mkdir(parents=True)
        self.lock("deploy", "rich==15.0 \\\n    --hash=sha256:00\n")
        self.lock("server", "numpy==2.0 \\\n    --hash=sha256:00\n")
        self.lock("embedded", "rich==15.0\nnumpy==2.0\n")
        self.pip("Collecting rich==15.0\n")
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        script = PLAYED.format(
            calls=folder / "calls", says=folder / "says", code=folder / "code", version=version
        )
        self.python = folder / "python"
        self.python.write_text(script)
        self.python.chmod(0o755)

    def lock(self, group, text):
        (self.root / "requirements" / f"{group}.txt").write_text(text)

    def pip(self, says, code=0):
        (self.folder / "says").write_text(says)
        (self.folder / "code").write_text(str(code))

    def install(self, group="deploy", root=None):
        Installation(Clone(root or self.root), python=str(self.python)).ensure(group)

    def calls(self):
        """The calls since the last look, without their paths."""
        file = self.folder / "calls"
        said = file.read_text().splitlines() if file.exists() else []
        file.write_text("")
        return [" ".join(line.split()[1:3]) for line in said]


@pytest.fixture
def play(tmp_path):
    return Play(tmp_path)


def test_the_first_start_makes_everything_and_the_second_nothing(play):
    play.install()
    assert play.calls() == ["venv " + str(play.root / ".venv"), "pip install"]
    play.install()
    assert play.calls() == []


def test_each_package_must_match_its_hash(play):
    play.install()
    assert "--require-hashes" in (play.folder / "calls").read_text()


def test_nothing_but_the_lock_decides_what_is_installed(play):
    """Asked for coverage[toml], pip takes a newer one than the lock and refuses it."""
    play.install()
    assert "--no-deps" in (play.folder / "calls").read_text()


def test_a_changed_lock_is_installed_again_into_the_same_place(play):
    play.install()
    play.calls()
    play.lock("deploy", "rich==16.0\n")
    play.install()
    assert play.calls() == ["pip --version", "pip install"]


def test_an_interrupted_installation_is_simply_done_again(play):
    play.pip("ERROR: no more room\n", code=1)
    with pytest.raises(Problem, match="could not be installed: no more room") as told:
        play.install()
    assert "the same command again" in told.value.remedy
    play.pip("Collecting rich==15.0\n")
    play.install()
    assert json.loads((play.root / ".venv" / "lanternhold.json").read_text())["groups"].keys() == {
        "deploy"
    }


def test_a_half_made_environment_is_made_anew(play):
    play.install()
    play.calls()
    system.venv_program(play.root / ".venv", "python").unlink()
    play.install()
    assert play.calls() == ["venv " + str(play.root / ".venv"), "pip install"]


def test_a_marker_that_is_garbage_counts_as_none(play):
    play.install()
    play.calls()
    (play.root / ".venv" / "lanternhold.json").write_text('["')
    play.install()
    assert "pip install" in play.calls()


def test_a_moved_clone_gets_a_new_environment(play):
    play.install()
    play.calls()
    moved = play.folder / "elsewhere"
    play.root.rename(moved)
    play.install(root=moved)
    assert play.calls() == ["venv " + str(moved / ".venv"), "pip install"]
    path_file = system.site_packages(moved / ".venv") / "lanternhold.pth"
    assert path_file.read_text() == f"{moved}\n"


def test_embedded_holds_deploy_and_server(play):
    play.install("embedded")
    play.calls()
    play.install("deploy")
    assert play.calls() == []


def test_a_foreign_folder_named_venv_is_left_alone(play):
    (play.root / ".venv").mkdir()
    (play.root / ".venv" / "precious").touch()
    with pytest.raises(Problem, match="did not make it"):
        play.install()
    assert (play.root / ".venv" / "precious").exists()


def test_a_clone_without_its_lock_says_how_to_get_it_back(play):
    (play.root / "requirements" / "deploy.txt").unlink()
    with pytest.raises(Problem, match=r"requirements/deploy\.txt is missing") as told:
        play.install()
    assert told.value.remedy == "git checkout -- requirements"


def test_a_folder_that_cannot_be_written_to_is_named(play, monkeypatch):
    def refuse(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with pytest.raises(Problem, match="cannot be written to") as told:
        play.install()
    assert "chown" in told.value.remedy


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "so it was refused"),
        ("WARNING: NewConnectionError\nERROR: no such thing", "no way to the internet"),
    ],
)
def test_the_reason_is_told_in_words(play, said, sentence):
    play.pip(said, code=1)
    with pytest.raises(Problem, match=sentence):
        play.install()


def test_what_is_installed_is_seen_on_stderr_only(play, capsys):
    play.install()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Installing what the commands need (1 packages) ...\n")
    assert "done in" in captured.err


def test_the_state_folder_is_this_user_s_alone(play):
    play.install()
    assert stat.S_IMODE((play.root / ".lanternhold").stat().st_mode) == 0o700
