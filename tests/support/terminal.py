"""A program at a real terminal: what it shows, and keys that go through the line discipline."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

PATIENCE_S = 20
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
CTRL_C = "\x03"


class Terminal:
    """Runs `argv` as the foreground of a terminal of its own, `columns` wide."""

    def __init__(self, argv, *, env, columns=80):
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        self.shown = ""
        self._process = subprocess.Popen(
            argv,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={"TERM": "xterm", **env},
            start_new_session=True,
            # Nothing else gives it the terminal; and this has no threads.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )
        os.close(theirs)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def type(self, keys):
        """Press keys; Ctrl-C becomes the signal that a person's would."""
        os.write(self._ours, keys.encode())

    def until(self, words):
        """Read on until it has shown these words."""
        deadline = time.monotonic() + PATIENCE_S
        while words not in self.shown:
            assert self._read(deadline), f"{words!r} never came:\n{self.shown}"

    def end(self):
        """Read to its end; gives the exit code."""
        deadline = time.monotonic() + PATIENCE_S
        while self._read(deadline):
            pass
        return self._process.wait(max(0.1, deadline - time.monotonic()))

    def _read(self, deadline):
        ready, _, _ = select.select([self._ours], [], [], max(0, deadline - time.monotonic()))
        try:
            data = os.read(self._ours, 65536) if ready else b""
        except OSError:  # the last program has closed the terminal
            data = b""
        self.shown += ESCAPES.sub("", data.decode("utf-8", "replace"))
        return bool(data)
