from game.ahead import Ahead
from game.roads import Roads
from game.terrain import Terrain, Tile

KINDS = {".": Tile.GRASS, "~": Tile.WATER, "#": Tile.CLIFF}
SIGNS = {**{v: k for k, v in KINDS.items()}, Tile.PATH: "+", Tile.BRIDGE: "=", Tile.ROCK: "r"}


def land(text):
    rows = [line.strip() for line in text.split()]
    return Terrain(len(rows), bytearray(KINDS[sign] for row in rows for sign in row))


def seen(terrain):
    size = terrain.size
    return ["".join(SIGNS[k] for k in terrain.tiles[y * size :][:size]) for y in range(size)]


def test_roads_share_ways_and_bridge_water_two_lanes_wide():
    terrain = land("\n".join(["############", *["#....~~....#"] * 10, "############"]))
    roads = Roads(terrain, 1, [0] * 144)
    Ahead(roads.build((3, 5), [(8, 5), (10, 5)])).result()
    picture = seen(terrain)
    assert sum(row.count("=") for row in picture) == 4
    assert terrain.at(3, 5) == terrain.at(8, 5) == terrain.at(10, 5) == Tile.PATH
    assert sum(row.count("+") for row in picture) == 6  # three tiles on each side


def test_what_is_built_for_one_is_built_for_all():
    terrain = land("\n".join(["############", *["#..........#"] * 10, "############"]))
    Ahead(Roads(terrain, 4, [0] * 144).build((3, 3), [(6, 3)])).result()
    paved = {i for i, kind in enumerate(terrain.tiles) if kind == Tile.PATH}
    assert len(paved) == 4 * 3 + 4  # the four roads meet: each is three tiles and a shared one


def test_small_pockets_are_closed_as_what_is_around_them():
    terrain = land(
        """
        ############
        #..........#
        #..###.....#
        #..#.#.....#
        #..###.~~~.#
        #......~.~.#
        #......~~~.#
        #..........#
        #..........#
        #..........#
        #..........#
        ############
        """
    )
    Ahead(Roads(terrain, 1, [0] * 144).connect((1, 1))).result()
    assert terrain.at(4, 3) == Tile.CLIFF
    assert terrain.at(8, 5) == Tile.WATER


def test_a_large_place_gets_a_pass_or_a_bridge():
    wall = "#" * 20
    for barrier, way in (("#", Tile.ROCK), ("~", Tile.BRIDGE)):
        rows = [wall, *["#" + "." * 8 + barrier * 2 + "." * 8 + "#"] * 18, wall]
        terrain = land("\n".join(rows))
        Ahead(Roads(terrain, 1, [0] * 400).connect((4, 4))).result()
        assert 2 <= terrain.tiles.count(way) <= 4
        assert terrain.tiles.count(Tile.PATH) == 0
