from collections import Counter
from functools import cache

import pytest

from game.generation import generate
from game.nodes import NodeKind
from game.rules import Mode, Rules
from game.symmetry import orbit, order
from game.terrain import Tile

MAPS = [
    (128, 2, Mode.RUSH, 1),
    (128, 4, Mode.RUSH, 2),
    (128, 1, Mode.VILLAGE, 3),
    (96, 2, Mode.RUSH, 4),
    (96, 3, Mode.RUSH, 5),
    (64, 2, Mode.RUSH, 6),
    (64, 4, Mode.RUSH, 7),
    (64, 1, Mode.VILLAGE, 8),
]


@cache
def made(size, teams, mode, seed):
    return generate(Rules(map_tiles=size, teams=teams, mode=mode), seed)


@pytest.fixture(params=MAPS, ids=lambda m: f"{m[0]}-{m[2].value}-{m[1]}")
def spec(request):
    return request.param


@pytest.fixture
def layout(spec):
    return made(*spec)


def flooded(terrain, start):
    seen, queue = {start}, [start]
    for tx, ty in queue:
        for at in ((tx + 1, ty), (tx - 1, ty), (tx, ty + 1), (tx, ty - 1)):
            if at not in seen and not terrain.is_solid(*at):
                seen.add(at)
                queue.append(at)
    return seen


def away(layout, tx, ty):
    return min((tx - x) ** 2 + (ty - y) ** 2 for x, y in layout.lanterns) ** 0.5


def test_every_place_that_can_be_stood_on_can_be_reached(layout):
    terrain = layout.terrain
    walkable = {
        (i % terrain.size, i // terrain.size)
        for i in range(terrain.size**2)
        if not terrain.is_solid(i % terrain.size, i // terrain.size)
    }
    assert flooded(terrain, layout.lanterns[0]) == walkable
    assert walkable.issuperset((tx, ty) for _, tx, ty in layout.nodes)
    assert walkable.issuperset(layout.lanterns)


def test_rotation_gives_every_team_the_same(spec, layout):
    size, turns = spec[0], order(spec[1])
    assert len(layout.lanterns) == spec[1]
    nodes = {(tx, ty): kind for kind, tx, ty in layout.nodes}
    for i, kind in enumerate(layout.terrain.tiles):
        for tx, ty in orbit(i % size, i // size, size, turns):
            assert layout.terrain.at(tx, ty) == kind
    for (tx, ty), kind in nodes.items():
        assert all(nodes[image] == kind for image in orbit(tx, ty, size, turns))
    homes = list(orbit(*layout.lanterns[0], size, turns))
    assert list(layout.lanterns) == homes[: spec[1]]


def test_there_is_as_much_to_gather_as_the_map_is_large(spec, layout):
    count = Counter(kind for kind, _, _ in layout.nodes)
    scale = spec[0] ** 2 / 128**2
    homes = 16 * order(spec[1])
    assert 0 <= 340 * scale + homes - count[NodeKind.TREE] < 8
    assert 0 <= 180 * scale - count[NodeKind.BOULDER] < 5
    assert 0 <= 90 * scale - count[NodeKind.GLIMMER] < 5
    if spec[0] == 128:
        assert 500 <= len(layout.nodes) <= 700


def test_wood_is_near_home_stone_between_and_glimmer_far_out(layout):
    ways = {kind: [] for kind in (NodeKind.TREE, NodeKind.BOULDER, NodeKind.GLIMMER)}
    for kind, tx, ty in layout.nodes:
        ways[kind].append(away(layout, tx, ty))
    mean = {kind: sum(found) / len(found) for kind, found in ways.items()}
    assert mean[NodeKind.TREE] < mean[NodeKind.BOULDER] < mean[NodeKind.GLIMMER]
    assert min(ways[NodeKind.GLIMMER]) > layout.terrain.size / 8
    for x, y in layout.lanterns:
        near = [1 for kind, tx, ty in layout.nodes if (tx - x) ** 2 + (ty - y) ** 2 <= 14**2]
        assert len(near) >= 16


def test_home_is_a_meadow_with_room_to_stand(layout):
    for x, y in layout.lanterns:
        for dy in range(-3, 4):
            for dx in range(-3, 4):
                assert not layout.terrain.is_solid(x + dx, y + dy)
    assert all(away(layout, tx, ty) >= 4 for _, tx, ty in layout.nodes)


def test_no_two_nodes_stand_side_by_side_and_none_on_a_road(layout):
    places = {(tx, ty) for _, tx, ty in layout.nodes}
    assert len(places) == len(layout.nodes)
    for tx, ty in places:
        beside = {(tx + dx, ty + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)} - {(tx, ty)}
        assert not beside & places
        assert layout.terrain.at(tx, ty) not in {Tile.PATH, Tile.BRIDGE}


def test_the_land_is_varied_and_closed_at_its_rim(layout):
    terrain = layout.terrain
    size, count = terrain.size, Counter(terrain.tiles)
    for kind in set(Tile) - {Tile.UNKNOWN, Tile.BRIDGE}:
        assert count[kind] >= size * size // 250, Tile(kind)
    assert count[Tile.UNKNOWN] == 0
    assert count[Tile.WATER] + count[Tile.CLIFF] <= size * size // 3
    for i in range(size):
        for tx, ty in ((i, 0), (i, size - 1), (0, i), (size - 1, i)):
            assert terrain.at(tx, ty) == Tile.CLIFF


def test_most_large_maps_have_bridges():
    bridges = [Tile.BRIDGE in made(*spec).terrain.tiles for spec in MAPS if spec[0] > 64]
    assert sum(bridges) >= len(bridges) - 1


def test_a_seed_is_a_map():
    rules = Rules(map_tiles=64)
    assert generate(rules, 5) == generate(rules, 5)
    assert generate(rules, 5).terrain != generate(rules, 6).terrain


@pytest.mark.parametrize("seed", range(12))
def test_many_seeds_make_whole_maps(seed):
    layout = generate(Rules(map_tiles=64, teams=2 + seed % 3), seed)
    terrain = layout.terrain
    solid = sum(terrain.is_solid(i % 64, i // 64) for i in range(64 * 64))
    assert len(flooded(terrain, layout.lanterns[0])) == 64 * 64 - solid
    assert solid < 64 * 64 // 2


@pytest.mark.parametrize("size", [0, 32, 62, 65, 127])
def test_a_size_that_makes_no_map_is_refused_with_a_sentence(size):
    with pytest.raises(ValueError, match=f"cannot have {size} tiles a side: choose"):
        generate(Rules(map_tiles=size), 1)


@pytest.mark.parametrize("teams", [2, 3, 4])
@pytest.mark.parametrize("seed", range(100, 108))
def test_the_smallest_maps_stay_closed(teams, seed):
    terrain = generate(Rules(map_tiles=64, teams=teams), seed).terrain
    rim = [terrain.at(i, edge) for i in range(64) for edge in (0, 63)]
    rim += [terrain.at(edge, i) for i in range(64) for edge in (0, 63)]
    assert set(rim) == {Tile.CLIFF}
