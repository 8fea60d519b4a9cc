"""Moving a server from one mode into the other: the world, the invites and the door's authority.

The order makes an interruption harmless: the old side is only read, the mode is remembered last, so
the same command simply copies again.
"""

import tempfile

from deploy import modes
from deploy.clone import Clone
from deploy.stack import STORES, Say, Stack


def move(clone: Clone, old: Stack, new: Stack, say: Say) -> None:
    """Stop the old side and copy all of it to the new one; both keep their copy.

    Raises:
        Problem: one of the two cannot be read or written.
    """
    old.stop(say)  # also where only what a killed supervisor left behind still runs
    clone.make_state()
    for store in STORES:
        say(f"Taking the {store} along to {new.mode} mode ...")
        with tempfile.TemporaryFile(dir=clone.state) as archive:
            old.pack(store, archive)
            archive.seek(0)
            new.unpack(store, archive)
    modes.remember(clone, new.mode)
