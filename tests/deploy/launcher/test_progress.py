import fcntl
import io
import os
import pty
import struct
import termios

import pytest

from deploy import system
from deploy.launcher.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_a_terminal_gets_one_moving_line():
    screen = Terminal()
    with Progress("Installing", 2, screen, Clock()) as progress:
        progress.step("rich")
        progress.step("numpy")
    lines = screen.getvalue().split("\r\x1b[K")
    assert lines[0] == "Installing ...\n"
    assert lines[1] == "[" + "#" * 15 + "-" * 15 + "] 1/2 rich"
    assert lines[-1] == "Installing: done in 0 s\n"


def test_elsewhere_a_line_every_few_seconds_is_enough():
    log, clock = io.StringIO(), Clock()
    with Progress("Installing", 3, log, clock) as progress:
        progress.step("rich")
        clock.now += 6
        progress.step("numpy")
        progress.step("typer")
    assert log.getvalue() == ("Installing ...\nInstalling: 2/3 numpy\nInstalling: done in 6 s\n")


def test_more_steps_than_expected_stay_in_the_bar():
    log, clock = io.StringIO(), Clock()
    with Progress("Installing", 1, log, clock) as progress:
        for name in ("a", "b"):
            clock.now += 6
            progress.step(name)
    assert "1/1 b" in log.getvalue()


def test_a_failure_claims_no_success():
    log = io.StringIO()
    with pytest.raises(RuntimeError), Progress("Installing", 1, log, Clock()):
        raise RuntimeError
    assert "done" not in log.getvalue()


@pytest.mark.skipif(system.IS_WINDOWS, reason="a pty is Unix's")
@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_moving_line_is_never_wider_than_the_terminal(columns):
    """What is too wide wraps, and each step would leave a line behind."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    with (
        os.fdopen(theirs, "w", encoding="utf-8") as screen,
        Progress("I" * 70, 2, screen) as progress,
    ):
        os.read(ours, 4096)  # the title
        progress.step("a-package-with-a-name-" + 100 * "x")
        shown = os.read(ours, 4096).decode()
    os.close(ours)
    assert len(shown.split("\r\x1b[K")[-1]) == columns - 1
