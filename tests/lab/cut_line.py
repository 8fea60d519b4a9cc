"""Friends play over one line, which is cut for a while; and what their acts came to."""

import contextlib
import time
from collections import Counter
from contextlib import ExitStack

import msgspec

from deploy.clone import Clone
from game.inputs import Act
from server.store.database import FILE, Database
from server.store.rows import LINE, decode_inputs
from support.lab.living import living
from support.lab.player import Player

NAMES = ("Ann", "Bob", "Cid", "Dora", "Emil", "Fay", "Gus", "Hal")
OUTSIDE_PORT = 443
SAVED_S = 10


@contextlib.contextmanager
def open_house(lab, folder):
    """A running clone at `home` that friends reach by its public address; gives their invite."""
    with living(lab, folder) as home:
        home.up()
        lab.map_port("home", OUTSIDE_PORT, 8443)
        lab.link(delay=0.02)
        invite = msgspec.structs.replace(
            home.invite(), addresses=(lab.public,), port=OUTSIDE_PORT, outside=""
        )
        yield home, invite


def cut(home, invite, folder, *, friends, seconds, patience_s):
    """Cut the line under so many friends; gives what it came to for each of them.

    Returns:
        back_s: how long after the line was there again each of them played on; noticed_s: how
        long after the cut each of them was told; same_body, acts_lost, acts_doubled.
    """
    lab = home.lab
    with ExitStack() as stack:
        players = [
            stack.enter_context(Player(lab, invite, folder / name, name=name))
            for name in NAMES[:friends]
        ]
        eids = [player.is_in()["eid"] for player in players]
        cut_s = time.monotonic()
        lab.link(loss=1)
        time.sleep(seconds)  # the fault itself
        lab.link(loss=0)
        mended_s = time.monotonic()
        backs = [player.is_back(patience_s) for player in players]
        for player, back in zip(players, backs, strict=True):
            player.wait_for(lambda line, acts=back["acts"] + 1: line["saved"] >= acts, SAVED_S)
        noticed = [
            next(line["at"] for line in player.said if line["state"] == "Waiting")
            for player in players
        ]
    asked = [player.said[-1]["acts"] for player in players]
    saved = [player.said[-1]["saved"] for player in players]
    done = acts_done(home)
    return {
        "back_s": [back["at"] - mended_s for back in backs],
        "noticed_s": [at - cut_s for at in noticed],
        "same_body": [back["eid"] for back in backs] == eids
        and all((back["joins"], back["resumes"]) == (1, 1) for back in backs),
        "acts_lost": sum(
            not done[eid, number]
            for eid, last in zip(eids, saved, strict=True)
            for number in range(1, last + 1)
        ),
        "acts_doubled": sum(count - 1 for count in done.values()),
        "acts": sum(asked),
    }


def acts_done(home):
    """How often each act, by eid and number, stands in the log that makes the world."""
    database = Database(Clone(home.folder).data / FILE)
    try:
        return Counter(
            (given.eid, given.act_id)
            for _, data in database.log(database.meta()[LINE], 0)
            for given in decode_inputs(data)
            if isinstance(given, Act)
        )
    finally:
        database.close()
