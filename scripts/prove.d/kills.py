"""kill -9 of the server, 50 times, while people hand in: what was told as saved is there, once."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from _proof import Proof, say, timed

from crash.kills import kill_often

KILLS = 50


def main():
    """The books are compared after every kill; the first difference ends the run."""
    proof = Proof("kills")
    say(f"{KILLS} kills, about five seconds each")
    figures = {}
    with TemporaryDirectory(prefix="lanternhold-kills-") as folder, timed(proof, "seconds"):
        try:
            figures = asyncio.run(kill_often(Path(folder), KILLS))
        except AssertionError as difference:
            proof.figure("difference", str(difference))
    for name, value in figures.items():
        proof.figure(name, value)
    proof.holds("books_agree", figures)
    return proof.finish()


if __name__ == "__main__":
    sys.exit(main())
