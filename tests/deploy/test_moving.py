"""Moving between modes: the order of it, and the real thing in both directions."""

import io
import json
import os
import subprocess

import pytest

from deploy import modes, moving, settings
from deploy.clone import Clone
from deploy.embedded.stack import EmbeddedStack
from deploy.modes import Mode
from deploy.problem import Problem
from protocol.invite import Invite
from support.home import Home


def embedded(folder):
    clone = Clone(folder)
    clone.make_state()
    return clone, EmbeddedStack(clone, settings.load(clone, {}))


def files(folder):
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode & 0o777)
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def old(tmp_path):
    clone, stack = embedded(tmp_path / "old")
    (clone.data / "world.db").write_bytes(bytes(range(256)) * 50)
    (clone.data / "admin.token").touch(mode=0o600)
    key = clone.caddy / "caddy" / "pki" / "root.key"
    key.parent.mkdir(parents=True)
    key.write_text("KEY")
    key.chmod(0o600)
    return clone, stack


def test_all_of_it_arrives_and_nothing_is_taken_away(old, tmp_path):
    clone, stack = embedded(tmp_path / "new")
    before = files(old[0].state)
    moving.move(clone, old[1], stack, lambda _: None)
    assert files(old[0].state) == before
    assert files(clone.data) == files(old[0].data)
    assert files(clone.caddy) == files(old[0].caddy)
    assert modes.remembered(clone) is Mode.EMBEDDED


def test_what_stood_at_the_new_place_is_kept_aside(old, tmp_path):
    clone, stack = embedded(tmp_path / "new")
    (clone.data / "world.db").write_text("older world")
    moving.move(clone, old[1], stack, lambda _: None)
    assert (clone.state / "data.before" / "world.db").read_text() == "older world"
    assert files(clone.data) == files(old[0].data)


def test_a_move_that_breaks_off_leaves_the_mode_and_can_be_repeated(old, tmp_path, monkeypatch):
    clone, stack = embedded(tmp_path / "new")
    whole = stack.unpack

    def broken(store, source):
        if store == "door":
            raise OSError(28, "No space left on device")
        whole(store, source)

    monkeypatch.setattr(stack, "unpack", broken)
    with pytest.raises(OSError, match="No space"):
        moving.move(clone, old[1], stack, lambda _: None)
    assert modes.remembered(clone) is None
    monkeypatch.undo()
    moving.move(clone, old[1], stack, lambda _: None)
    assert files(clone.data) == files(old[0].data)


def test_an_archive_that_is_cut_off_changes_nothing(old):
    before = files(old[0].data)
    with pytest.raises(Problem, match="did not arrive whole"):
        old[1].unpack("world", io.BytesIO(b"no archive" * 100))
    assert files(old[0].data) == before


def test_sockets_stay_where_they_are(old, tmp_path):
    os.mkfifo(old[0].data / "pipe")
    clone, stack = embedded(tmp_path / "new")
    moving.move(clone, old[1], stack, lambda _: None)
    assert not (clone.data / "pipe").exists()


def test_a_running_side_is_stopped_first(old, tmp_path, monkeypatch):
    clone, stack = embedded(tmp_path / "new")
    steps = []
    monkeypatch.setattr(old[1], "is_running", lambda: True)
    monkeypatch.setattr(old[1], "stop", lambda _: steps.append("stop"))
    monkeypatch.setattr(old[1], "pack", lambda *_: steps.append("pack"))
    monkeypatch.setattr(stack, "unpack", lambda *_: steps.append("unpack"))
    moving.move(clone, old[1], stack, lambda _: None)
    assert steps == ["stop", "pack", "unpack", "pack", "unpack"]


@pytest.mark.stack
@pytest.mark.slow
def test_into_docker_and_back(tmp_path):
    """The invite goes on working: its secret and the door's root have come along, both ways."""
    home = Home(tmp_path / "clone", COMPOSE_PROJECT_NAME=f"lanternhold-test-move-{os.getpid()}")
    asked = ("up", "--detach", "--json", "--mode")
    try:
        first = json.loads(home.run(*asked, "embedded"))
        for mode in ("docker", "embedded"):
            said = json.loads(home.run(*asked, mode, timeout_s=110))
            assert said["mode"] == mode
            assert Invite.parse(said["invite"]) == Invite.parse(first["invite"])
            assert json.loads(home.run("status", "--json"))["running"] is True
    finally:
        home.run("down")
        remove_volumes(home)


def remove_volumes(home):
    subprocess.run(
        ["docker", "compose", "--project-directory", str(home.folder), "down", "--volumes"],
        env=home.environment,
        capture_output=True,
        timeout=60,
        check=True,
    )
