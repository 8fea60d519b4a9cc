import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workshop import engine


@pytest.fixture
def zombie():
    """The pid of a process that ended and that nobody has asked about."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    yield child.pid
    child.wait()


@pytest.fixture
def left_behind(tmp_path, monkeypatch):
    """The pid files of a killed engine."""
    docker, containerd = tmp_path / "docker.pid", tmp_path / "containerd" / "containerd.pid"
    containerd.parent.mkdir()
    monkeypatch.setattr(engine, "_PID_FILE", docker)
    monkeypatch.setattr(engine, "_CONTAINERD", containerd)
    return docker, containerd


def test_a_zombie_is_not_running(zombie):
    assert Path(f"/proc/{zombie}").exists()
    assert not engine._is_running(Path(sys.executable).resolve().name, zombie)


def test_a_process_is_known_by_its_program():
    name = Path(os.readlink("/proc/self/exe")).name  # noqa: PTH115  # resolve() would follow on
    assert engine._is_running(name, os.getpid())
    assert not engine._is_running("dockerd", os.getpid())


def test_pid_files_that_name_a_zombie_are_forgotten(left_behind, zombie):
    docker, containerd = left_behind
    socket, other = containerd.with_suffix(".sock"), containerd.with_name("containerd.toml")
    for file in (docker, containerd, socket, other):
        file.write_text(str(zombie))
    engine._forget_the_dead()
    assert [file.exists() for file in (docker, containerd, socket, other)] == [
        *(False, False, False, True)
    ]


def test_nothing_left_behind_is_no_trouble(left_behind):
    engine._forget_the_dead()
    assert not any(file.exists() for file in left_behind)


def test_only_the_last_user_may_stop_the_engine(tmp_path):
    file = tmp_path / "lock"
    with file.open("w") as mine, file.open("w") as others:
        fcntl.flock(mine, fcntl.LOCK_SH)
        fcntl.flock(others, fcntl.LOCK_SH)
        assert not engine._is_last_user(mine.fileno())
        others.close()
        assert engine._is_last_user(mine.fileno())
