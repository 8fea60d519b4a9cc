"""Questions to the person at the terminal; a Ctrl-C there ends them at once."""

import asyncio
import contextlib
import select
import signal
import sys
from collections.abc import Iterator

from deploy import system

ANSWERS = {"y": True, "yes": True, "n": False, "no": False}
LOOK_S = 0.1


def has_somebody() -> bool:
    """Whether a person is here to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def agree(question: str, *, usual: bool = True) -> bool:
    """Yes or no; Enter is what is usual, and the end of the terminal no.

    Raises:
        KeyboardInterrupt: at Ctrl-C, wherever it is asked from.
    """
    answers, shown = {**ANSWERS, "": usual}, "[Y/n]" if usual else "[y/N]"
    with _interruptible():
        while True:
            sys.stderr.write(f"{question} {shown} ")
            sys.stderr.flush()
            typed = _line()
            if not typed:
                sys.stderr.write("\n")
                return False
            if (answer := answers.get(typed.strip().lower())) is not None:
                return answer
            sys.stderr.write(f"Please answer y or n; Enter alone is {'yes' if usual else 'no'}.\n")


def _line() -> str:
    """What is typed. A Ctrl-C just before a blocking read would wait for the next key, too."""
    if sys.stdin.isatty() and not system.IS_WINDOWS:  # there, a console cannot be waited for so
        while not select.select([sys.stdin], [], [], LOOK_S)[0]:
            pass
    return sys.stdin.readline()


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Take Ctrl-C from asyncio, which only asks the task to end when it next waits.

    A question waits for a person and not for the loop: it would go on, and take an Enter for yes.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if _is_being_ended():
            raise KeyboardInterrupt
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _is_being_ended() -> bool:
    """Whether Ctrl-C came before the question could be asked."""
    with contextlib.suppress(RuntimeError):  # no loop runs
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0
    return False
