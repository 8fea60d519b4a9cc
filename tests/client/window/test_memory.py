import os
import stat

import pytest

from client.scenes.memory import Memory
from game import names
from protocol.invite import Invite


def link_to(port):
    return Invite(
        addresses=("192.168.1.20",), port=port, secret="AAAAAAAAAAAAAAAAAAAAAA", title="x"
    ).link()


def test_what_was_joined_is_known_tomorrow(tmp_path):
    Memory(tmp_path / "new").joined("Ada", "Kitchen", link_to(8443))
    again = Memory(tmp_path / "new")
    assert again.name == "Ada"
    assert [(s.title, s.place) for s in again.servers] == [("Kitchen", "192.168.1.20:8443")]


def test_the_newest_comes_first_and_no_server_twice(tmp_path):
    memory = Memory(tmp_path)
    for port in (*range(1, 12), 3):
        memory.joined("Ada", f"at {port}", link_to(port))
    titles = [server.title for server in memory.servers]
    assert titles[:3] == ["at 3", "at 11", "at 10"]
    assert len(titles) == len(set(titles)) == 8


def test_a_name_is_made_up_that_may_be_used(tmp_path):
    name = Memory(tmp_path).name
    assert names.clean(name) == name


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_the_links_are_for_their_owner_alone(tmp_path):
    Memory(tmp_path).joined("Ada", "Kitchen", link_to(1))
    mode = stat.S_IMODE((tmp_path / "window.json").stat().st_mode)
    assert mode == 0o600


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b'{"servers": [{"title": 3}]}', b"\xff\xfe", b'{"name": "\\u202e"}']
)
def test_a_damaged_file_only_forgets(tmp_path, raw):
    (tmp_path / "window.json").write_bytes(raw)
    memory = Memory(tmp_path)
    assert memory.servers == []
    assert names.clean(memory.name)
    memory.joined("Ada", "Kitchen", link_to(1))
    assert Memory(tmp_path).name == "Ada"


def test_a_disk_that_cannot_be_written_is_no_reason_to_fall(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    memory = Memory(blocked / "below")
    memory.joined("Ada", "Kitchen", link_to(1))
    assert memory.name == "Ada"


def test_newcomers_become_old_hands(tmp_path):
    memory = Memory(tmp_path)
    assert memory.is_newcomer
    for _ in range(3):
        memory.played()
    assert not Memory(tmp_path).is_newcomer
