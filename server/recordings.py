"""The folder of recordings: the last minutes that were kept for somebody to look at."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from server import recording
from server.crash import Crash
from server.folder import write_private
from server.store import database
from server.store.past import opened

FOLDER: Final = "recordings"
CRASH, ASKED = "crash", "asked"
KEEP_FILES: Final = 5
"""Of each kind: a server that crashes over and over does not push out what a host asked for."""
KEEP_BYTES: Final = 64 * 2**20
"""Of all together."""
LEFTOVER_S: Final = 600
"""Nobody writes a file for so long."""


class Recordings:
    """The recordings in a data folder, made from its log."""

    def __init__(self, data_dir: Path) -> None:
        self._store = data_dir / database.FILE
        self.folder = data_dir / FOLDER

    def write(self, why: str, crash: Crash | None = None) -> Path:
        """Keep the last minute that is on disk; with the tick that crashed, if it comes next.

        It blocks for as long as reading and packing a minute takes: call it beside the tick.

        Raises:
            HistoryError: when nothing on disk can be replayed.
            OSError: when the file cannot be written.
        """
        self.folder.mkdir(mode=0o700, exist_ok=True)
        now = int(time.time())
        self._clear(now - LEFTOVER_S)
        with opened(self._store) as past:
            history = past.last_minute()
            if crash is not None and crash.tick != history.last + 1:
                crash = replace(crash, inputs=None)
            history = replace(history, crash=crash)
            data = recording.encode(history, why, now)
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        path = self.folder / f"{why}-{stamp}-{history.last}{recording.SUFFIX}"
        write_private(path, data)
        self._prune(path)
        return path

    def _clear(self, before: float) -> None:
        """Let go of what a server that was killed had half written."""
        for file in self.folder.glob(f".*{recording.SUFFIX}.*"):
            if file.stat().st_mtime < before:
                file.unlink()

    def _prune(self, newest: Path) -> None:
        """Let old ones go, never the one just written."""
        files = [
            (file.stat().st_mtime_ns, file)
            for file in self.folder.glob(f"*{recording.SUFFIX}")
            if file != newest
        ]
        size = newest.stat().st_size
        of_kind = {_kind(newest): 1}
        for _, file in sorted(files, reverse=True):
            kind = _kind(file)
            size += file.stat().st_size
            of_kind[kind] = of_kind.get(kind, 0) + 1
            if of_kind[kind] > KEEP_FILES or size > KEEP_BYTES:
                file.unlink()


def _kind(file: Path) -> str:
    return file.name.partition("-")[0]
