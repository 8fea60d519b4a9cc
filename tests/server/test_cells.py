from random import Random

import pytest

from game.body import Command
from game.ground import CELL_NODES
from game.ground import CELL_TILES as GROUND_CELL_TILES
from game.inputs import Act, ActKind, Close, Commands, Join
from game.rules import UNIT, Rules
from game.world import World
from protocol.cells import CELL_TILES, MAX_NODES, decode_cell
from server.cells import WHOLE_AT_FIRST, WHOLE_PER_SNAP, CellBoard, CellView

RULES = Rules(map_tiles=64, lobby_ms=0, countdown_ms=33, round_ms=20_000, results_ms=100, moths=2)


def decoded(blobs):
    return [decode_cell(blob, 0)[0] for blob in blobs]


class Reader:
    """Keeps cells as a client does; refuses a delta that does not fit."""

    def __init__(self):
        self.cells = {}  # (cx, cy): [version, tiles, nodes]

    def read(self, blobs):
        for cell in decoded(blobs):
            key = (cell.cx, cell.cy)
            if cell.tiles is not None:
                self.cells[key] = [cell.version, cell.tiles, {}]
            else:
                assert self.cells[key][0] == cell.version - 1
                self.cells[key][0] = cell.version
            nodes = self.cells[key][2]
            for node in cell.nodes:
                if node.kind >= 4 and not node.stock:
                    nodes.pop(node.nid, None)
                else:
                    nodes[node.nid] = (node.kind, node.stock, node.tx, node.ty)


