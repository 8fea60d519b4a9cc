"""The vectorised pass of STEP, held against what is found one mover at a time."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from game.body import Body
from game.moth import Moth
from game.player import Player
from game.rules import UNIT
from protocol.follow import followed
from protocol.hot import Snap
from protocol.movers import GRID, MAX_MOVERS, MOVER_REACH, decode_movers, pack_mover
from protocol.step import decode_step as decoded
from protocol.step import encode_step, extended, pack_head
from server import visibility
from server.steps import NO_MORE, Steps
from server.visibility import Movers
from support.difference import difference
from tests.server.test_visibility import movers_of

# A few places close together, about the edge of each other's view, and steps of every size.
busy = st.tuples(
    st.just(4), st.integers(0, 9), st.integers(0, 600), st.just(3), st.sampled_from([0, 5])
)  # facing, dash_left, dash_wait, target, progress
somewhere = st.integers(0, 70 * UNIT)
way = st.integers(-20 * GRID, 20 * GRID) | st.sampled_from(
    [0, -128 * GRID, 127 * GRID, 128 * GRID, -129 * GRID, 40 * UNIT]
)


def snap_of(world, eid, tick, wait=0):
    """All that a player sees, the plain way, as the wire makes it; in ascending order."""
    own = world.players[eid].body
    seen = []
    for mover in movers_of(world):
        dx, dy = mover.x // GRID - own.x // GRID, mover.y // GRID - own.y // GRID
        if mover.eid != eid and all(-MOVER_REACH <= d < MOVER_REACH for d in (dx, dy)):
            seen.append((dx * dx + dy * dy, mover.eid, mover))
    nearest = sorted(sorted(seen)[:MAX_MOVERS], key=lambda one: one[1])
    records = b"".join(pack_mover(mover, own.x, own.y) for _, _, mover in nearest)
    movers = decode_movers(records, own.x, own.y, len(nearest))
    return Snap(tick, world.players[eid].last_seq, wait, replace(own), movers, (), ())


def told(before, step, more):
    """What is known after it."""
    rest, came = more or NO_MORE
    return followed(before, decoded(extended(step, rest, came, [], b"")))


@st.composite
def worlds(draw):
    eids = draw(st.lists(st.integers(1, 59_999), min_size=1, max_size=8, unique=True))
    players = {
        eid: Player(eid, f"p{eid}", 0, Body(draw(somewhere), draw(somewhere), *draw(busy)))
        for eid in eids
    }
    moths = {
        60_000 + number: Moth(60_000 + number, draw(somewhere), draw(somewhere))
        for number in range(draw(st.integers(0, 3)))
    }
    return SimpleNamespace(players=players, moths=moths)


def pass_tick(world, data):
    """Everybody goes some way, stands, turns, or is far away at once."""
    for thing in (*(player.body for player in world.players.values()), *world.moths.values()):
        if data.draw(st.booleans()):
            thing.x = min(max(thing.x + data.draw(way), 0), 100 * UNIT)
            thing.y = min(max(thing.y + data.draw(way), 0), 100 * UNIT)
            thing.facing = data.draw(st.sampled_from([thing.facing, 3]))
    for player in world.players.values():
        commands = data.draw(st.integers(0, 300))
        player.last_seq += commands
        if data.draw(st.booleans()):
            count_on(player.body, commands)
        player.body.target = data.draw(st.sampled_from([player.body.target, 7]))
        player.body.cargo = data.draw(st.sampled_from([player.body.cargo, (1, 0, 0), (0, 0, 0)]))
        player.away = data.draw(st.booleans())


def count_on(body, commands):
    """Time passes and work goes on; it may also stop."""
    body.dash_left = max(0, body.dash_left - commands)
    body.dash_wait = max(0, body.dash_wait - commands)
    body.progress = (body.progress + commands) % 65_536 if body.progress else 0


@settings(max_examples=300, deadline=None)
@given(worlds(), st.integers(1, 40), st.data())
def test_the_vectorised_pass_equals_the_obvious_one(world, block, data):
    """Over some ticks, in which now this one is left out and now that one cannot follow."""
    steps, before = Steps(), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(visibility, "_BLOCK", block)
        for tick in range(1, 5):
            movers = steps.look(world)
            present = [eid for eid in sorted(world.players) if data.draw(st.integers(0, 4))]
            following = [eid for eid in present if eid in before and data.draw(st.integers(0, 4))]
            strangers = [eid for eid in present if eid not in following]
            assert (movers.changed is not None) == (tick > 1)
            waits = {eid: data.draw(st.integers(-128, 127)) for eid in present}
            seen, (made, more) = steps.tell(
                movers, strangers, following, [waits[eid] for eid in following]
            )
            now = {eid: snap_of(world, eid, tick, waits[eid]) for eid in present}
            assert seen == Movers(world).seen_by(strangers)
            for eid, step, extra in zip(following, made, more, strict=True):
                due = difference(before[eid], now[eid])
                assert step == encode_step(replace(due, rest=b"", came=b""))
                assert (extra or NO_MORE) == (due.rest, due.came)
                assert told(before[eid], step, extra) == now[eid]
            before = now
            pass_tick(world, data)


def crowd(count):
    players = {
        eid: Player(eid, f"p{eid}", 0, Body(1_000_000 + eid * 3_000, 5_000_000))
        for eid in range(1, count + 1)
    }
    return SimpleNamespace(players=players, moths={})


def test_of_a_crowd_the_nearest_are_told_and_change_places():
    world, steps, eids = crowd(400), Steps(), [1, 200, 400]
    steps.tell(steps.look(world), eids, [], [])
    before = {eid: snap_of(world, eid, 1) for eid in eids}
    assert len(before[200].movers) == MAX_MOVERS
    for eid in range(100, 300, 3):
        world.players[eid].body.y += 20 * UNIT
    _, (made, more) = steps.tell(steps.look(world), [], eids, [0] * 3)
    for eid, step, extra in zip(eids, made, more, strict=True):
        assert told(before[eid], step, extra).movers == snap_of(world, eid, 2).movers
    assert more[1].came  # somebody came, since somebody went


def test_nobody_follows_when_somebody_came_or_went():
    world, steps = crowd(3), Steps()

    def told():
        steps.tell(movers := steps.look(world), [1, 3], [], [])
        return movers.changed

    assert told() is None
    assert told() == []
    del world.players[2]
    assert told() is None
    world.moths[60_000] = Moth(60_000, 5, 5)
    assert told() is None
    assert told() == []


def test_nobody_is_told():
    world, steps, nothing = crowd(2), Steps(), ([], [])
    assert steps.tell(Movers(world), [], [], []) == ([], nothing)
    assert steps.tell(Movers(world), [1], [], []) == (Movers(world).seen_by([1]), nothing)


def test_alone_in_the_world():
    world, steps = crowd(1), Steps()
    assert steps.tell(steps.look(world), [1], [], []) == ([(b"", 0)], ([], []))
    world.players[1].last_seq += 1
    step = pack_head(1, 0, 0, 0, 0) + b"\0"
    assert steps.tell(steps.look(world), [], [1], [0]) == ([], ([step], [None]))
