"""Files of ours: only for this user, whole or not at all."""

import os
import stat
import threading

import pytest

from deploy.clone import write_private


def test_a_file_is_this_users_alone_and_replaced_whole(tmp_path):
    file = tmp_path / "folder" / "file"
    write_private(file, "one")
    first = file.stat().st_ino
    write_private(file, "two")
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("two", 0o600)
    assert file.stat().st_ino != first
    assert [path.name for path in file.parent.iterdir()] == ["file"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_what_is_no_file_is_written_into_and_stays(tmp_path):
    """Root could replace /dev/null for the whole computer."""
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_private(pipe, "a report")
    reader.join(10)
    assert read == ["a report"]
    assert pipe.is_fifo()
