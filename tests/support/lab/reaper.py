"""Takes a lab down when its maker is gone or its time is up.

    python -m support.lab.reaper NAME FOLDER TTL_S [MAKER_PID]

It lives outside the lab, so that it does not end with it.
"""

import contextlib
import os
import select
import shutil
import sys
import time

from support.lab.spaces import Spaces


def wait(ttl_s: float, maker: int | None) -> None:
    """Return when the maker has ended, or after `ttl_s`."""
    if maker is None:
        time.sleep(ttl_s)
        return
    with contextlib.suppress(ProcessLookupError):
        descriptor = os.pidfd_open(maker)
        select.select([descriptor], [], [], ttl_s)


if __name__ == "__main__":
    name, folder, ttl_s, *maker = sys.argv[1:]
    wait(float(ttl_s), int(maker[0]) if maker else None)
    Spaces(name).remove()
    shutil.rmtree(folder, ignore_errors=True)
