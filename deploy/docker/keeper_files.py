"""The three folders that the keeper's container is given, and as whom it runs.

It runs as the user whom these files belong to, so that 0600 stays 0600. Where that is root, it runs
as nobody in particular, and the folders are that nobody's: root reads and writes them all the same,
and what root writes there later gets the folder's owner (see clone.write_private).
"""

import os

from deploy import system
from deploy.clone import Clone

NOBODY = 10001
FOLDERS = ("ledger", "secrets", "ddns")


def user() -> str:
    """As whom the container runs, for Compose: "1000:1000"."""
    if system.IS_WINDOWS or os.geteuid() == 0:
        return f"{NOBODY}:{NOBODY}"
    return f"{os.geteuid()}:{os.getegid()}"


def prepare(clone: Clone) -> None:
    """Make the folders before Docker does, which would make them root's, and everybody's to see."""
    for name in FOLDERS:
        folder = clone.state / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not system.IS_WINDOWS and os.geteuid() == 0:
            for path in (folder, *folder.iterdir()):
                os.chown(path, NOBODY, NOBODY)
