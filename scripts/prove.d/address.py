"""The public address changes while a friend plays, also behind a resolver with a long memory."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from _proof import Proof, say

from lab.address_change import kept_house, move, says_that_it_waits
from support.lab import Lab

TTL_S = 60  # as the record is published
STALE = "waiting until the name leads there"


def main():
    """Once as most friends are, and once behind a cache that has just heard the old address."""
    if os.geteuid():
        sys.exit("The internet is made of network namespaces: run it as root.")
    proof = Proof("address")
    with TemporaryDirectory(prefix="lanternhold-address-") as name, Lab(ipv6=False) as lab:
        folder = Path(name)
        with kept_house(lab, folder / "clone") as home:
            say("without a cache ...")
            tell(proof, "", 10, move(home, folder / "one", to="B", patience_s=30))
            say(f"behind a cache at TTL {TTL_S} ...")
            lab.resolver(True)
            tell(proof, "cached_", 75, move(home, folder / "two", to="A", patience_s=120))
    return proof.finish()


def tell(proof, prefix, bar_s, moved):
    """The figures of one move against their bars."""
    figures, said = moved
    proof.at_most(f"{prefix}dns_right_s", figures["dns_right_s"], 2)
    proof.at_most(f"{prefix}friend_back_s", figures["friend_back_s"], bar_s)
    once = (figures["joins"], figures["resumes"]) == (1, 1)
    proof.holds(f"{prefix}same_body", figures["same_body"] and once)
    if prefix:
        proof.holds("a_cache_was_in_the_way", figures["friend_back_s"] > TTL_S - 5)
        told = any(STALE in line["words"] for line in said)
        proof.holds("client_says_that_it_waits", told and says_that_it_waits(said))


if __name__ == "__main__":
    sys.exit(main())
