"""A friend plays over a true TCP path that is late, uneven and stalls, with others at the house."""

import contextlib

import msgspec

from support import feel
from support.lab.living import Bots, living
from support.lab.onlooker import HUNTER, LOOKER, WALKER, Onlooker

LINE = {"delay": 0.075, "jitter": 0.02, "stall": 0.5, "every": 10}
"""Both ways: a round trip of 150 ms with 40 ms jitter, and half a second of nothing each 10 s."""
HUNTERS, BOTS = 3, 3


def played(lab, folder, seconds):
    """What the friend's window showed and what was true: (friend, walker)."""
    settings = {
        "LANTERNHOLD_SERVER_LOBBY_SECONDS": 6,
        "LANTERNHOLD_SERVER_ROUND_SECONDS": 3600,
        "LANTERNHOLD_SERVER_MAP_TILES": 64,
        "LANTERNHOLD_SERVER_SEED": 3,
    }
    with living(lab, folder / "clone", **settings) as home, contextlib.ExitStack() as stack:
        home.up()
        lab.map_port("home", 443, 8443)
        lab.link(**LINE)
        inside = home.invite()
        outside = msgspec.structs.replace(inside, addresses=(lab.public,), port=443, outside="")

        def person(role, invite, host):
            one = Onlooker(lab, invite, role, host=host, seconds=seconds)
            stack.callback(one.stop)
            return one

        friend = person(LOOKER, outside, "friend")
        walker = person(WALKER, inside, "home")
        hunters = [person(f"{HUNTER} {number}", inside, "home") for number in range(HUNTERS)]
        bots = Bots(lab, inside, folder / "bots", host="home", count=BOTS, seconds=seconds + 8)
        stack.callback(bots.stop)
        told = friend.told(), walker.told()
        for one in hunters:
            one.told()
    return told


def judged(friend, walker):
    """The figures of that play; see `support.feel` for each."""
    frames = [feel.Frame(*frame)._replace(others=_eids(frame[3])) for frame in friend["frames"]]
    path, hz, eid = _ticks(walker["path"]), walker["hz"], walker["eid"]
    began = min(at - tick / hz for tick, at in walker["times"])  # of the world, seen at the house
    frames = [frame for frame in frames if frame.shown in _span(path)]
    stale = feel.staleness_s(frames, lambda tick: began + tick / hz)
    back, off = feel.steps_back(frames, eid, path), feel.off_path_px(frames, eid, path)
    return {
        "round_trip_ms": feel.percentile(friend["rtt_ms"], 0.5),
        "frames": len(frames),
        "keys_tried": len(friend["waits"]),
        "keys_without_movement": friend["waits"].count(None),  # water or a cliff is in the way
        "frames_from_key_to_movement": max(n for n in friend["waits"] if n is not None),
        "corrections": len(friend["corrections_px"]),
        "corrections_p95_px": feel.percentile(friend["corrections_px"] or [0.0], 0.95),
        "steps_judged": len(back),
        "longest_step_back_tiles": max(back),
        "fastest_drawn_walks": max(feel.paces(frames, eid)),
        "longest_step_back_after_stops_tiles": max(feel.steps_back(frames, eid, path, pause=99)),
        "off_the_true_path_p99_px": feel.percentile(off, 0.99),
        "staleness_p50_s": feel.percentile(stale, 0.5),
        "staleness_max_s": max(stale),
        "disconnects": friend["disconnects"],
    }


class _span:  # noqa: N801 - reads as a word
    """Whether a tick, with a fraction, is within a path."""

    def __init__(self, path):
        self._first, self._last = min(path), max(path)

    def __contains__(self, tick):
        return self._first <= tick <= self._last


def _ticks(pairs):
    return {tick: tuple(place) for tick, place in pairs}


def _eids(others):
    return {int(eid): tuple(place) for eid, place in others.items()}
