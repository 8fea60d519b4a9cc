from game.terrain import Terrain, Tile


def test_kinds_fit_a_nibble():
    assert max(Tile) < 16
    assert len(set(Tile)) == 9


def test_tiles_lie_row_by_row_and_everything_outside_is_cliff():
    ground = Terrain(4, bytearray(range(16)))
    assert [ground.at(x, y) for x, y in ((0, 0), (3, 0), (0, 1), (3, 3))] == [0, 3, 4, 15]
    for x, y in ((-1, 0), (0, -1), (4, 0), (0, 4)):
        assert ground.at(x, y) == Tile.CLIFF
        assert ground.is_solid(x, y)


def test_only_water_and_cliffs_are_solid_the_unknown_is_not():
    ground = Terrain(3, bytearray(range(9)))
    solid = {Tile(ground.at(i % 3, i // 3)) for i in range(9) if ground.is_solid(i % 3, i // 3)}
    assert solid == {Tile.WATER, Tile.CLIFF}
    assert not any(Terrain.unknown(5).tiles)


def test_a_cell_travels_whole():
    ground = Terrain(32, bytearray(i * 7 % 9 for i in range(1024)))
    copy = Terrain.unknown(32)
    for cy in range(2):
        for cx in range(2):
            copy.set_cell(cx, cy, 16, ground.cell(cx, cy, 16))
    assert copy == ground


def test_a_cell_over_the_edge_is_filled_with_cliff_and_cut_when_laid_down():
    ground = Terrain(6, bytearray([Tile.SAND]) * 36)
    cell = ground.cell(1, 1, 4)
    assert list(cell).count(Tile.SAND) == 4
    assert list(cell).count(Tile.CLIFF) == 12
    copy = Terrain.unknown(6)
    copy.set_cell(1, 1, 4, cell + b"more than a cell")
    assert copy.tiles.count(Tile.SAND) == 4
    assert copy.tiles.count(Tile.CLIFF) == 0
