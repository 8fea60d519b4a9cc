"""Showing logs of embedded mode: their last lines, then what is added."""

import contextlib
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deploy import log_words
from deploy.log_words import Form

STEP_S = 0.2
Written = Callable[[str, str], tuple[float | None, str]]


def last_lines(path: Path, count: int, *, begin: int = 0) -> list[str]:
    """The last lines of a log, oldest first; of those after its byte `begin`.

    A log that has become shorter was turned over in the meantime: all of it is new.
    """
    try:
        with path.open("rb") as file:
            file.seek(begin if begin <= path.stat().st_size else 0)
            return [_text(line) for line in deque(file, maxlen=count)]
    except OSError:
        return []


def sizes(folder: Path) -> dict[str, int]:
    """How many bytes each log has, by its name: where the next line will begin."""
    return {path.stem: path.stat().st_size for path in folder.glob("*.log")}


@dataclass(frozen=True)
class _Line:
    """A line to show, and the Unix time at which it was said, as far as that is known."""

    at: float
    text: str


def show(
    paths: Mapping[str, Path],
    *,
    lines: int,
    until: Callable[[], bool] | None,
    form: Form = Form.RAW,
    out: Callable[[str], object] = sys.stdout.write,
) -> None:
    """Print the last `lines` of all logs together, then follow all until `until` says so.

    Args:
        paths: the logs by name; with more than one, each line is led by its name, and they are
            in the order of their times.
        lines: how many old lines.
        until: None does not follow.
        form: how; in words those of no use to a person are left out.
        out: takes the text.
    """
    written = _form(form, is_named=len(paths) > 1)
    followers = [_Follower(name, path, written) for name, path in paths.items()]

    def print_in_order(found: Iterable[_Line]) -> None:
        for line in sorted(found, key=lambda line: line.at):
            out(f"{line.text}\n")
        sys.stdout.flush()

    with contextlib.ExitStack() as open_files:
        for follower in followers:
            open_files.callback(follower.close)
        old = [line for follower in followers for line in follower.last(lines)]
        print_in_order(sorted(old, key=lambda line: line.at)[-lines:] if lines else [])
        while until is not None:
            is_last_look = until()
            print_in_order(line for follower in followers for line in follower.new())
            if is_last_look:
                return
            time.sleep(STEP_S)


def _form(form: Form, *, is_named: bool) -> Written:
    """The time of a line and the line as it is shown; "" for one of no use to a person."""

    def written(name: str, line: str) -> tuple[float | None, str]:
        said = log_words.read(line)
        if form is Form.JSON:
            return said.at, log_words.as_json(name, line)
        if form is Form.RAW:
            return said.at, f"{name:<7}| {line}" if is_named else line
        return said.at, said.shown(name) if said.words else ""

    return written


class _Follower:
    """One log, across its turning over."""

    def __init__(self, name: str, path: Path, form: Written) -> None:
        self._name = name
        self._path = path
        self._form = form
        self._at = 0.0
        self._file: BinaryIO | None = None

    def last(self, lines: int) -> list[_Line]:
        kept: deque[_Line] = deque(maxlen=lines)
        if self._path.exists():
            self._file = self._path.open("rb")
            kept.extend(self._rest())
        return list(kept)

    def new(self) -> Iterator[_Line]:
        yield from self._rest()
        if self._has_turned():
            self.close()
            self._file = self._path.open("rb")
            yield from self._rest()

    def close(self) -> None:
        if self._file:
            self._file.close()

    def _rest(self) -> Iterator[_Line]:
        for line in self._file or ():
            at, text = self._form(self._name, _text(line))
            self._at = self._at if at is None else at  # a traceback stays with the line before it
            if text:
                yield _Line(self._at, text)

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
