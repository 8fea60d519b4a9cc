"""The line of eight friends is cut for 30 s and comes back: who is in again when, what was lost."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from _proof import Proof, say

from lab.cut_line import cut, open_house
from support.lab import Lab

CUT_S = 30
BACK_BAR_S = 2
FRIENDS = 8


def main():
    """In the lab: packets vanish, as on a line that is really down."""
    if os.geteuid():
        sys.exit("The internet is made of network namespaces: run it as root.")
    proof = Proof("cut")
    with TemporaryDirectory(prefix="lanternhold-cut-") as name, Lab(ipv6=False) as lab:
        folder = Path(name)
        with open_house(lab, folder / "clone") as (home, invite):
            say(f"{FRIENDS} friends, {CUT_S} s ...")
            came_to = cut(home, invite, folder, friends=FRIENDS, seconds=CUT_S, patience_s=30)
    proof.figure("noticed_s", max(came_to["noticed_s"]))
    proof.figure("first_back_s", min(came_to["back_s"]))
    proof.at_most("last_back_s", max(came_to["back_s"]), BACK_BAR_S)
    proof.holds("same_body", came_to["same_body"])
    proof.figure("acts", came_to["acts"])
    proof.at_most("acts_lost", came_to["acts_lost"], 0)
    proof.at_most("acts_doubled", came_to["acts_doubled"], 0)
    return proof.finish()


if __name__ == "__main__":
    sys.exit(main())
