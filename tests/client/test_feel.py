"""The bars of play over a bad line, on a virtual clock: the line `awful`, nothing of it left out.

A round trip of 150 ms with 40 ms jitter, a stall of 500 ms every 10 s. `scripts/prove feel` holds
the same bars over a real TCP path.
"""

import itertools
from collections import deque
from random import Random

import pytest

from client.network import NETWORKS
from client.sight import Sight
from game.body import Keys
from game.rules import UNIT, Mode, Rules
from game.terrain import Tile
from support import feel
from support.authority import Authority, Pilot, Play
from support.clock import FakeClock
from support.feel import Diary
from support.minds import Mind, hunt, towards, turning

LINE = NETWORKS["awful"]
FRAME_S = Play.FRAME_S
AT_ONCE = {"lobby_ms": 300, "countdown_ms": 300}
DARK = {"light_base": 0, "light_per_level": 0, "light_per_wood": 0, "ember": 0}


class Table:
    """A world, its clock, and people on bad lines; one of them looks."""

    def __init__(self, seed, rules, ground=None):
        self.clock = FakeClock(100.0)
        self.authority = Authority(rules, seed=seed)
        if ground is not None:
            tiles = self.authority.world.terrain.tiles
            tiles[:] = bytes([ground]) * len(tiles)
        self.play = Play(self.authority, self.clock)
        self.seed = seed
        self.ada = self.join("Ada")
        self.diary = Diary(self.ada.session, Sight(self.ada.session))
        self.corrections = deque()
        self.diary._sight._own_draw._corrections = self.corrections  # all of them
        self.play.watchers.append(self.diary.look)
        self.path = {}

    def join(self, name, *, is_bot=False):
        rng = Random(self.seed * 100 + len(self.play.pilots))
        pilot = Pilot(self.authority, self.clock, rng, network=LINE, name=name, is_bot=is_bot)
        return self.play.join(pilot)

    def player(self, pilot):
        """The body's player in the true world, None before it is there."""
        view = pilot.session.view
        return self.authority.world.players.get(view.eid) if view else None

    def time_of(self, tick):
        """When a tick was true."""
        return 100.0 + (tick - 1) / 30


def walking(seed, keys_at, seconds):
    """Bob walks by `keys_at(now)`, Ada beside him; the table, and Bob's eid."""
    rules = Rules(mode=Mode.VILLAGE, map_tiles=128, moths=0, star_every_ms=0)
    table = Table(seed, rules, Tile.GRASS)
    bob = table.join("Bob")
    table.play.run(3)
    for row, pilot in ((62, table.ada), (64, bob)):
        body = table.player(pilot).body
        body.x, body.y, body.warp = 12 * UNIT, row * UNIT, body.warp + 1
    table.play.run(1)
    table.diary.frames.clear()  # from here on nobody is put anywhere

    def each(now):
        there, here = table.player(bob).body, table.player(table.ada).body
        table.path[table.authority.world.tick] = feel.place_of(there)
        bob.session.controls.set(keys_at(now), 0)
        beside = (there.x - here.x, there.y + 2 * UNIT - here.y)
        table.ada.session.controls.set(towards(*beside), 0)

    table.play.run(seconds, each)
    return table, table.player(bob).eid


def hold_others_to_their_bars(table, eid):
    """What can be said of others however they move."""
    frames = table.diary.frames
    skipped = [b.newest - a.newest for a, b in itertools.pairwise(frames)]
    assert max(skipped) > 10, "the server must have skipped what the stalled line did not take"
    stale = feel.staleness_s(frames, table.time_of)
    assert max(stale) > LINE.stall_s, "it must have stalled"
    assert max(stale) <= LINE.stall_s + feel.STALE_BAR_S
    back = feel.steps_back(frames, eid, table.path)
    assert len(back) > 200, "they must have walked straight on now and then"
    assert max(back) <= feel.BACK_BAR
    off = feel.off_path_px(frames, eid, table.path)
    assert max(off) <= feel.OFF_PATH_BAR_PX
    assert feel.percentile(off, 0.99) <= 4
    assert max(feel.paces(frames, eid)) <= feel.LEAP_BAR


