"""Made-up moments of a game, the same every time: for pictures, for tests, for whoever draws."""

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from client.draw.join import JoinPicture, Recent
from client.draw.picture import STALLED, ChatLine, Pending, Phase, Picture, StarView, Trouble
from client.drawn import DrawnMover, DrawnSelf
from client.figures import Figures
from client.verdict import WELL, Evidence, judge
from game.generation import Layout, generate
from game.nodes import TRAITS, Node, NodeKind
from game.rules import Rules
from game.terrain import Terrain
from protocol import reasons
from protocol.hot import KIND_BOT, KIND_MOTH, KIND_PLAYER
from protocol.messages import RosterEntry, Standing
from protocol.reasons import Reason

RULES: Final = Rules(map_tiles=96)
_SEED: Final = 1
_WALKED: Final = ((65, 74, 2.3), (42, 50, 2.0))  # where, in tiles; so many cells around
_WORK: Final = 40_001  # the node that the player works on

_PEOPLE: Final = (
    RosterEntry(1, "Ada", 0, 23, True, False, False),
    RosterEntry(2, "Björn", 0, 39, True, False, False),
    RosterEntry(3, "Chloé", 1, 18, True, False, False),
    RosterEntry(4, "Dmitri", 1, 28, False, False, False),
    RosterEntry(5, "Wick", 0, 9, True, False, True),
    RosterEntry(6, "Tallow", 1, 12, True, False, True),
    RosterEntry(7, "Ελένη", 1, 4, False, True, False),
)


@cache
def _layout() -> Layout:
    return generate(RULES, _SEED)


