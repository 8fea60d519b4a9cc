"""Keys of .env: set, proven, and back to the same bytes."""

import asyncio
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy import changes, kinds
from deploy.clone import Clone
from deploy.env_change import EnvKey
from deploy.ledger import Ledger
from deploy.problem import Problem


def carry_out(clone, **keys):
    wanted = [EnvKey(clone.env_file, key, value) for key, value in keys.items()]
    run = changes.carry_out(
        wanted, Ledger.of(clone), dry_run=False, confirm=changes.yes, say=lambda _: None
    )
    return asyncio.run(run)


def undo(clone, wanted=lambda _: True):
    asyncio.run(
        changes.undo(
            Ledger.of(clone),
            kinds.registry(clone),
            dry_run=False,
            confirm=changes.yes,
            say=lambda _: None,
            wanted=wanted,
        )
    )


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (None, b"NAME=play.example.org\nPORT=443\n"),
        (b"", b"NAME=play.example.org\nPORT=443\n"),
        (b"A=1", b"A=1\nNAME=play.example.org\nPORT=443\n"),
        (b"NAME=old", b"NAME=play.example.org\nPORT=443\n"),
        (b"NAME=old  # mine\nA=1", b"NAME=play.example.org\nA=1\nPORT=443\n"),
        (b"export NAME='old'\r\nA=1\r\n", b"NAME=play.example.org\nA=1\r\nPORT=443\n"),
        (b"\n# NAME=x\nNAMES=y\n", b"\n# NAME=x\nNAMES=y\nNAME=play.example.org\nPORT=443\n"),
        (b"\xef\xbb\xbfNAME=old\n", b"NAME=play.example.org\nPORT=443\n"),
    ],
)
def test_set_and_back_to_the_same_bytes(tmp_path, text, after):
    clone = Clone(tmp_path)
    if text is not None:
        clone.env_file.write_bytes(text)
    outcome = carry_out(clone, NAME="play.example.org", PORT="443")
    assert clone.env_file.read_bytes() == after
    assert outcome.done[0].proof == ".env sets NAME to play.example.org."
    undo(clone)
    assert (clone.env_file.read_bytes() if clone.env_file.exists() else None) == text


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(["A=1", "NAME=x", "# c", "", "  B = 2", "export C='3'"]), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.sampled_from(["", "v", "with space", "$x#y"]),
)
def test_any_file_comes_back(tmp_path_factory, lines, end, ended, value):
    lines = list(dict.fromkeys(lines))
    clone = Clone(tmp_path_factory.mktemp("clone"))
    text = end.join(lines) + (end if ended and lines else "")
    clone.env_file.write_bytes(text.encode())
    carry_out(clone, NAME=value, OTHER="1")
    undo(clone)
    assert clone.env_file.read_bytes() == text.encode()


def test_what_was_edited_meanwhile_stays(tmp_path):
    clone = Clone(tmp_path)
    carry_out(clone, NAME="x")
    with clone.env_file.open("a") as file:
        file.write("MINE=1\n")
    undo(clone)
    assert clone.env_file.read_text() == "MINE=1\n"


def test_a_last_line_without_its_end_never_runs_into_the_next(tmp_path):
    clone = Clone(tmp_path)
    clone.env_file.write_text("NAME=old")
    carry_out(clone, NAME="new", PORT="443")
    undo(clone, lambda entry: entry.id == "env-key:NAME")
    assert clone.env_file.read_text() == "NAME=old\nPORT=443\n"


def test_the_mode_and_a_link_stay(tmp_path):
    clone = Clone(tmp_path)
    real = tmp_path / "real.env"
    real.write_text("A=1\n")
    real.chmod(0o640)
    clone.env_file.symlink_to(real)
    carry_out(clone, NAME="x")
    assert clone.env_file.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert real.read_text() == "A=1\nNAME=x\n"


def test_a_diff_shows_both_lines(tmp_path):
    clone = Clone(tmp_path)
    clone.env_file.write_text("NAME=old\n")
    change = EnvKey(clone.env_file, "NAME", "new")
    assert change.diff(asyncio.run(change.inspect())) == ["- NAME=old", "+ NAME=new"]


def test_a_file_that_programs_read_differently_is_told(tmp_path):
    clone = Clone(tmp_path)
    clone.env_file.write_text("NAME=x\nNAME=y\n")
    with pytest.raises(Problem, match="second time"):
        carry_out(clone, NAME="z")


def test_a_file_that_is_no_text_is_left_alone(tmp_path):
    clone = Clone(tmp_path)
    clone.env_file.write_bytes(b"\xff\xfe")
    with pytest.raises(Problem, match="cannot be read"):
        carry_out(clone, NAME="z")
    assert clone.env_file.read_bytes() == b"\xff\xfe"