@pytest.mark.parametrize("seed", range(3))
def test_somebody_who_walks_straight_on_is_never_drawn_further_back(seed):
    table, eid = walking(seed, lambda _now: Keys.RIGHT, 21)
    xs = [frame.others[eid][0] for frame in table.diary.frames if eid in frame.others][60:]
    assert xs[-1] - xs[0] > 80, "it must have been a long walk"
    assert min(b - a for a, b in itertools.pairwise(xs)) >= -feel.BACK_BAR
    hold_others_to_their_bars(table, eid)


@pytest.mark.parametrize("seed", range(3))
def test_somebody_who_turns_about_stays_on_the_true_path(seed):
    hold_others_to_their_bars(*walking(seed, turning(seed), 31))


def test_the_own_body_moves_on_the_next_frame_through_stalls_too():
    rules = Rules(mode=Mode.VILLAGE, map_tiles=64, moths=0, star_every_ms=0)
    table = Table(5, rules, Tile.GRASS)
    table.play.run(2)

    def each(now):
        is_down = now % 0.5 < 0.2  # pressed at another part of a tick each time
        keys = Keys.RIGHT if int(now * 2) % 2 else Keys.LEFT
        table.ada.session.controls.set(int(keys) if is_down else 0, 0)

    table.play.run(25, each)
    waits = feel.frames_to_move(table.diary.frames)
    assert len(waits) > 40
    assert None not in waits, "there is nothing in the way"
    assert max(waits) <= 1
    assert table.ada.session.figures.mispredictions == 0


def hunted(seed, seconds, **rules):
    """Ada gathers and then roams with it in the dark; moths and four rivals run into her."""
    table = Table(seed, Rules(map_tiles=64, moths=10, **AT_ONCE, **DARK, **rules))
    roam = turning(seed)

    def hunter(pilot):
        def decide(_now, body):
            me, prey = table.player(pilot), table.player(table.ada)
            if not me or not prey or me.team == prey.team:
                return None
            return hunt(body, prey.body)

        return decide

    def carry(now, body):
        return (roam(now), 0) if body.load > 4 else None

    minds = [Mind(table.ada.session, Random(seed), carry)]
    for number in range(7):
        pilot = table.join(f"Bot {number}", is_bot=True)
        minds.append(Mind(pilot.session, Random(number), hunter(pilot)))

    def each(now):
        for mind in minds:
            mind.live(now)

    table.play.run(seconds, each)
    return table


def test_what_the_server_puts_right_is_hardly_seen():
    sizes, disconnects = [], 0
    for seed in range(3):
        table = hunted(seed, 40)
        sizes += feel.px_of(table.corrections)
        disconnects += table.ada.session.figures.disconnects
    assert len(sizes) >= 30, "others must have got in her way"
    assert feel.percentile(sizes, 0.95) <= feel.CORRECTION_BAR_PX
    assert disconnects == 0


def test_a_dash_is_predicted_and_whom_it_meets_is_for_the_server_to_say():
    table = Table(1, Rules(map_tiles=64, moths=0, **AT_ONCE, **DARK), Tile.GRASS)
    bob = table.join("Bob")
    table.play.run(4)
    own, rival = table.player(table.ada), table.player(bob)
    assert own.team != rival.team
    for column, player in ((30, own), (32, rival)):
        body = player.body
        body.x, body.y, body.facing, body.warp = column * UNIT, 32 * UNIT, 2, body.warp + 1
    rival.body.cargo = (4, 0, 0)
    table.play.run(1)
    table.ada.session.controls.set(Keys.RIGHT | Keys.DASH, 0)
    table.play.run(FRAME_S * 2)
    assert table.diary._sight.own.dashing, "at once, not a round trip later"
    table.ada.session.controls.set(Keys.RIGHT, 0)
    seen = []
    table.play.run(1, lambda now: seen.append((now, rival.body.load)))
    met = next(now for now, load in seen if load == 2)
    figures = table.ada.session.figures
    assert met > seen[0][0] + LINE.delay_s / 2, "when the command was there, not when it was made"
    assert figures.mispredictions == 0, "who dashes through somebody goes where they foresaw"
