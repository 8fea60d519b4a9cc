"""The line is cut after each byte of the exchange that resumes, some 900 times."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from _proof import Proof, say, timed

from server import log
from support.bytewise import Stage
from support.house import House


def main():
    """A real session and a real match in this process, on a made-up clock."""
    proof = Proof("every-byte")
    log.configure("error", "json", sys.stderr)
    with TemporaryDirectory(prefix="lanternhold-bytes-") as name, timed(proof, "seconds"):
        house = House(Path(name), tick_hz=20)
        try:
            stage = Stage(house)
            length, _ = stage.exchange()
            say(f"{length} cuts ...")
            acts = [stage.come_back(cut) for cut in range(1, length + 1)]
        finally:
            house.close()
    proof.figure("cuts", length)
    proof.holds("same_body", stage.is_same_body())
    proof.at_most("acts_lost", sum(not stage.done[act] for act in acts), 0)
    proof.at_most("acts_doubled", sum(stage.done[act] - 1 for act in acts if stage.done[act]), 0)
    proof.at_most("tokens_dead", house.value("lanternhold_dead_tokens_total"), 0)
    return proof.finish()


if __name__ == "__main__":
    sys.exit(main())
