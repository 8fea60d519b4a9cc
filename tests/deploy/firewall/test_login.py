"""How the person who types came in, from a made-up /proc."""

import pytest

from deploy.firewall import login
from deploy.firewall.login import Login

BY_SSH = "10.0.0.9 50000 10.0.0.5 2200"


@pytest.fixture
def proc(tmp_path):
    """Makes a process: its name, its parent, its environment."""

    def make(pid, name, parent, **environment):
        folder = tmp_path / str(pid)
        folder.mkdir()
        (folder / "stat").write_text(f"{pid} ({name}) S {parent} 1 1")
        said = "\0".join(f"{key}={value}" for key, value in environment.items())
        (folder / "environ").write_text(f"{said}\0")
        return tmp_path

    return make


def test_sudo_still_knows_what_it_took_away(proc):
    proc(1, "systemd", 0)
    proc(5, "sudo", 1, TERM="x", SSH_CONNECTION=BY_SSH)
    folder = proc(9, "a) (b", 5)
    assert login.read(9, folder) == Login(BY_SSH, is_by_ssh=True)


def test_a_parent_that_is_sshd_is_a_session(proc):
    proc(1, "systemd", 0)
    proc(4, "sshd-session", 1)
    assert login.read(9, proc(9, "bash", 4)) == Login(is_by_ssh=True)


def test_who_sits_before_it(proc):
    proc(1, "systemd", 0)
    assert login.read(9, proc(9, "bash", 1)) == Login()


def test_what_cannot_be_followed_to_its_beginning_is_unknown(proc):
    assert login.read(9, proc(9, "bash", 5)) == Login(is_known=False)
