"""A fresh clone, nothing cached, no Docker: one command until a bot has joined."""

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from _proof import FreshClone, Proof, timed

COLD_BAR_S = 90
WARM_BAR_S = 4
BOT_S = 1


def main():
    """Measure in a temporary folder; all is taken down afterwards."""
    proof = Proof("fresh")
    with TemporaryDirectory(prefix="lanternhold-fresh-") as name:
        clone = FreshClone(Path(name), LANTERNHOLD_DEPLOY_ADDRESSES="127.0.0.1")
        clone.make()
        try:
            began_s = time.monotonic()
            with timed(proof, "up_s"):
                up = json.loads(clone.lanternhold("up", "--detach", "--json"))
            with timed(proof, "bot_with_its_installation_s"):
                bot = join(clone, up["invite"])
            proof.at_most("until_a_bot_joined_s", time.monotonic() - began_s - BOT_S, COLD_BAR_S)
            proof.holds("bot_joined", bot["joined"] == 1)
            proof.figure("mode", up["mode"])
            clone.lanternhold("down")
            with timed(proof, "warm_up_s", WARM_BAR_S):
                up = json.loads(clone.lanternhold("up", "--detach", "--json"))
            proof.holds("bot_joined_again", join(clone, up["invite"])["joined"] == 1)
        finally:
            clone.lanternhold("down")
    return proof.finish()


def join(clone, invite):
    """What a bot reports that joined by the invite."""
    words = ("bots", "1", "--seconds", str(BOT_S), "--json", "--invite", invite)
    return json.loads(clone.lanternhold(*words))


if __name__ == "__main__":
    sys.exit(main())
