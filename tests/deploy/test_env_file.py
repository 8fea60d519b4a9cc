"""The part of .env that all read alike. tests/stack compares with Compose itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy import env_file


def read(tmp_path, text):
    file = tmp_path / ".env"
    file.write_text(text, encoding="utf-8")
    faults = []
    return env_file.read(file, faults), faults


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *(("plain", "plain"), ("two words", "two words"), ("a=b", "a=b"), ("", "")),
        *(("'a $b #c \"d\"'", 'a $b #c "d"'), ('"two words"', "two words")),
        *(("value # a remark", "value"), ("'v' # a remark", "v"), ("  padded  ", "padded")),
    ],
)
def test_what_is_plain_is_read(tmp_path, written, value):
    assert read(tmp_path, f"KEY={written}\n") == ({"KEY": value}, [])


@pytest.mark.parametrize(
    "written",
    [
        "$HOME",
        "a#b",
        "Ann & Bob # 1",
        '"$HOME"',
        '"a\\n"',
        "it's",
        "#first",
        "'a' b",
        "'open",
        '"open',
        "a\\b",
        "`date`",
    ],
)
def test_what_readers_take_differently_is_refused(tmp_path, written):
    _, faults = read(tmp_path, f"OK=1\nKEY={written}\n")
    assert len(faults) == 1
    assert ".env line 2: the value of KEY" in faults[0]
    assert "single quotes" in faults[0]


def test_a_refused_value_is_not_shown(tmp_path):
    _, faults = read(tmp_path, "KEY=hunter2$\n")
    assert "hunter2" not in faults[0]


def test_a_line_that_is_no_setting_is_told(tmp_path):
    assert read(tmp_path, "# remark\n\nexport A=1\njust words\n")[1] == [
        ".env line 4 is no setting: it must look like NAME=value."
    ]


def test_a_key_twice_is_told(tmp_path):
    assert read(tmp_path, "A=1\nA=2\n")[1] == [".env line 2 sets A a second time."]


def test_no_file_is_no_fault(tmp_path):
    faults = []
    assert env_file.read(tmp_path / ".env", faults) == {}
    assert faults == []


def test_a_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    faults = []
    assert env_file.read(tmp_path / ".env", faults) == {}
    assert "cannot be read" in faults[0]


SAFE = st.text(
    st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="'\\"), max_size=40
)


@given(SAFE)
def test_what_is_quoted_comes_back(tmp_path_factory, value):
    values, faults = read(tmp_path_factory.mktemp("env"), f"KEY={env_file.quote(value)}\n")
    assert (values, faults) == ({"KEY": value}, [])


@pytest.mark.parametrize("value", ["it's", "a\\b", "two\nlines"])
def test_what_cannot_be_written_for_all_is_refused(value):
    with pytest.raises(ValueError, match="no single quote"):
        env_file.quote(value)
