import subprocess
import sys

import pytest

from support.compose import clean_environment
from support.source import ROOT
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


def test_tests_that_run_in_the_background_hear_ctrl_c():
    heard = "import signal, sys; sys.exit(signal.getsignal(signal.SIGINT) == signal.SIG_IGN)"
    begun = "import subprocess, sys; from workshop.__main__ import main; main(['test', '--help'])"
    begun += f"; sys.exit(subprocess.run([sys.executable, '-c', {heard!r}]).returncode)"
    deaf = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]
    environment = clean_environment(PYTHONPATH=ROOT / "scripts")
    assert subprocess.run([*deaf, sys.executable, "-c", heard], check=False).returncode == 1
    done = subprocess.run([*deaf, sys.executable, "-c", begun], env=environment, check=False)
    assert done.returncode == 0


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
