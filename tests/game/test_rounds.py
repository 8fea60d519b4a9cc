import msgspec
import pytest

from game import plot
from game.ahead import Ahead
from game.events import EventKind
from game.inputs import ActKind, Close, Join, Leave, Presence
from game.rules import TICK_RATES, UNIT, Mode, Rules
from game.state import PHASES, Phase
from game.world import World

SECOND = 30


def phases(events):
    return [PHASES[e.other] for e in events if e.kind is EventKind.PHASE]


def run(world, ticks):
    return [phase for _ in range(ticks) for phase in phases(world.step([]))]


def until(world, phase, limit=40_000):
    for _ in range(limit):
        if world.phase is phase:
            return world
        world.step([])
    raise AssertionError(f"still {world.phase}")


def test_a_round_goes_through_its_phases_in_their_times(table):
    made = table(round_ms=4_000, results_ms=2_000, moths=0)
    world = made.world
    assert run(world, 60) == []
    made.join(1)
    began, seen = world.tick - 1, []
    for _ in range(9 * SECOND):
        seen += [(world.tick - began, phase) for phase in phases(world.step([]))]
    assert (
        seen
        == [
            (1 + 1 * SECOND, Phase.COUNTDOWN),
            (1 + 2 * SECOND, Phase.PLAY),
            (1 + 6 * SECOND, Phase.RESULTS),
            (1 + 8 * SECOND, Phase.LOBBY),
            (1 + 9 * SECOND, Phase.COUNTDOWN),
        ][: len(seen)]
    )
    assert len(seen) >= 4
    assert world.number == 2


def test_the_end_of_a_phase_is_told_before_it_comes(table):
    made = table()
    made.join(1)
    for _ in range(3):
        ends = made.world.phase_ends
        phase = made.world.phase
        run(made.world, ends - made.world.tick - 1)
        assert made.world.phase is phase
        run(made.world, 1)
        assert made.world.phase is not phase


def test_the_lobby_waits_for_enough_people_and_counts_no_one_who_is_away(table):
    made = table(min_players=2)
    world = made.world
    made.join(1)
    assert run(world, 3 * SECOND) == []
    made.join(2)
    assert world.phase_ends
    world.step([Presence(2, True)])
    assert world.phase_ends == 0
    assert run(world, 3 * SECOND) == []
    world.step([Presence(2, False)])
    assert run(world, SECOND) == [Phase.COUNTDOWN]


def test_all_who_are_here_being_ready_begins_at_once_bots_always_are(table):
    made = table(lobby_ms=60_000)
    world = made.world
    for eid in (1, 2, 3):
        made.join(eid, is_bot=eid == 3)
    world.step([Presence(2, True), made.act(1, ActKind.READY, 1)])
    assert world.phase is Phase.COUNTDOWN


def test_ready_can_be_taken_back_and_is_for_the_lobby(table):
    made = table(lobby_ms=60_000, min_players=2)
    world = made.world
    made.join(1)
    world.step([made.act(1, ActKind.READY, 1)])
    assert world.players[1].ready
    world.step([made.act(1, ActKind.READY, 0)])
    made.join(2)
    assert run(world, 30) == []
    world.step([Close()])
    world.step([made.act(1, ActKind.READY, 1)])
    assert not world.players[1].ready


def test_a_countdown_is_called_off_when_too_few_are_left(table):
    made = table(min_players=2)
    made.join(1, is_bot=True)
    made.join(2, is_bot=True)
    assert made.world.phase is Phase.COUNTDOWN
    assert phases(made.world.step([Leave(2)])) == [Phase.LOBBY]


def test_play_without_anybody_is_over(table):
    made = table()
    made.join(1)
    made.play()
    assert phases(made.world.step([Leave(1)])) == [Phase.RESULTS]


def test_play_begins_at_the_lantern_with_clean_slates(table):
    made = table()
    for eid in range(1, 21):
        made.join(eid)
    before = {eid: player.body.warp for eid, player in made.world.players.items()}
    until(made.world, Phase.COUNTDOWN)
    for _ in range(5):
        made.world.step([made.keys(eid, 8) for eid in range(1, 21)])
    until(made.world, Phase.PLAY)
    for eid, player in made.world.players.items():
        lamp = made.world.lanterns[player.team]
        away = max(abs(player.body.x - lamp.x), abs(player.body.y - lamp.y))
        assert UNIT <= away <= 3 * UNIT
        assert player.body.warp == before[eid] + 1
        assert player.body.load == 0
    spots = {(p.body.x, p.body.y) for p in made.world.players.values()}
    assert len(spots) == 20


def test_a_new_map_comes_after_the_results_and_old_numbers_do_not_come_back(table):
    made = table(round_ms=2_000, results_ms=1_000)
    world = made.world
    made.join(1)
    made.play()
    old_nids, old_tiles = set(world.nodes), bytes(world.terrain.tiles)
    player = made.put(1, world.lanterns[0].tx, world.lanterns[0].ty, (1, 0, 0))
    assert player.load
    warp = world.players[1].body.warp
    until(world, Phase.RESULTS)
    seed = world.seed
    while world.phase is Phase.RESULTS:
        assert not world.remade
        world.step([])
    assert world.remade
    assert (world.changed_nodes, world.removed) == (set(), {})
    assert (world.phase, world.number) == (Phase.LOBBY, 2)
    assert not old_nids & set(world.nodes)
    assert bytes(world.terrain.tiles) != old_tiles
    assert world.seed != seed
    assert world.players[1].body.cargo == (0, 0, 0)
    assert world.players[1].body.warp == warp + 1
    world.step([])
    assert not world.remade


