import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.body import Body, Keys
from game.motion import move
from game.rules import TICK_RATES, UNIT, Rules
from game.strides import HEADINGS
from game.terrain import Terrain, Tile

ARROWS = (1, 9, 8, 10, 2, 6, 4, 5)  # the keys of each facing, clockwise from up


def meadow(size=64, kind=Tile.GRASS):
    return Terrain(size, bytearray([kind]) * (size * size))


def centre(tx, ty, **more):
    return Body(tx * UNIT + UNIT // 2, ty * UNIT + UNIT // 2, **more)


def begins(body, keys, ground, rules):
    """Move; whether that began a dash."""
    waited = body.dash_wait
    move(body, keys, ground, rules)
    return body.dash_wait > waited


@pytest.mark.parametrize("hz", TICK_RATES)
@pytest.mark.parametrize("load", range(9))
@pytest.mark.parametrize("facing", range(8))
def test_speed_is_true_to_a_thousandth_at_every_rate_load_and_heading(hz, load, facing):
    rules, ground = Rules(tick_hz=hz), meadow()
    body = centre(32, 32, cargo=(load, 0, 0))
    x, y = body.x, body.y
    for _ in range(hz):
        move(body, ARROWS[facing], ground, rules)
    dx, dy = HEADINGS[facing]
    want = rules.speed * (16 - load) / 16 * (0.5**0.5 if dx and dy else 1)
    for moved, way in ((body.x - x, dx), (body.y - y, dy)):
        assert abs(moved - want * way) <= want / 1000
    assert body.facing == facing


@pytest.mark.parametrize("hz", TICK_RATES)
def test_a_dash_lasts_and_reaches_equally_at_every_rate(hz):
    rules, ground, body = Rules(tick_hz=hz), meadow(), centre(20, 20)
    x = body.x
    starts = [t for t in range(3 * hz) if begins(body, Keys.DASH | Keys.RIGHT, ground, rules)]
    assert starts == [0, rules.ticks(rules.dash_wait_ms)]
    ran = rules.step(rules.speed) * (3 * hz + 2 * rules.ticks(rules.dash_ms))
    assert body.x - x == ran


def test_a_dash_goes_on_where_the_body_faces_and_keys_steer_it():
    rules, ground, body = Rules(), meadow(), centre(20, 20, facing=0)
    assert begins(body, Keys.DASH, ground, rules)
    assert body.y < 20 * UNIT + UNIT // 2
    assert not begins(body, Keys.LEFT, ground, rules)
    assert body.x == 20 * UNIT + UNIT // 2 - 2 * rules.step(rules.speed)
    for _ in range(rules.ticks(rules.dash_ms) - 2):
        move(body, 0, ground, rules)
    at = (body.x, body.y)
    move(body, 0, ground, rules)
    assert (body.x, body.y, body.dash_left) == (*at, 0)


def test_opposite_keys_cancel_and_unknown_keys_do_nothing():
    rules, ground, body = Rules(), meadow(), centre(20, 20)
    before = (body.x, body.y, body.facing)
    for keys in (0, 3, 12, 15, 1 << 40, -1 & ~31):
        move(body, keys, ground, rules)
        assert (body.x, body.y, body.facing) == before
    move(body, 7, ground, rules)
    assert body.facing == 6


@pytest.mark.parametrize("kind", [Tile.WATER, Tile.CLIFF])
@pytest.mark.parametrize("facing", [0, 2, 4, 6])
def test_a_body_stops_flush_at_solid_ground_and_slides_along_it(kind, facing):
    rules, ground = Rules(), meadow()
    dx, dy = HEADINGS[facing]
    for side in range(-20, 21):
        tx, ty = 32 + 4 * dx + side * (dy != 0), 32 + 4 * dy + side * (dx != 0)
        ground.tiles[ty * 64 + tx] = kind
    body = centre(32, 32)
    for _ in range(60):
        move(body, ARROWS[facing], ground, rules)
    gap = 3 * UNIT + UNIT // 2 - rules.half_width  # from its middle to the wall, flush
    off = (body.x - centre(32, 32).x) * dx + (body.y - centre(32, 32).y) * dy
    assert gap - 1 <= off <= gap
    at = (body.x, body.y)
    move(body, ARROWS[(facing + 1) % 8], ground, rules)
    assert (body.x, body.y) != at  # the free half of a diagonal still moves


def test_the_map_ends_in_cliffs_and_a_body_in_a_wall_is_not_thrown_about():
    rules, ground, body = Rules(), meadow(8), centre(0, 0)
    for _ in range(30):
        move(body, Keys.LEFT | Keys.UP, ground, rules)
    assert (body.x, body.y) == (rules.half_width, rules.half_width)
    walled = meadow(8, Tile.CLIFF)
    for facing in range(8):
        body = centre(4, 4)
        for _ in range(20):
            move(body, ARROWS[facing], walled, rules)
        assert (body.x // UNIT, body.y // UNIT) == (4, 4)


@pytest.mark.parametrize("kind", [Tile.PATH, Tile.BRIDGE])
def test_a_path_carries_a_part_of_the_load(kind):
    rules = Rules()
    steps = {}
    for ground in (meadow(), meadow(kind=kind)):
        for load in (0, 1, 8):
            body = centre(20, 20, cargo=(0, load, 0))
            move(body, Keys.RIGHT, ground, rules)
            steps[ground.at(0, 0), load] = body.x - centre(20, 20).x
    assert steps[kind, 0] == steps[kind, 1] == steps[Tile.GRASS, 0]
    assert steps[kind, 8] == rules.step(rules.speed) * (16 - 8 + rules.path_eases) // 16


def test_no_load_however_absurd_stops_a_body_for_good():
    body = centre(20, 20, cargo=(50, 0, 0))
    move(body, Keys.RIGHT, meadow(), Rules())
    assert body.x > centre(20, 20).x


@given(
    solid=st.sets(st.integers(0, 255), max_size=120),
    walk=st.lists(st.integers(0, 31), max_size=80),
    hz=st.sampled_from(TICK_RATES),
)
def test_no_walk_ever_ends_inside_solid_ground(solid, walk, hz):
    rules, ground = Rules(tick_hz=hz), meadow(16)
    for i in solid - {8 * 16 + 8}:
        ground.tiles[i] = Tile.CLIFF
    body, half = centre(8, 8), rules.half_width
    for keys in walk:
        for _ in range(3):
            move(body, keys, ground, rules)
            corners = [(body.x + dx, body.y + dy) for dx in (-half, half) for dy in (-half, half)]
            assert not any(ground.is_solid(x // UNIT, y // UNIT) for x, y in corners)
