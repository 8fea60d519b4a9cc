from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.body import Body
from game.moth import Moth
from game.player import Player
from protocol.hot import KIND_BOT, KIND_MOTH, KIND_PLAYER, Mover
from protocol.snap import GRID, MAX_MOVERS, MOVER_REACH, pack_mover
from server import visibility
from server.settings import PREFIX, SettingsError, load
from server.visibility import EDGE, Movers

places = st.integers(min_value=0, max_value=EDGE * GRID + GRID - 1)
near = st.integers(min_value=30 * 65_536, max_value=34 * 65_536)  # about the edge of view
eighths = st.integers(min_value=0, max_value=7)


@st.composite
def bodies(draw):
    where = near if draw(st.booleans()) else places
    return Body(
        x=draw(where),
        y=draw(where),
        facing=draw(eighths),
        dash_left=draw(st.integers(0, 3)),
        cargo=draw(st.sampled_from([(0, 0, 0), (1, 0, 0), (0, 2, 3)])),
    )


@st.composite
def worlds(draw):
    eids = draw(st.lists(st.integers(1, 59_999), min_size=1, max_size=12, unique=True))
    players = {
        eid: Player(
            eid, f"p{eid}", 0, draw(bodies()), away=draw(st.booleans()), is_bot=draw(st.booleans())
        )
        for eid in eids
    }
    moths = {
        60_000 + number: Moth(60_000 + number, draw(places), draw(places), draw(eighths))
        for number in range(draw(st.integers(0, 4)))
    }
    return SimpleNamespace(players=players, moths=moths)


def movers_of(world):
    for player in world.players.values():
        body = player.body
        kind = KIND_BOT if player.is_bot else KIND_PLAYER
        yield Mover(
            player.eid,
            kind,
            body.facing,
            body.load > 0,
            body.dash_left > 0,
            player.away,
            body.x,
            body.y,
        )
    for moth in world.moths.values():
        yield Mover(moth.eid, KIND_MOTH, moth.facing, False, False, False, moth.x, moth.y)


def plainly(world, eid):
    """What a player sees, by the protocol's own encoder and no cleverness."""
    own = world.players[eid].body
    seen = []
    for mover in movers_of(world):
        dx, dy = mover.x // GRID - own.x // GRID, mover.y // GRID - own.y // GRID
        is_near = all(-MOVER_REACH <= d < MOVER_REACH for d in (dx, dy))
        if is_near and mover.eid != eid:
            seen.append((dx * dx + dy * dy, mover.eid, pack_mover(mover, own.x, own.y)))
    seen.sort()
    return b"".join(data for _, _, data in seen[:MAX_MOVERS]), min(len(seen), MAX_MOVERS)


@given(worlds(), st.integers(1, 40))
def test_the_vectorised_pass_equals_the_protocols_encoder(world, block):
    """In blocks of one viewer and of several, as a crowd is."""
    eids = sorted(world.players)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(visibility, "_BLOCK", block)
        assert Movers(world).seen_by(eids) == [plainly(world, eid) for eid in eids]


@given(worlds(), st.integers(1, 40), st.data())
def test_what_happens_is_heard_by_who_can_see_the_place(world, block, data):
    eids = sorted(world.players)
    place = st.builds(SimpleNamespace, x=places | near, y=places | near)
    events = data.draw(st.lists(place, max_size=6))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(visibility, "_BLOCK", block)
        heard = Movers(world).heard_by(eids, events)
    for eid, told in zip(eids, heard, strict=True):
        own = world.players[eid].body
        ways = [(e.x // GRID - own.x // GRID, e.y // GRID - own.y // GRID) for e in events]
        reach = range(-MOVER_REACH, MOVER_REACH)
        assert told == [at for at, (dx, dy) in enumerate(ways) if dx in reach and dy in reach]


def test_the_largest_map_is_well_within_what_can_be_compared(tmp_path):
    sizes = [size for size in (64, 128, 256, 512, 1024, 2048) if fits(size, tmp_path)]
    assert max(sizes) == 512
    assert max(sizes) * 65_536 // GRID <= EDGE


def fits(tiles, folder):
    """Whether a server may be set up with a map of that size."""
    try:
        return load({f"{PREFIX}MAP_TILES": str(tiles)}, folder).map_tiles == tiles
    except SettingsError:
        return False


def test_a_crowd_is_cut_to_the_nearest():
    players = {
        eid: Player(eid, f"p{eid}", 0, Body(1_000_000 + eid * 3_000, 5_000_000))
        for eid in range(1, 401)
    }
    world = SimpleNamespace(players=players, moths={})
    seen = Movers(world).seen_by([1, 200])
    assert seen == [plainly(world, 1), plainly(world, 200)]
    assert seen[0][1] == MAX_MOVERS


def test_nobody_looks():
    world = SimpleNamespace(players={}, moths={60_000: Moth(60_000, 5, 5)})
    assert Movers(world).seen_by([]) == []


def test_alone_in_the_world():
    world = SimpleNamespace(players={3: Player(3, "c", 0, Body(5, 5))}, moths={})
    assert Movers(world).seen_by([3]) == [(b"", 0)]