def test_the_next_world_is_the_same_whether_its_map_was_made_ahead_or_at_once(table):
    hashes = []
    for forgets in (False, True):
        made = table(round_ms=1_000, results_ms=6_000, moths=0)
        made.join(1)
        until(made.world, Phase.RESULTS)
        run(made.world, made.world.phase_ends - made.world.tick - 1)
        assert not made.world.upcoming.advance()
        if forgets:  # as after a restart
            made.world.upcoming = None
        made.world.step([])
        assert made.world.phase is Phase.LOBBY
        hashes.append(made.world.hash())
    assert hashes[0] == hashes[1]


class Counted:
    """In place of the next map: counts the slices that each tick asks for."""

    def __init__(self, slices=0):
        self.slices = slices

    def advance(self):
        self.slices += 1


def asked(world, ticks):
    """How many slices each tick asks for."""
    world.upcoming, told = world.upcoming or Counted(), []
    for _ in range(ticks):
        before = world.upcoming.slices
        world.step([])
        told.append(world.upcoming.slices - before)
    return told


@pytest.mark.parametrize("hz", TICK_RATES)
@pytest.mark.parametrize("size", [64, 128, 256, 512])
def test_the_next_map_is_made_a_slice_each_tick_and_ready_in_time(size, hz):
    """By the default times of a round, on every map that a host can choose."""
    rules = Rules(map_tiles=size, tick_hz=hz)
    world = World.create(Rules(map_tiles=64, tick_hz=hz, moths=0, star_every_ms=0), 1)
    world.step([Join(1, "p1")])
    until(world, Phase.PLAY)
    world.rules = msgspec.structs.replace(world.rules, map_tiles=size)  # its land stays small
    while world.upcoming is None:
        world.step([])
    assert world.tick > rules.ticks(30_000 + 5_000)  # not at once: most of play is without it
    world.upcoming = Counted(world.upcoming.slices)
    told = [world.upcoming.slices]
    told += asked(world, world.phase_ends - world.tick - 1)
    if world.phase is Phase.PLAY:
        told += asked(world, 1 + rules.ticks(rules.results_ms) - 1)
    assert set(told) == {1}
    assert sum(told) >= NEEDED[size]


NEEDED = {64: 110, 128: 240, 256: 830, 512: 3_100}
"""A tenth more than the slices that a map took at most, of thirty."""


@pytest.mark.parametrize(("size", "seed"), [(64, 1), (128, 2), (256, 3)])
def test_a_map_takes_no_more_slices_than_there_are_ticks_for(size, seed):
    for teams in (2, 4):
        ahead = Ahead(plot.made(Rules(map_tiles=size, teams=teams), seed))
        ahead.result()
        assert NEEDED[size] * 7 // 10 < ahead.slices <= NEEDED[size]


def test_where_time_is_short_a_tick_makes_more_of_the_next_map(table):
    made = table(round_ms=60_000, results_ms=1_000, moths=0)
    made.join(1)
    until(made.world, Phase.PLAY)
    made.world.step([Close()])
    made.world.upcoming = Counted()
    told = asked(made.world, made.world.phase_ends - made.world.tick - 1)
    assert set(told) <= {3, 4}
    assert sum(told) >= NEEDED[64]


def test_the_host_can_close_every_phase_of_a_rush(table):
    made = table(moths=0)
    made.join(1)
    told = [phases(made.world.step([Close()])) for _ in range(4)]
    assert told == [[Phase.COUNTDOWN], [Phase.PLAY], [Phase.RESULTS], [Phase.LOBBY]]


def test_a_village_is_always_at_play(table):
    made = table(mode=Mode.VILLAGE, moths=0)
    world = made.world
    assert (world.phase, world.phase_ends, len(world.lanterns)) == (Phase.PLAY, 0, 1)
    made.join(1)
    assert phases(world.step([Close()])) == []
    assert run(world, 100) == []
    assert world.phase is Phase.PLAY


@pytest.mark.parametrize("teams", [2, 3, 4])
def test_who_comes_joins_the_smallest_team(table, teams):
    made = table(teams=teams)
    for eid in range(1, 4 * teams + 1):
        made.join(eid)
    sizes = [p.team for p in made.world.players.values()]
    assert [sizes.count(team) for team in range(teams)] == [4] * teams
    made.world.step([Leave(1)])
    gone = sizes[0]
    assert made.join(99).team == gone


def test_of_equal_teams_the_one_that_is_behind_gets_the_next(table):
    made = table()
    made.play_world = made.world
    made.world.lanterns[0].handed = (9, 0, 0)
    assert made.join(1).team == 1
    made.world.step([Join(2, "p2", 1)])
    assert made.join(3).team == 0
