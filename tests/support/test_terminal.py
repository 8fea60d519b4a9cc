"""The terminal that tests sit at."""

import sys

import pytest

from deploy import system
from support.terminal import CTRL_C, Terminal

pytestmark = pytest.mark.skipif(system.IS_WINDOWS, reason="a pty is Unix's")

ECHO = "import sys; print('isatty', sys.stdin.isatty()); print('said', input('? ').upper())"
WAIT = (
    "import signal; waited = {signal.SIGINT}; signal.pthread_sigmask(signal.SIG_BLOCK, waited); "
    "print('ready', flush=True); print('came', signal.Signals(signal.sigwait(waited)).name)"
)
WIDTH = "import os; print('columns', os.get_terminal_size().columns)"


def at(program, **options):
    return Terminal([sys.executable, "-c", program], env={}, **options)


def test_what_is_typed_arrives_and_what_is_shown_is_read():
    with at(ECHO) as terminal:
        terminal.until("? ")
        terminal.type("words\n")
        assert terminal.end() == 0
    assert "isatty True" in terminal.shown
    assert "said WORDS" in terminal.shown


def test_ctrl_c_is_a_signal():
    with at(WAIT) as terminal:
        terminal.until("ready")
        terminal.type(CTRL_C)
        assert terminal.end() == 0
    assert "came SIGINT" in terminal.shown


def test_it_is_as_wide_as_it_is_told():
    with at(WIDTH, columns=57) as terminal:
        assert terminal.end() == 0
    assert "columns 57" in terminal.shown
