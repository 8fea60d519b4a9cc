"""A house in the lab with name, ports and keeper; its address changes while a friend plays."""

import contextlib
import time

from deploy.clone import Clone
from deploy.ddns import secret
from deploy.ddns.secret import Secret
from deploy.ddns.target import Target
from support.lab import plan
from support.lab.living import await_certificate, living
from support.lab.player import Player

DNS = (
    *("--hostname", plan.NAME, "--provider", "rfc2136", "--user", plan.DDNS_KEY_NAME),
    *("--server", plan.DNS, "--zone", plan.ZONE),
)
KEPT = Target("rfc2136", plan.NAME)
WAITS = "waiting for the server's new address"
LOOK_S = 0.02


@contextlib.contextmanager
def kept_house(lab, folder):
    """A running clone at `home` whose keeper keeps ports and name; friends can come in."""
    with living(lab, folder) as home:
        home.use_lab_authority()
        home.set(
            LANTERNHOLD_DEPLOY_ADDRESS_SOURCES=f"http://{plan.ECHO}/,http://{plan.ECHO_2}/",
            LANTERNHOLD_DEPLOY_MODE="embedded",
        )
        secret.keep(secret.path_for(Clone(home.folder), KEPT), Secret(plan.DDNS_KEY))
        home.run("ports", "open", "--yes")
        home.run("ddns", "update", "--yes", *DNS)
        home.up()
        await_certificate(lab, 20)
        yield home


def move(home, folder, *, to, patience_s):
    """Change the address under a player; gives the figures, and what the player read meanwhile.

    A friend's cache, where there is one, has heard the old address just before: it keeps it for as
    long as it may.
    """
    lab = home.lab
    with Player(lab, home.invite(), folder) as player:
        before = player.is_in()
        if lab.daemons.is_running("unbound"):
            lab.flush_resolver()
            lab.ask_dns(cached=True)
        began_s = time.monotonic()
        lab.change_address(to)
        dns_s = _until(lambda: lab.ask_dns() == [plan.PUBLIC[to]], 10)
        back = player.is_back(patience_s)
        said = [line for line in player.said if before["at"] < line["at"] <= back["at"]]
    return {
        "dns_right_s": dns_s,
        "friend_back_s": back["at"] - began_s,
        "same_body": back["eid"] == before["eid"],
        "joins": back["joins"],
        "resumes": back["resumes"],
    }, said


def says_that_it_waits(said):
    """When the player first read that their game waits for the new address; None for never."""
    return next((line["at"] for line in said if WAITS in line["trying"]), None)


def _until(is_so, timeout_s):
    """Wait for another program's deed; gives how long it took."""
    began_s = time.monotonic()
    while not is_so():
        assert time.monotonic() - began_s < timeout_s
        time.sleep(LOOK_S)
    return time.monotonic() - began_s
