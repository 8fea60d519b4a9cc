"""Who hears of what."""

from types import SimpleNamespace

import pytest

from game.body import Body
from game.events import Event, EventKind
from game.player import Player
from game.rules import UNIT
from protocol.hot import Happening
from protocol.snap import GRID, MOVER_REACH, pack_happening
from server.happenings import Happenings
from server.visibility import Movers

REACH = MOVER_REACH * GRID
HERE = 64 * UNIT
ANN, BOB, FAR = 5, 3, 9


@pytest.fixture
def world():
    """Ann and Bob beside each other, of two teams; somebody of Ann's team far away."""
    players = {
        ANN: Player(ANN, "Ann", 0, Body(HERE, HERE)),
        BOB: Player(BOB, "Bob", 1, Body(HERE + UNIT, HERE)),
        FAR: Player(FAR, "Far", 0, Body(HERE, HERE + 2 * REACH)),
    }
    return SimpleNamespace(players=players, moths={})


def heard(world, *events):
    """The kinds that each of the three hears."""
    eids = [FAR, ANN, BOB]  # not in the order in which the world has them
    known = Happenings(world, events).known_to(eids, Movers(world))
    record = len(pack_happening(Happening(1, 0, 0, 0)))
    return {
        eid: [data[at] for at in range(0, len(data), record)]
        for eid, data in zip(eids, known, strict=True)
    }


def test_what_happens_near_is_heard_by_who_is_near(world):
    event = Event(EventKind.TOOK, ANN, FAR, 1, HERE, HERE)  # a node may be numbered like a player
    assert heard(world, event) == {ANN: [event.kind], BOB: [event.kind], FAR: []}


def test_as_far_as_one_sees_one_hears(world):
    def at(x, y):
        return Event(EventKind.DASHED, FAR, 0, 0, x, y)

    edges = (at(HERE - REACH, HERE), at(HERE + REACH - 1, HERE + REACH - 1), at(HERE, HERE - REACH))
    beyond = (at(HERE - REACH - 1, HERE), at(HERE + REACH, HERE), at(HERE, HERE - REACH - 1))
    assert heard(world, *edges)[ANN] == [EventKind.DASHED] * 3
    assert heard(world, *beyond)[ANN] == []


def test_everybody_hears_of_the_round(world):
    event = Event(EventKind.STAR_WARNING, 0, 0, 40, 0, 0)
    assert heard(world, event) == {eid: [event.kind] for eid in (ANN, BOB, FAR)}


def test_a_team_is_pointed_to_something_wherever_it_is_and_no_rival(world):
    event = Event(EventKind.POINTED, ANN, 7, 0, HERE, HERE)
    assert heard(world, event) == {ANN: [event.kind], FAR: [event.kind], BOB: []}
    gone = Event(EventKind.POINTED, 77, 7, 0, HERE, HERE)
    assert heard(world, gone) == {ANN: [], BOB: [], FAR: []}


def test_all_of_it_in_one_tick(world):
    took = Event(EventKind.TOOK, ANN, 1, 1, HERE, HERE)
    phase = Event(EventKind.PHASE, 0, 2, 1)
    told = heard(world, took, phase, took)
    assert sorted(told[BOB]) == sorted([took.kind, phase.kind, took.kind])
    assert told[FAR] == [phase.kind]


def test_amounts_beyond_the_wire_are_told_as_its_largest(world):
    event = Event(EventKind.STAR_FELL, 0, 70_000, 70_000)
    (data, *_) = Happenings(world, [event]).known_to([ANN], Movers(world))
    assert data == pack_happening(Happening(event.kind, 0, 0xFFFF, 0xFFFF))
