"""Recordings come to the host from wherever the server keeps them."""

import io
import json
import tarfile

import pytest
from typer.testing import CliRunner

from deploy import admin, modes, recordings, settings
from deploy.cli import app
from deploy.clone import Clone
from deploy.commands import recording
from deploy.embedded.stack import EmbeddedStack
from deploy.problem import Problem
from support.source import ROOT

CRASH, ASKED = "crash-20261127T204540Z-3900.lhrec", "asked-20261127T214540Z-9900.lhrec"
ROUND = ROOT / "tests" / "recordings" / "rush-2-teams-20-hz.lhrec"


class Holding:
    """A stack that holds these files."""

    def __init__(self, *entries):
        self.entries = entries

    def pack_recordings(self, target):
        with tarfile.open(fileobj=target, mode="w|") as archive:
            for name, content in self.entries:
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))


@pytest.fixture
def clone(tmp_path, monkeypatch):
    clone = Clone(tmp_path)
    monkeypatch.setattr(Clone, "here", lambda: clone)
    return clone


def test_they_are_copied_once_private_and_newest_first(clone):
    stack = Holding((f"./{CRASH}", b"one"), (f"./{ASKED}", b"two"))
    found = recordings.bring(clone, stack)
    assert [(r.path.name, r.why, r.size_bytes) for r in found] == [
        (ASKED, "asked", 3),
        (CRASH, "crash", 3),
    ]
    assert all(r.path.stat().st_mode & 0o077 == 0 for r in found)
    found[0].path.write_bytes(b"seen")
    assert recordings.bring(clone, Holding((f"./{ASKED}", b"two")))[0].size_bytes == 4
    assert len(recordings.bring(clone, Holding())) == 2  # what the server let go stays


def test_nothing_else_is_taken_from_the_archive(clone):
    stack = Holding(("../../evil.lhrec", b"x"), ("notes.txt", b"x"), (f"a/b/{CRASH}", b"x"))
    names = [r.path.name for r in recordings.bring(clone, stack)]
    assert sorted(names) == [CRASH, "evil.lhrec"]
    assert [p.name for p in clone.root.rglob("*.lhrec")].count("evil.lhrec") == 1
    assert not (clone.root.parent / "evil.lhrec").exists()


def test_an_archive_that_is_cut_off_is_a_problem(clone):
    class Cut(Holding):
        def pack_recordings(self, target):
            whole = io.BytesIO()
            super().pack_recordings(whole)
            target.write(whole.getvalue()[:600])

    with pytest.raises(Problem, match="did not arrive whole"):
        recordings.bring(clone, Cut((CRASH, b"x" * 900)))


def test_the_embedded_folder_is_packed_whether_it_is_there_or_not(clone):
    stack = EmbeddedStack(clone, settings.load(clone, {}))
    assert recordings.bring(clone, stack) == []
    held = clone.data / "recordings"
    held.mkdir(parents=True)
    (held / CRASH).write_bytes(b"one")
    assert [r.path.name for r in recordings.bring(clone, stack)] == [CRASH]


def run(*words):
    return CliRunner().invoke(app, words)


def test_without_a_running_server_what_a_crash_left_is_brought(clone, monkeypatch):
    modes.remember(clone, modes.Mode.EMBEDDED)
    held = clone.data / "recordings"
    held.mkdir(parents=True)
    (held / CRASH).write_bytes(b"one")
    shown = run("record")
    assert shown.exit_code == 0
    assert "No server runs here" in shown.stderr
    assert CRASH in shown.stdout
    said = json.loads(run("record", "--json").stdout)
    file = str(recordings.folder(clone) / CRASH)
    assert said == {"recorded": None, "recordings": [{"file": file, "why": "crash", "bytes": 3}]}


def test_a_server_that_does_not_do_it_is_a_problem(clone, monkeypatch):
    class Silent(Holding):
        def is_running(self):
            return True

        def door(self):
            return type("Door", (), {"private_port": 1})

        def admin_token(self):
            return "token"

    monkeypatch.setattr(recording, "remembered_stack", lambda *_: Silent())
    monkeypatch.setattr(admin, "record", lambda *_: None)
    assert "did not keep" in run("record").exception.what


def test_replay_becomes_the_server_s_command_and_ends_with_its_code(monkeypatch, tmp_path):
    """As a process: by the rules of this clone, from any folder."""
    monkeypatch.chdir(ROUND.parent)
    asked = []
    monkeypatch.setattr(
        recording.run, "attach", lambda argv, **more: asked.append((argv, more)) or 1
    )
    assert run("replay", ROUND.name, "--json").exit_code == 1
    ((argv, more),) = asked
    assert argv[1:] == ["-P", "-m", "server", "replay", str(ROUND), "--json"]
    assert more["cwd"] == ROOT
    assert run("replay", str(tmp_path / "none.lhrec")).exit_code == 2
