"""64 bots through Caddy, while Caddy and the server are reloaded, stopped and killed."""

import signal
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from _proof import Proof, say

from support.home import at_home
from support.party import SETTINGS, Party, end, reload_caddy

BOTS = 64
SECONDS = 170
STEADY_S = 7
OLD_SNAPSHOT_S = 28
CADDY_BAR_S = 5
SERVER_BAR_S = 6
FAULTS = {
    "caddy_killed": ("caddy", signal.SIGKILL, CADDY_BAR_S),
    "caddy_restarted": ("caddy", signal.SIGTERM, CADDY_BAR_S),
    "server_restarted": ("server", signal.SIGTERM, SERVER_BAR_S),
    "server_killed": ("server", signal.SIGKILL, SERVER_BAR_S),
}


def main():
    """Everything on this machine, the bots beside the server."""
    proof = Proof("resume")
    with (
        TemporaryDirectory(prefix="lanternhold-resume-") as name,
        at_home(Path(name) / "home", **SETTINGS) as (home, up),
        Party(home, up, count=BOTS, seconds=SECONDS) as party,
    ):
        say(f"{BOTS} bots join ...")
        party.all_in()
        time.sleep(STEADY_S)
        reload(proof, home, party)
        for label in FAULTS:
            befall(proof, home, party, label)
        report = party.report()
    proof.figure("lines_lost", report["disconnects"])
    proof.holds("each_line_was_lost_once_a_fault", report["disconnects"] == BOTS * len(FAULTS))
    proof.holds("resumes_as_many", report["resumes"] == report["disconnects"])
    proof.figure("mispredictions", report["mispredictions"])
    proof.holds("nobody_refused", not report["refused"])
    return proof.finish()


def reload(proof, home, party):
    """Nobody may notice."""
    say("caddy reload ...")
    reload_caddy(home)
    time.sleep(STEADY_S)
    proof.at_most("reload_disconnects", party.count_of("lanternhold_resumes_total"), 0)
    proof.holds("reload_all_still_in", party.are_in())


def befall(proof, home, party, label):
    """One fault: all come back in time, as who they were."""
    program, number, bar_s = FAULTS[label]
    say(f"{label} ...")
    if label == "server_killed":
        time.sleep(OLD_SNAPSHOT_S - STEADY_S)  # with nearly the longest log there may be
    before = party.all_in()
    back_s = party.all_back_s(
        partial(end, home, program, number), is_new_server=program == "server"
    )
    proof.at_most(f"{label}_all_back_s", back_s, bar_s)
    proof.holds(f"{label}_state_kept", is_kept(before, party.players()))
    time.sleep(STEADY_S)


def is_kept(before, after):
    """The same players under the same numbers, and no point lost."""
    return before.keys() == after.keys() and all(
        after[eid]["name"] == one["name"] and after[eid]["score"] >= one["score"]
        for eid, one in before.items()
    )


if __name__ == "__main__":
    sys.exit(main())
