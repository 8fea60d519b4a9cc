import os
import stat
import sys

import pytest

from client.tokens import TokenFile, TokenMemory
from protocol.invite import Invite

TOKEN, OTHER = "t" * 22, "o" * 22


def invite(**changes):
    given = {"addresses": ("192.168.1.10",), "port": 8443, "secret": "s" * 24} | changes
    return Invite(**given)


def test_a_token_survives_the_window(tmp_path):
    TokenFile(tmp_path, invite(), "Ada").save(TOKEN)
    assert TokenFile(tmp_path, invite(), "Ada").load() == TOKEN


@pytest.mark.parametrize(
    "other",
    [
        (invite(port=443), "Ada"),
        (invite(ca_sha256="0" * 64), "Ada"),
        (invite(name="play.example.org"), "Ada"),
        (invite(), "Bob"),
    ],
)
def test_servers_and_names_do_not_share_tokens(tmp_path, other):
    TokenFile(tmp_path, invite(), "Ada").save(TOKEN)
    assert TokenFile(tmp_path, *other).load() is None


def test_a_new_invite_to_the_same_server_finds_the_token(tmp_path):
    TokenFile(tmp_path, invite(), "Ada").save(TOKEN)
    assert TokenFile(tmp_path, invite(secret="z" * 24), "Ada").load() == TOKEN


def test_the_newest_one_counts_and_forgetting_leaves_the_others(tmp_path):
    ada, bob = TokenFile(tmp_path, invite(), "Ada"), TokenFile(tmp_path, invite(), "Bob")
    ada.save(OTHER)
    bob.save(TOKEN)
    ada.save(TOKEN)
    assert TokenFile(tmp_path, invite(), "Ada").load() == TOKEN
    ada.forget()
    assert TokenFile(tmp_path, invite(), "Ada").load() is None
    assert TokenFile(tmp_path, invite(), "Bob").load() == TOKEN


def test_forgetting_leaves_what_another_window_has_written_since(tmp_path):
    first, second = TokenFile(tmp_path, invite(), "Ada"), TokenFile(tmp_path, invite(), "Ada")
    first.save(TOKEN)
    second.save(OTHER)
    first.forget()
    assert first.load() is None
    assert TokenFile(tmp_path, invite(), "Ada").load() == OTHER
    first.forget()
    assert TokenFile(tmp_path, invite(), "Ada").load() == OTHER
    second.forget()
    assert TokenFile(tmp_path, invite(), "Ada").load() is None


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_only_the_owner_can_read_it_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        TokenFile(tmp_path / "new", invite(), "Ada").save(TOKEN)
    finally:
        os.umask(before)
    file = tmp_path / "new" / "tokens.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in file.parent.iterdir()] == ["tokens.json"]


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[1]", b'{"a": 5}', b'{"a": "\xff"}', b"x" * 100_000]
)
def test_a_damaged_file_is_no_file(tmp_path, damage):
    (tmp_path / "tokens.json").write_bytes(damage)
    tokens = TokenFile(tmp_path, invite(), "Ada")
    assert tokens.load() is None
    tokens.save(TOKEN)
    assert TokenFile(tmp_path, invite(), "Ada").load() == TOKEN


def test_a_disk_that_cannot_be_written_keeps_the_token_in_memory(tmp_path):
    (tmp_path / "taken").write_text("a file where the folder should be")
    tokens = TokenFile(tmp_path / "taken", invite(), "Ada")
    tokens.save(TOKEN)
    assert tokens.load() == TOKEN
    assert "could not be kept" in tokens.trouble


def test_memory_is_forgotten_with_the_process():
    tokens = TokenMemory()
    tokens.save(TOKEN)
    assert tokens.load() == TOKEN
    tokens.forget()
    assert tokens.load() is None
