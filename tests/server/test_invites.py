import stat
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.exclusive import Exclusive
from server.invites import FILE, LOCK_FILE, InviteBook, InviteFileError
from support.clock import FakeClock


@pytest.fixture
def wall():
    return FakeClock(1_800_000_000.0)


@pytest.fixture
def book(tmp_path, wall):
    return InviteBook(tmp_path, wall)


def test_the_first_invite_is_made_once(book, tmp_path):
    first = book.first()
    assert len(first.secret) >= 22  # 128 bits and more
    assert book.first() == first
    assert InviteBook(tmp_path).first() == first


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_the_file_is_private(book, tmp_path):
    book.first()
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert {file.name for file in tmp_path.iterdir()} == {FILE, LOCK_FILE}


def test_a_secret_opens_and_nothing_else_does(book):
    entry = book.first()
    assert book.find(entry.secret) == entry
    assert book.find(entry.secret + "x") is None
    assert book.find("") is None


def test_an_invite_runs_out(book, wall):
    entry = book.make("guests", days=2)
    assert book.is_open(entry)
    wall.advance(2 * 86_400)
    assert not book.is_open(entry)
    assert book.first().label == "friends"
    with pytest.raises(InviteFileError, match="run out"):
        book.show("guests")


def test_the_general_invite_is_shown_and_not_the_newest(book):
    friends = book.first()
    anna, ben = book.make("anna"), book.make("ben")
    assert book.first() == friends
    assert book.show("anna") == anna
    book.withdraw("friends")
    assert book.first() == anna  # the oldest that is open
    book.withdraw("anna")
    assert book.first() == ben
    book.withdraw("ben")
    assert book.first().label == "friends"
    assert book.first().secret != friends.secret


def test_a_general_invite_that_ran_out_leaves_its_label_taken(book, wall):
    book.make("friends", days=1)
    wall.advance(86_400)
    assert book.first().label == "friends-2"
    with pytest.raises(InviteFileError, match="There are: friends, friends-2"):
        book.show("anna")


def test_a_withdrawn_invite_is_not_shown_and_keeps_its_name_in_the_list(book):
    book.make("anna")
    book.withdraw("anna")
    with pytest.raises(InviteFileError, match="no invite called 'anna'"):
        book.show("anna")
    book.make("anna")
    assert [(entry.label, entry.withdrawn) for entry in book.read()] == [
        ("anna", True),
        ("anna", False),
    ]
    book.withdraw("anna")
    assert all(entry.withdrawn for entry in book.read())


def test_a_withdrawn_one_is_known_but_closed_and_its_label_is_free(book):
    entry = book.make("guests")
    gone = book.withdraw("guests")
    book.reread()
    found = book.find(entry.secret)
    assert found == gone
    assert not book.is_open(found)
    assert book.make("guests").secret != entry.secret


def test_labels_are_unique_and_must_exist(book):
    book.make("guests")
    with pytest.raises(InviteFileError, match=r"already.*--show guests"):
        book.make("guests")
    with pytest.raises(InviteFileError, match="There are: guests"):
        book.withdraw("others")


def test_a_new_first_one_after_all_were_withdrawn(book):
    book.withdraw(book.first().label)
    assert book.first().label == "friends"


def test_a_running_server_sees_what_the_command_changed(book, tmp_path):
    server = InviteBook(tmp_path)
    assert not server.reread()
    entry = book.make("late")
    assert server.reread()
    assert server.find(entry.secret) == entry
    assert not server.reread()
    (tmp_path / FILE).unlink()
    assert server.reread()
    assert server.find(entry.secret) is None


def test_a_damaged_file_is_told_and_what_was_known_stays(book, tmp_path):
    entry = book.first()
    server = InviteBook(tmp_path)
    server.reread()
    for rubbish in (b"{", b"[1]", b'[{"label": "x"}]', b"\xff"):
        (tmp_path / FILE).write_bytes(rubbish)
        with pytest.raises(InviteFileError, match=FILE):
            server.reread()
        assert server.find(entry.secret) == entry


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(book, tmp_path, monkeypatch):
    entry = book.first()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("server.folder.os.fsync", full)
    with pytest.raises(InviteFileError, match="No space left"):
        book.make("more")
    assert InviteBook(tmp_path).first() == entry
    assert {file.name for file in tmp_path.iterdir()} == {FILE, LOCK_FILE}


def test_commands_at_once_lose_nothing(tmp_path):
    labels = [f"friend {number}" for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda label: InviteBook(tmp_path).make(label), labels))
    book = InviteBook(tmp_path)
    book.reread()
    assert sorted(book.entries, key=repr) == sorted(made, key=repr)


def test_a_command_that_waits_too_long_says_so(book, tmp_path, monkeypatch):
    monkeypatch.setattr("server.invites.LOCK_S", 0.0)
    other = Exclusive(tmp_path / LOCK_FILE)
    for change in (book.first, lambda: book.make("x"), lambda: book.withdraw("x")):
        with pytest.raises(InviteFileError, match="another command"):
            change()
    other.release()
    assert book.first().label == "friends"
