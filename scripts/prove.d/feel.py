"""Two minutes over a true TCP path with 150 ms, jitter and stalls: what a friend's window shows."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from _proof import Proof, say

from lab.bad_line import LINE, judged, played
from support import feel
from support.lab import Lab

SECONDS = 110


def main():
    """One friend on the bad line; a walker, three hunters and bots at the house."""
    if os.geteuid():
        sys.exit("The bad line runs between network namespaces: run it as root.")
    proof = Proof("feel")
    say(f"a friend plays for {SECONDS} s over {LINE} each way ...")
    with (
        TemporaryDirectory(prefix="lanternhold-feel-") as folder,
        Lab(ipv6=False, acme=False) as lab,
    ):
        figures = judged(*played(lab, Path(folder), SECONDS))
    bars = {
        "frames_from_key_to_movement": 1,
        "corrections_p95_px": feel.CORRECTION_BAR_PX,
        "longest_step_back_tiles": feel.BACK_BAR,
        "fastest_drawn_walks": feel.LEAP_BAR,
        "off_the_true_path_p99_px": feel.OFF_PATH_BAR_PX,
        "staleness_max_s": LINE["stall"] + feel.STALE_BAR_S,
        "disconnects": 0,
    }
    for name, value in figures.items():
        if name in bars:
            proof.at_most(name, value, bars[name])
        else:
            proof.figure(name, value)
    proof.holds("it_was_a_bad_line", figures["round_trip_ms"] > 140)
    proof.holds("it_stalled", figures["staleness_max_s"] > LINE["stall"])
    proof.holds("others_got_in_the_way", figures["corrections"] >= 10)
    return proof.finish()


if __name__ == "__main__":
    sys.exit(main())
