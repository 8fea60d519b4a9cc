"""The data folder's files."""

import pytest

from server.folder import write_private


def test_private_files_are_replaced_whole(tmp_path):
    path = tmp_path / "x"
    write_private(path, b"one")
    write_private(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_put_there_leaves_nothing(tmp_path):
    (tmp_path / "x").mkdir()
    with pytest.raises(IsADirectoryError):
        write_private(tmp_path / "x", b"one")
    assert [file.name for file in tmp_path.iterdir()] == ["x"]