@cache
def _seen() -> Terrain:
    """The land where somebody was: around home, and out to the middle of the map."""
    whole, side = _layout().terrain, RULES.cell_tiles
    seen = Terrain.unknown(whole.size)
    for cy in range(whole.size // side):
        for cx in range(whole.size // side):
            if any(math.dist((cx, cy), (x / side, y / side)) < far for x, y, far in _WALKED):
                rows = range(cy * side, (cy + 1) * side)
                tiles = b"".join(whole.tiles[ty * whole.size + cx * side :][:side] for ty in rows)
                seen.set_cell(cx, cy, side, tiles)
    return seen


def _nodes(layout: Layout) -> dict[int, Node]:
    nodes = {}
    for nid, (kind, tx, ty) in enumerate(layout.nodes, 1):
        full = TRAITS[kind].stock
        nodes[nid] = Node(kind, full - (nid * 7 % 5 == 0) * (nid % (full + 1)), tx, ty)
    return nodes


def _near_home(x: float, y: float) -> tuple[DrawnMover, ...]:
    def mover(eid: int, kind: int, dx: float, dy: float, facing: int, **more: bool) -> DrawnMover:
        flags = {"moving": True, "carrying": False, "dashing": False, "away": False} | more
        return DrawnMover(eid, kind, x + dx, y + dy, facing, **flags)

    return (
        mover(2, KIND_PLAYER, 3.2, 1.8, 6, carrying=True),
        mover(3, KIND_PLAYER, -5.4, -2.2, 3, carrying=True),
        mover(4, KIND_PLAYER, -6.6, 1.2, 2, dashing=True),
        mover(5, KIND_BOT, 1.4, -3.2, 5),
        mover(6, KIND_BOT, 8.6, 3.4, 0, moving=False),
        mover(7, KIND_PLAYER, 6.2, -4.2, 4, moving=False, away=True),
        mover(60_001, KIND_MOTH, -10.4, 2.6, 2),
        mover(60_002, KIND_MOTH, -9.0, -5.2, 3),
        mover(60_003, KIND_MOTH, 11.5, -5.4, 6),
    )


def _chat(*said: tuple[str, int, str, bool]) -> tuple[ChatLine, ...]:
    count = len(said)
    return tuple(ChatLine(*words, age_s=2.0 * (count - i)) for i, words in enumerate(said))


def play(now: float = 12.4, phase: Phase = "play") -> Picture:
    """A round in full swing, near the own lantern."""
    layout = _layout()
    homes = layout.lanterns
    standings = tuple(
        Standing(71 - 9 * team, (17 - 8 * team, 7 + team, 3), 3 - team, 118 - 30 * team, x, y)
        for team, (x, y) in enumerate(homes)
    )
    x, y = homes[0][0] + 4.5, homes[0][1] + 2.6
    nodes = _nodes(layout)
    work = (round(x), round(y) - 2)
    nodes = {nid: node for nid, node in nodes.items() if (node.tx, node.ty) != work}
    nodes[_WORK] = Node(NodeKind.TREE, 3, *work)
    nodes[_WORK + 1] = Node(NodeKind.PILE_WOOD, 4, work[0] - 9, work[1] + 4)
    nodes[_WORK + 2] = Node(NodeKind.GLIMMER, 3, work[0] + 8, work[1] - 1)
    return Picture(
        now=now,
        rules=RULES,
        terrain=_seen(),
        nodes=nodes,
        roster={person.eid: person for person in _PEOPLE},
        eid=1,
        own=DrawnSelf(x, y, 0, True, False, 0.7, (3, 2, 1), _WORK, 0.62),
        others=_near_home(x, y),
        phase=phase,
        number=3,
        seconds_left=167.0,
        standings=standings,
        star=StarView(homes[0][0] + 9, homes[0][1] + 8, 11.2),
        server="Ada's kitchen",
        near=_WORK,
        figures=_figures(),
        pending=(Pending(9, 0.6, saved=False), Pending(6, 1.0, saved=True)),
        chat=_chat(
            ("Björn", 0, "stone please, level 4 is close", True),
            ("Dmitri", 1, "nice dash :)", False),
            ("", -1, "Ελένη lost the line; the body waits 60 s.", False),
        ),
    )


def _figures() -> Figures:
    figures = Figures(
        rtt_ms=34, echo_ms=58, jitter_ms=6.2, stale_ms=41, delay_ms=112, wait_ticks=1.3,
        clock_rate=1.004, mispredictions=2, snapshots=4212, skipped=7,
        bytes_in=1_904_220, bytes_out=210_034, resumes=1, tick=128_340, ticks_per_s=30.0,
        late_ms=0, fps=60, snapshots_per_s=29.9, skipped_per_s=0.1,
        in_per_s=13_470, out_per_s=1_460, verdict=WELL,
    )  # fmt: skip
    for index in range(200):
        figures.rtts.append(30 + (index * 37 % 17) + 60 * (index % 61 == 0))
        figures.gaps.append(33 + (index * 29 % 9) - 4 + 50 * (index % 73 == 0))
    return figures


def stalling(now: float = 12.4) -> Picture:
    """A line that stalls, and its owner did not ask."""
    scene = play(now)
    seen = Evidence(heard_s=5, stall_s=0.8)
    return replace(scene, figures=replace(scene.figures, verdict=judge(seen), stale_ms=240))


def lobby(now: float = 12.4) -> Picture:
    """Before a round: some are ready."""
    scene = play(now, "lobby")
    return replace(
        scene,
        seconds_left=18.0,
        star=None,
        pending=(),
        chat=scene.chat[:2],
        roster=_unready(scene.roster),
        hints=True,
    )


def _unready(roster: Mapping[int, RosterEntry]) -> dict[int, RosterEntry]:
    return {
        eid: RosterEntry(eid, e.name, e.team, 0, e.ready and eid != 1, e.away, e.is_bot)
        for eid, e in roster.items()
    }


def results(now: float = 12.4) -> Picture:
    """After a round."""
    return replace(play(now, "results"), seconds_left=9.0, star=None, pending=(), chat=())


def far_away(now: float = 12.4) -> Picture:
    """Full hands, far out in the dark, the home out of view."""
    scene = play(now)
    x, y = scene.terrain.size * 0.44, scene.terrain.size * 0.52
    own = DrawnSelf(x, y, 2, True, True, 0.1, (2, 3, 3), 0, 0.0)
    moths = (
        DrawnMover(60_001, KIND_MOTH, x - 3.5, y - 1.5, 2, True, False, False, False),
        DrawnMover(4, KIND_PLAYER, x + 3, y + 1.5, 6, True, True, False, False),
    )
    return replace(scene, own=own, others=moths, pending=(), near=0, star=None)


def star_falls(now: float = 12.4) -> Picture:
    """The moment before a star strikes."""
    scene = play(now)
    own = scene.own
    if own is None:
        return scene
    return replace(scene, star=StarView(round(own.x) + 4, round(own.y) + 2, 0.35), pending=())


def waiting(now: float = 12.4) -> Picture:
    """The line is down."""
    trouble = Trouble(reasons.sentence(None), 3, 2.4, "")
    return replace(play(now), trouble=trouble, pending=(), seconds_left=None)


def stalled(now: float = 12.4) -> Picture:
    """Nothing was heard for a moment, over a line that is made bad on purpose."""
    figures = replace(_figures(), rtt_ms=168, stale_ms=730)
    return replace(
        play(now),
        trouble=Trouble(STALLED, 0, 0.0, "", is_stalled=True),
        figures=figures,
        network="mobile",
    )


_RECENTS: Final = (
    Recent("Ada's kitchen", "192.168.1.20:8443"),
    Recent("The Tower", "tower.example.org:8443"),
)


def join(now: float = 5.2) -> JoinPicture:
    """Somebody who was here before."""
    return JoinPicture(now, "Ada", "", recents=_RECENTS)


def joining(now: float = 5.2) -> JoinPicture:
    """On the way in."""
    link = "lanternhold://join/AZPNIPywnQ0fZ2pk7aVh0Rk3vWJb8mE5uQxTgYs6LrD1oKcXtH4a"
    steps = (
        "Reading the invite",
        "Looking for lanternhold.internal",
        "Knocking at 192.168.1.20 and 1 more",
        "Checking that the server is the one in the invite",
    )
    return JoinPicture(now, "Ada", link, recents=_RECENTS, steps=steps)


def refused(now: float = 5.2) -> JoinPicture:
    """It did not work, and why."""
    problem = Reason.EXPIRED.sentence
    return replace(joining(now), steps=(), problem=problem)


def full_name(now: float = 5.2) -> JoinPicture:
    """A name as long as it may be, of letters with marks, all of it selected."""
    name = "Z\u0351g\u0308" * 4
    hint = "only 16 characters fit"
    return JoinPicture(now, name, "", focus="name", selected=True, name_hint=hint)
