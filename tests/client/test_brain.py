"""Bots at play: the brain against a true world, through the whole netcode, on a fake clock."""

from random import Random

from client.brain import Brain, Mood
from client.steering import Steering
from game.body import Body, Keys
from game.invariants import broken
from game.motion import move
from game.rules import UNIT, Mode, Rules
from game.terrain import Terrain, Tile
from protocol.hot import KIND_MOTH, Mover
from support.authority import Authority, Pilot, Play
from support.clock import FakeClock

RULES = Rules(mode=Mode.VILLAGE, map_tiles=64, moths=0, star_every_ms=0)


class Player:
    """A pilot with a brain."""

    def __init__(self, play, authority, clock, number):
        rng = Random(number)
        self.pilot = play.join(
            Pilot(authority, clock, rng, delay_s=0.02, name=f"Bot {number}", is_bot=True)
        )
        self.brain, self.seq, self.moods = Brain(rng), 0, set()

    def __call__(self, now):
        session = self.pilot.session
        if session.presence is None or session.presence.prediction.seq == self.seq:
            return
        self.seq = session.presence.prediction.seq
        decision = self.brain.decide(session.view, session.presence.prediction.body)
        self.moods.add(self.brain.mood)
        session.controls.set(decision.keys, decision.target)
        if decision.act:
            session.act(decision.act, 0, now)


def test_bots_gather_and_hand_in():
    clock = FakeClock(10.0)
    authority = Authority(RULES)
    play = Play(authority, clock)
    bots = [Player(play, authority, clock, number) for number in range(2)]

    def each(now):
        for bot in bots:
            bot(now)

    play.run(75, each)
    assert sum(authority.world.lanterns[0].handed) >= 6
    assert broken(authority.world) == []
    assert {Mood.GATHER, Mood.CARRY} <= bots[0].moods


def test_who_carries_flees_from_a_moth_and_dashes():
    clock = FakeClock(10.0)
    authority = Authority(RULES)
    play = Play(authority, clock)
    bot = Player(play, authority, clock, 1)
    play.run(2)
    session, body = bot.pilot.session, authority.world.players[1].body
    moth = Mover(60_000, KIND_MOTH, 0, False, False, False, body.x + UNIT, body.y)
    session.view.movers = (moth,)
    loaded = Body(body.x + 9 * UNIT, body.y, cargo=(1, 0, 0))
    session.view.movers = (Mover(60_000, KIND_MOTH, 0, False, False, False, loaded.x, loaded.y),)
    decision = Brain(Random(1)).decide(session.view, loaded)
    assert decision.keys & Keys.DASH
    empty = Brain(Random(1)).decide(session.view, Body(loaded.x, loaded.y))
    assert not empty.keys & Keys.DASH, "who carries nothing has nothing to fear"


def test_outside_of_play_bots_stand():
    clock = FakeClock(10.0)
    authority = Authority(Rules(map_tiles=64, min_players=2))
    play = Play(authority, clock)
    bot = Player(play, authority, clock, 1)
    play.run(3, bot)
    assert bot.moods == {Mood.IDLE}


def walked(terrain, start, goal, ticks):
    rules, steering = Rules(map_tiles=terrain.size), Steering(Random(1))
    body = Body(start[0] * UNIT + UNIT // 2, start[1] * UNIT + UNIT // 2)
    steering.go(goal)
    for _ in range(ticks):
        move(body, steering.keys(body, terrain), terrain, rules)
    return body.x // UNIT, body.y // UNIT


def test_steering_goes_through_a_gap_one_tile_wide():
    rows = ["        ", "        ", "### ####", "        ", "        "] + ["        "] * 3
    kinds = {"#": Tile.CLIFF, " ": Tile.GRASS}
    terrain = Terrain(8, bytearray(kinds[c] for row in rows for c in row))
    assert walked(terrain, (6, 0), (6, 4), 150) == (6, 4)


def test_steering_gets_round_water_that_was_unknown_when_it_set_out():
    terrain = Terrain(12, bytearray([Tile.GRASS] * 144))
    rules, steering = Rules(map_tiles=12), Steering(Random(1))
    body = Body(2 * UNIT, int(5.5 * UNIT))
    steering.go((9, 5))
    for tick in range(400):
        if tick == 10:
            for ty in range(1, 11):
                terrain.tiles[ty * 12 + 6] = Tile.WATER
        move(body, steering.keys(body, terrain), terrain, rules)
    assert (body.x // UNIT, body.y // UNIT) == (9, 5)


def test_who_has_no_goal_stands():
    assert Steering(Random(1)).keys(Body(5 * UNIT, 5 * UNIT), Terrain.unknown(16)) == 0
