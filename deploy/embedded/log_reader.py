"""Showing logs of embedded mode: their last lines, then what is added."""

import contextlib
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

STEP_S = 0.2


def last_lines(path: Path, count: int) -> list[str]:
    """The last lines of a log, oldest first."""
    try:
        with path.open("rb") as file:
            return [_text(line) for line in deque(file, maxlen=count)]
    except OSError:
        return []


def show(
    paths: Mapping[str, Path],
    *,
    lines: int,
    until: Callable[[], bool] | None,
    out: Callable[[str], object] = sys.stdout.write,
) -> None:
    """Print the last `lines` of each log, then follow all until `until` says so.

    Args:
        paths: the logs by name; with more than one, each line is led by its name.
        lines: how many old lines of each.
        until: None does not follow.
        out: takes the text.
    """
    followers = [
        _Follower(name if len(paths) > 1 else "", path, out) for name, path in paths.items()
    ]
    with contextlib.ExitStack() as open_files:
        for follower in followers:
            open_files.callback(follower.close)
            follower.show_last(lines)
        while until is not None:
            is_last_look = until()
            for follower in followers:
                follower.show_new()
            sys.stdout.flush()
            if is_last_look:
                return
            time.sleep(STEP_S)


class _Follower:
    """One log, across its turning over."""

    def __init__(self, name: str, path: Path, out: Callable[[str], object]) -> None:
        self._lead = f"{name:<7}| " if name else ""
        self._path = path
        self._out = out
        self._file: BinaryIO | None = None

    def show_last(self, lines: int) -> None:
        for line in last_lines(self._path, lines):
            self._out(f"{self._lead}{line}\n")
        if self._path.exists():
            self._file = self._path.open("rb")
            self._file.seek(0, 2)

    def show_new(self) -> None:
        self._show_rest()
        if self._has_turned():
            self.close()
            self._file = self._path.open("rb")
            self._show_rest()

    def close(self) -> None:
        if self._file:
            self._file.close()

    def _show_rest(self) -> None:
        for line in self._file or ():
            self._out(f"{self._lead}{_text(line)}\n")

    def _has_turned(self) -> bool:
        """Whether the name now belongs to a newer file than the one that is open."""
        try:
            named = self._path.stat().st_ino
        except OSError:
            return False
        return self._file is None or os.fstat(self._file.fileno()).st_ino != named


def _text(line: bytes) -> str:
    """A log line as a terminal may have it: no control character reaches the screen."""
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    return "".join(sign if sign.isprintable() or sign == "\t" else "?" for sign in text)
