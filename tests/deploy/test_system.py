"""What differs by system, with the system played where it is not this one."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import system


@pytest.fixture
def on(monkeypatch):
    def play(name):
        for flag in ("IS_LINUX", "IS_MAC", "IS_WINDOWS"):
            monkeypatch.setattr(system, flag, flag == f"IS_{name}")

    return play


@pytest.mark.parametrize(
    ("os_release", "command"),
    [
        ("ID=debian\n", "sudo apt-get install python{}-venv"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', "sudo apt-get install python{}-venv"),
        ('ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', "sudo zypper install python{}"),
        ("ID=fedora\n", "sudo dnf install python{} python3-pip"),
        ("ID=alpine\n", "apk add python3 py3-pip"),
        ("ID=nixos\n", "reinstall Python with its venv module"),
    ],
)
def test_the_way_to_venv_fits_the_distribution(on, os_release, command):
    on("LINUX")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    short = version.replace(".", "") if "suse" in os_release else version
    assert system.how_to_get_venv(os_release) == command.format(short)


def test_on_macos_it_is_brew(on):
    on("MAC")
    assert system.how_to_get_venv() == "brew install python@3.13"


def test_a_venv_keeps_its_programs_where_the_system_says(tmp_path):
    assert system.venv_program(tmp_path, "python", windows=True) == tmp_path / "Scripts/python.exe"
    assert system.venv_program(tmp_path, "python", windows=False) == tmp_path / "bin/python"
    assert system.site_packages(tmp_path, windows=True) == tmp_path / "Lib/site-packages"


def test_windows_starts_children_in_groups_of_their_own(on):
    on("WINDOWS")
    assert system.apart() == {"creationflags": 0x200}
    assert system.detached() == {"creationflags": 0x208}


def test_elsewhere_in_sessions_of_their_own(on):
    on("MAC")
    assert system.apart() == system.detached() == {"start_new_session": True}
    assert system.dying_with_parent(["a", "b"]) == ["a", "b"]


@pytest.mark.skipif(not system.IS_LINUX, reason="Linux can")
def test_a_child_dies_with_a_killed_parent():
    """The parent starts a child as the supervisor does, tells its id and is killed."""
    child = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    parent = (
        "import sys, subprocess; from deploy import system\n"
        f"subprocess.run(system.dying_with_parent([sys.executable, '-c', {child!r}]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True
    ) as process:
        born = system.birth(int(process.stdout.readline()))
        assert born
        process.send_signal(signal.SIGKILL)
        assert process.stdout.read() == ""  # the child, too, has closed it: it is ending


@pytest.mark.skipif(system.IS_WINDOWS, reason="Windows has no nice")
def test_a_program_gives_way():
    said = subprocess.run(
        system.giving_way([sys.executable, "-c", "import os; print(os.nice(0))"]),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert int(said) == min(os.nice(0) + system.NICENESS, 19)


def test_windows_has_no_way_to_give_way(on):
    on("WINDOWS")
    assert system.giving_way(["a", "b"]) == ["a", "b"]


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="no scheduling groups here")
def test_a_session_gives_way():
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as process:
        system.let_group_give_way(process.pid)
        told = Path(f"/proc/{process.pid}/autogroup").read_text(encoding="ascii")
        process.kill()
    assert told.split()[1:] == ["nice", str(system.NICENESS)]
    system.let_group_give_way(process.pid)  # one that is gone is fine


@pytest.mark.skipif(system.IS_WINDOWS, reason="Windows has no modes")
def test_a_folder_is_ours_alone(tmp_path):
    ours, open_ = tmp_path / "ours", tmp_path / "open"
    ours.mkdir(mode=0o700)
    open_.mkdir()
    open_.chmod(0o770)
    (tmp_path / "link").symlink_to(ours)
    assert system.is_ours_alone(ours)
    assert not system.is_ours_alone(open_)
    assert not system.is_ours_alone(tmp_path / "link")


def test_asking_a_process_that_is_gone_is_fine():
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    system.ask_to_stop(gone.pid)
    system.kill(gone.pid)


def test_only_one_holds_the_lock(tmp_path):
    path = tmp_path / "run" / "lock"
    ask = (
        "from pathlib import Path; from deploy import system\n"
        f"with system.exclusive(Path({str(path)!r})) as ours: print(ours)"
    )
    with system.exclusive(path) as ours:
        assert ours
        said = subprocess.run(
            [sys.executable, "-c", ask], capture_output=True, text=True, check=True
        )
        assert said.stdout == "False\n"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert said.stdout == "True\n"


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("LINUX", "sudo ss -ltnp sport = :80"),
        ("MAC", "sudo lsof -nP -iTCP:80 -sTCP:LISTEN"),
        ("WINDOWS", "netstat -ano | findstr :80"),
    ],
)
def test_the_way_to_see_a_port_fits_the_system(on, name, command):
    on(name)
    assert system.how_to_see_port(80) == command


def test_a_port_s_owner_is_read_from_proc(tmp_path, on):
    on("LINUX")
    (tmp_path / "net").mkdir()
    head = "  sl  local_address rem_address st queues tr retrnsmt uid timeout inode\n"
    row = "   0: 00000000:{:04X} 00000000:0000 {} 00000000:00000000 00:00000000 00000000 0 0 {}\n"
    (tmp_path / "net" / "tcp").write_text(
        head + row.format(8443, "01", 5) + row.format(8443, "0A", 77)
    )
    files = tmp_path / "42" / "fd"
    files.mkdir(parents=True)
    (files / "3").symlink_to("socket:[77]")
    (files / "4").symlink_to("/dev/null")
    (tmp_path / "42" / "comm").write_text("apache2\n")
    assert system.port_owner(8443, tmp_path) == "apache2 (process 42)"
    assert system.port_owner(8080, tmp_path) is None


def test_elsewhere_the_owner_cannot_be_seen(on, tmp_path):
    on("MAC")
    assert system.port_owner(8443, tmp_path) is None


@pytest.mark.skipif(os.name == "nt", reason="ps is not there")
def test_the_way_of_macos_knows_a_process_by_its_start():
    assert system._bsd_birth(os.getpid())
    assert system._bsd_birth(2**22 + 5) is None
