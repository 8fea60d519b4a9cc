"""A store that arrives as an archive: laid down as it was, and nothing beside its folder."""

import io
import tarfile

import pytest

from deploy.clone import Clone
from deploy.embedded.stack import EmbeddedStack
from deploy.problem import Problem
from deploy.settings import load


@pytest.fixture
def stack(tmp_path):
    clone = Clone(tmp_path)
    return EmbeddedStack(clone, load(clone, {}))


def archive(*entries):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for name, kind, mode, content in entries:
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode, entry.size = kind, mode, len(content)
            entry.linkname = "/etc/passwd" if kind in {tarfile.SYMTYPE, tarfile.LNKTYPE} else ""
            tar.addfile(entry, io.BytesIO(content))
    data.seek(0)
    return data


def test_files_and_folders_arrive_with_their_modes(stack, tmp_path):
    stack.unpack(
        "world",
        archive(
            (".", tarfile.DIRTYPE, 0o700, b""),
            ("./a", tarfile.DIRTYPE, 0o700, b""),
            ("./a/key", tarfile.REGTYPE, 0o600, b"secret"),
            ("b/open", tarfile.REGTYPE, 0o644, b""),
        ),
    )
    data = tmp_path / ".lanternhold" / "data"
    assert (data / "a" / "key").read_bytes() == b"secret"
    assert (data / "a" / "key").stat().st_mode & 0o777 == 0o600
    assert (data / "b" / "open").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "entry",
    [
        ("../out", tarfile.REGTYPE, 0o600, b"x"),
        ("a/../../out", tarfile.REGTYPE, 0o600, b"x"),
        ("/out", tarfile.REGTYPE, 0o600, b"x"),
        ("link", tarfile.SYMTYPE, 0o777, b""),
        ("link", tarfile.LNKTYPE, 0o777, b""),
        ("pipe", tarfile.FIFOTYPE, 0o600, b""),
    ],
)
def test_what_no_archive_of_ours_holds_is_refused(stack, tmp_path, entry):
    data = tmp_path / ".lanternhold" / "data"
    data.mkdir(parents=True)
    (data / "world").write_text("kept")
    with pytest.raises(Problem, match="did not arrive whole"):
        stack.unpack("world", archive(entry))
    assert (data / "world").read_text() == "kept"
    assert not (tmp_path / ".lanternhold" / "out").exists()