def truth(world, cx, cy):
    return {
        nid: (node.kind, node.stock, node.tx, node.ty)
        for nid, node in world.nodes.items()
        if (node.tx // CELL_TILES, node.ty // CELL_TILES) == (cx, cy)
    }


@pytest.mark.parametrize("seed", range(4))
def test_a_reader_knows_the_truth_however_often_it_is_skipped(seed):
    """Players gather and drop at random; a reader that is told all it can see is never wrong."""
    rng = Random(seed)
    world = World.create(RULES, seed)
    board, view, reader = CellBoard(world), CellView(), Reader()
    world.step([Join(1, "a"), Join(2, "b")])
    board.tick()
    for tick in range(400):
        inputs = [Close()] if rng.random() < 0.01 else []
        for eid in (1, 2):
            command = Command(rng.randrange(16), wanted(world, eid))
            inputs.append(Commands(eid, tick + 1, (command,)))
            if rng.random() < 0.03:
                inputs.append(Act(eid, tick + 1, ActKind.DROP))
        if rng.random() < 0.02:  # somebody walks far in no time
            world.players[1].body.x = rng.randrange(64) * UNIT
        world.step(inputs)
        board.tick()
        body = world.players[1].body
        if rng.random() < 0.3:
            view.missed()
            continue
        reader.read(view.news(board, board.at(body.x, body.y)))
    body = world.players[1].body
    for _ in range(10):
        world.step([])
        board.tick()
        reader.read(view.news(board, board.at(body.x, body.y)))
    for cell in board.around(board.at(body.x, body.y)):
        cy, cx = divmod(cell, RULES.map_tiles // CELL_TILES)
        _, tiles, nodes = reader.cells[cx, cy]
        assert nodes == truth(world, cx, cy)
        assert tiles == world.terrain.cell(cx, cy, CELL_TILES)


def wanted(world, eid):
    body = world.players[eid].body
    return min(
        (nid for nid, node in world.nodes.items() if node.stock),
        key=lambda nid: (
            (world.nodes[nid].tx * UNIT - body.x) ** 2 + (world.nodes[nid].ty * UNIT - body.y) ** 2
        ),
        default=0,
    )


def test_a_join_is_told_the_nearest_nine_and_the_rest_by_fours():
    world = World.create(Rules(map_tiles=128), 1)
    board, view = CellBoard(world), CellView()
    x = y = 64 * UNIT
    first = decoded(view.news(board, board.at(x, y)))
    assert len(first) == WHOLE_AT_FIRST
    assert all(abs(cell.cx - 4) <= 1 and abs(cell.cy - 4) <= 1 for cell in first)
    assert (first[0].cx, first[0].cy) == (4, 4)
    counts = [len(view.news(board, board.at(x, y))) for _ in range(5)]
    assert counts == [WHOLE_PER_SNAP] * 4 + [0]


def test_a_change_is_told_as_a_delta_encoded_once():
    world = World.create(RULES, 1)
    board = CellBoard(world)
    views = [CellView(), CellView()]
    nid, node = next(iter(world.nodes.items()))
    x, y = node.tx * UNIT, node.ty * UNIT
    for _ in range(6):
        for view in views:
            view.news(board, board.at(x, y))
    world.step([])
    node.stock -= 1
    world.changed_nodes.add(nid)
    board.tick()
    one, other = (view.news(board, board.at(x, y)) for view in views)
    assert one[0] is other[0]
    (cell,) = decoded(one)
    assert cell.tiles is None
    assert [(seen.nid, seen.stock) for seen in cell.nodes] == [(nid, node.stock)]
    world.step([])
    board.tick()
    assert views[0].news(board, board.at(x, y)) == []


def test_a_reader_who_stands_still_through_a_new_map_is_told_it_like_a_newcomer():
    """The client forgets the old map with the new ROUND: what is not told is not there."""
    world = World.create(RULES, 1)
    world.step([Join(1, "a")])
    board, view, reader = CellBoard(world), CellView(), Reader()
    x = y = 32 * UNIT
    for _ in range(6):
        view.news(board, board.at(x, y))
        board.tick()
    while not world.remade:
        assert view.news(board, board.at(x, y)) == [] or board.changed
        world.step([Close()])
        board.tick()
    first = view.news(board, board.at(x, y))
    assert len(first) == WHOLE_AT_FIRST
    reader.read(first)
    for _ in range(6):
        world.step([])
        board.tick()
        reader.read(view.news(board, board.at(x, y)))
    assert {(cy * 4 + cx) for cx, cy in reader.cells} == set(board.around(board.at(x, y)))
    for (cx, cy), (_, tiles, nodes) in reader.cells.items():
        assert nodes == truth(world, cx, cy)
        assert tiles == world.terrain.cell(cx, cy, CELL_TILES)


@pytest.mark.parametrize("at_once", [1, 90, 300])
def test_a_cell_full_of_piles_is_known_to_the_last_one(at_once):
    world = World.create(RULES, 1)
    board, view, reader = CellBoard(world), CellView(), Reader()
    x = y = 8 * UNIT
    for number in range(780):
        if number % at_once == 0:
            board.tick()
            reader.read(view.news(board, board.at(x, y)))
            world.step([])
        world.ground.lay(number % 3, 1, number // 3 % 16, number // 48)
    board.tick()
    reader.read(view.news(board, board.at(x, y)))
    for _ in range(3):
        world.step([])
        board.tick()
        reader.read(view.news(board, board.at(x, y)))
    assert len(truth(world, 0, 0)) == MAX_NODES == CELL_NODES
    assert CELL_TILES == GROUND_CELL_TILES == RULES.cell_tiles
    assert sum(node.stock for node in world.nodes.values() if node.kind >= 4) == 780
    for (cx, cy), (_, _, nodes) in reader.cells.items():
        assert nodes == truth(world, cx, cy)


def test_a_view_at_the_edge_of_the_map():
    board = CellBoard(World.create(RULES, 1))
    assert len(board.around(0)) == 9
    assert board.around(0)[0] == 0
    assert board.around(15)[0] == board.at(64 * UNIT - 1, 64 * UNIT - 1) == 15


def told_on_the_way(view, board, columns):
    """The cells that somebody is told whole who walks along those columns of cells."""
    told = []
    for column in columns:
        for _ in range(8):
            told += decoded(view.news(board, board.at((column * 16 + 8) * UNIT, 200 * UNIT)))
    return [(cell.cx, cell.cy) for cell in told]


def test_whoever_walks_to_and_fro_is_told_each_cell_once_and_whoever_was_far_away_again():
    board, view = CellBoard(World.create(Rules(map_tiles=512), 1)), CellView()
    there = told_on_the_way(view, board, range(10, 13))
    assert len(set(there)) == len(there) == 5 * 7
    assert told_on_the_way(view, board, (11, 10, 11, 12)) == []
    told_on_the_way(view, board, range(13, 21))
    assert len(told_on_the_way(view, board, (12,))) == 5 * 5
