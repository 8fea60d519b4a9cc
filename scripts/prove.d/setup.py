"""From a stopped server to a friend who plays: one unattended setup; then what its keeper keeps."""

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from _proof import Proof, say

from lab.setting_up import house, set_up, until
from protocol.invite import Invite
from support.lab import Lab, plan
from support.lab.player import Player

SETUP_BAR_S = 20
TOLD_BAR_S = 2
UNTOLD_BAR_S = 30
UP_S = (6, 10.5)  # before it reboots, its age must tell; once just after a look of the keeper's
ROUTERS = {
    "PCP, NAT-PMP and UPnP": {},
    "UPnP alone": {"natpmp": False, "pcp": False, "ipv6": False},
    "NAT-PMP alone": {"igd": "none", "pcp": False, "ipv6": False},
}


def main():
    """Each router in a lab of its own, with a clone that was never set up."""
    if os.geteuid():
        sys.exit("The internet is made of network namespaces: run it as root.")
    proof, worst = Proof("setup"), {"setup": [], "told": [], "untold": []}
    with TemporaryDirectory(prefix="lanternhold-setup-") as name:
        for number, (router, options) in enumerate(ROUTERS.items()):
            say(f"a router that speaks {router} ...")
            with Lab(**options) as lab, house(lab, Path(name, str(number))) as home:
                worst["setup"].append(set_up_and_play(proof, home, Path(name, f"friend{number}")))
                if router != "UPnP alone":  # which has no way to tell
                    worst["told"].append(reboot(lab, announce=True))
                worst["untold"] += [reboot(lab, announce=False, up_s=up_s) for up_s in UP_S]
    proof.figure("routers", list(ROUTERS))
    proof.figure("each_setup_s", [round(took_s, 2) for took_s in worst["setup"]])
    proof.figure("each_untold_s", [round(took_s, 2) for took_s in worst["untold"]])
    proof.at_most("one_command_until_a_friend_plays_s", max(worst["setup"]), SETUP_BAR_S)
    proof.at_most("ports_back_after_a_reboot_that_is_told_s", max(worst["told"]), TOLD_BAR_S)
    proof.at_most("ports_back_after_one_that_is_not_s", max(worst["untold"]), UNTOLD_BAR_S)
    return proof.finish()


def set_up_and_play(proof, home, folder):
    """Seconds from the command until a friend, who knows only the public name, has a snapshot."""
    began_s = time.monotonic()
    code, said, shown = set_up(home)
    if code:
        sys.exit(shown)
    invite = msgspec.structs.replace(
        Invite.parse(said["invite"]),
        name=plan.NAME,
        addresses=(),
        port=443,
        ca_sha256=None,
        outside="",
    )
    with Player(home.lab, invite, folder) as player:
        took_s = player.is_in()["at"] - began_s
    proof.holds("joined_from_outside", said["probe"]["ok"])
    return took_s


def reboot(lab, *, announce, up_s=UP_S[0]):
    """Seconds until a router that forgot everything has both ports again."""
    time.sleep(up_s)
    lab.reboot_router(announce=announce)
    return until(lambda: set(lab.mappings()) == {80, 443}, 60)


if __name__ == "__main__":
    sys.exit(main())
