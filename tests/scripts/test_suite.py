import sys

import pytest

from workshop import report, suite
from workshop.report import SetUpError


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "LOG", tmp_path / "logs" / "install.log")
    return tmp_path / "logs" / "install.log"


@pytest.mark.parametrize(
    ("arguments", "is_selection"),
    [
        ([], False),
        (["-x", "-k", "clock"], False),
        (["tests/support"], True),
        (["-x", "tests/support/test_clock.py::test_time_stands_still"], True),
    ],
)
def test_named_tests_are_told_from_options(arguments, is_selection):
    assert suite._has_selection(arguments) is is_selection


def test_a_failed_command_tells_its_last_words_and_what_to_do(log):
    script = "print('first'); print('no room left'); raise SystemExit(3)"
    with pytest.raises(SetUpError, match="no room left") as failure:
        report.run([sys.executable, "-c", script], remedy="Make room.")
    assert "Make room." in str(failure.value)
    assert "first\nno room left\n" in log.read_text()


def test_a_command_that_is_not_there_has_nothing_to_say():
    assert report.quiet(["no-such-program"]) is None
    assert report.quiet([sys.executable, "-c", "raise SystemExit(1)"]) is None
    assert report.quiet([sys.executable, "-c", "print(7)"]) == "7\n"
