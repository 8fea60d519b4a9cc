from client.paths import DIAGONAL, STRAIGHT, way
from game.terrain import Terrain, Tile


def drawn(*rows):
    """'#' is water, ' ' grass, '?' unknown."""
    kinds = {"#": Tile.WATER, " ": Tile.GRASS, "?": Tile.UNKNOWN}
    return Terrain(len(rows), bytearray(kinds[c] for row in rows for c in row))


OPEN = drawn(*[" " * 20] * 20)


def cost(start, steps):
    total, at = 0, start
    for step in steps:
        straight = step[0] == at[0] or step[1] == at[1]
        assert max(abs(step[0] - at[0]), abs(step[1] - at[1])) == 1, "no leaps"
        total, at = total + (STRAIGHT if straight else DIAGONAL), step
    return total


def test_open_ground_is_crossed_straight():
    steps = way(OPEN, (2, 2), (8, 5))
    assert steps[-1] == (8, 5)
    assert cost((2, 2), steps) == 3 * DIAGONAL + 3 * STRAIGHT


def test_water_is_gone_round_without_cutting_its_corners():
    lake = drawn("      ", "  ##  ", "  ##  ", "  ##  ", "      ", "      ")
    steps = way(lake, (1, 2), (4, 2))
    assert steps[-1] == (4, 2)
    for (ax, ay), (bx, by) in zip([(1, 2), *steps], steps, strict=False):
        assert not lake.is_solid(bx, by)
        assert not lake.is_solid(ax, by)
        assert not lake.is_solid(bx, ay)


def test_what_is_not_known_may_be_walked():
    wall = drawn("   ", "?##", "   ")
    assert way(wall, (2, 0), (2, 2))[-1] == (2, 2)


def test_what_cannot_be_reached_is_approached():
    island = drawn("      ", "   ###", "   # #", "   ###", "      ", "      ")
    steps = way(island, (0, 2), (4, 2))
    assert steps[-1] == (2, 2)


def test_who_is_there_or_walled_in_stays():
    cell = drawn("###", "# #", "###")
    assert way(OPEN, (3, 3), (3, 3)) == []
    assert way(cell, (1, 1), (9, 9)) == []


def test_a_way_across_a_large_map_costs_little():
    large = Terrain(256, bytearray([Tile.GRASS] * 256 * 256))
    steps = way(large, (2, 2), (250, 250))
    assert len(steps) == 248
