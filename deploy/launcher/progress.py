"""A progress bar of the standard library; plain lines where nobody watches a terminal."""

import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

WIDTH = 30
NARROW = 60  # columns, where a terminal does not tell
QUIET_S = 5.0  # without a terminal, one line this often is enough


class Progress:
    """Steps of a known number, on stderr: stdout belongs to the command's own answer."""

    def __init__(
        self,
        title: str,
        total: int,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._title = title
        self._total = max(total, 1)
        self._stream = stream or sys.stderr
        self._clock = clock
        self._done = 0
        self._begun = clock()
        self._said = self._begun
        self._is_terminal = self._stream.isatty()

    def __enter__(self) -> Self:
        self._stream.write(f"{self._title} ...\n")
        self._stream.flush()
        return self

    def step(self, what: str) -> None:
        """One more step begins."""
        self._done = min(self._done + 1, self._total)
        self.say(what)

    def say(self, what: str) -> None:
        """Show what is being done, without a step."""
        if self._is_terminal:
            self._draw(what)
        elif self._clock() - self._said >= QUIET_S:
            self._said = self._clock()
            self._stream.write(f"{self._title}: {self._done}/{self._total} {what}\n")
        self._stream.flush()

    def _draw(self, what: str) -> None:
        full = WIDTH * self._done // self._total
        bar = "#" * full + "-" * (WIDTH - full)
        line = f"[{bar}] {self._done}/{self._total} {what}"
        self._stream.write("\r\x1b[K" + line[: self._width() - 1])

    def _width(self) -> int:
        """Of the very terminal that is written to: a line that is too long cannot be taken back."""
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or NARROW
        except (OSError, ValueError):
            return NARROW

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._is_terminal:
            self._stream.write("\r\x1b[K")
        if kind is None:
            self._stream.write(f"{self._title}: done in {self._clock() - self._begun:.0f} s\n")
        self._stream.flush()
