"""Takes a lab down when its maker is gone or its time is up.

    python -m support.lab.reaper NAME FOLDER TOKEN TTL_S [MAKER_PID]

It lives outside the lab, so that it does not end with it. TOKEN stands in a file of FOLDER: where
there is another one, a newer lab has taken the name, with a reaper of its own.
"""

import contextlib
import os
import select
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from support.lab.spaces import TOKEN, Spaces

STEP_S = 1.0


def wait(token_file: Path, token: str, ttl_s: float, maker: int | None) -> bool:
    """Wait until the lab should end; returns whether that is this reaper's business."""
    deadline_s = time.monotonic() + ttl_s
    with contextlib.suppress(ProcessLookupError), _watched(maker) as ended:
        while (left_s := deadline_s - time.monotonic()) > 0 and _read(token_file) == token:
            if select.select(ended, [], [], min(left_s, STEP_S))[0]:
                break
    return _read(token_file) in {token, None}


def _read(file: Path) -> str | None:
    try:
        return file.read_text()
    except OSError:
        return None


@contextlib.contextmanager
def _watched(process: int | None) -> Iterator[list[int]]:
    """Descriptors of which one can be read when the process has ended."""
    if process is None:
        yield []
        return
    descriptor = os.pidfd_open(process)
    try:
        yield [descriptor]
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    name, folder, token, ttl_s, *maker = sys.argv[1:]
    if wait(Path(folder, TOKEN), token, float(ttl_s), int(maker[0]) if maker else None):
        Spaces(name).remove()
        shutil.rmtree(folder, ignore_errors=True)
