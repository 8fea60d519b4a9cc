import os
import subprocess
import sys

import msgspec
import pytest

from deploy import system
from deploy.clone import Clone
from deploy.embedded import record
from deploy.embedded.record import ChildRecord, Ports, Process, Record

PORTS = Ports(8443, 8080, 8765, 9100)


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


def record_of(supervisor, child):
    return Record(supervisor, PORTS, 0.0, {"server": ChildRecord(child, 0)})


def test_a_record_comes_back_whole(clone):
    written = record_of(Process.of(os.getpid()), None)
    record.write(clone, written)
    assert record.read(clone) == written
    assert record.read(clone).is_alive


def test_after_a_power_cut_the_same_id_is_somebody_else(clone):
    """The id is taken again, but that process began at another time."""
    stranger = Process(os.getpid(), "another boot:1")
    record.write(clone, record_of(stranger, stranger))
    assert not record.read(clone).is_alive
    assert record.read(clone).orphans() == []


def test_what_outlived_its_supervisor_is_found():
    me = Process.of(os.getpid())
    gone = Process(me.pid, "long ago")
    assert record_of(gone, me).orphans() == [me]
    assert record_of(me, me).orphans() == []


def test_a_process_that_has_ended_is_not_alive():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        process = Process.of(child.pid)
        assert process.is_alive
    assert not process.is_alive


@pytest.mark.skipif(not system.IS_LINUX, reason="a zombie's state is read from /proc")
def test_a_zombie_is_not_alive():
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as child:
        assert child.stdout.read() == b""  # it has closed its side: it is ending
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert system.birth(child.pid) is None


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"supervisor": 3}', "\0"])
def test_a_torn_file_counts_as_none(clone, text):
    clone.make_state()
    (clone.run / "supervisor.json").write_text(text)
    assert record.read(clone) is None


def test_forgetting_twice_is_fine(clone):
    record.write(clone, record_of(Process.of(os.getpid()), None))
    record.forget(clone)
    record.forget(clone)
    assert record.read(clone) is None


def test_the_file_is_plain_json(clone):
    record.write(clone, record_of(Process(1, "b"), None))
    said = msgspec.json.decode((clone.run / "supervisor.json").read_bytes())
    assert said["ports"] == {"https": 8443, "http": 8080, "game": 8765, "private": 9100}
