"""SNAP: the grid of moving things, shared cells, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.body import Body
from game.nodes import NodeKind
from game.terrain import Terrain, Tile
from protocol.cells import encode_cell
from protocol.errors import DecodeError, EncodeError
from protocol.hot import KIND_MOTH, KIND_PLAYER, Cell, Happening, Mover, NodeView, Snap
from protocol.movers import decode_movers
from protocol.snap import (
    GRID,
    MAX_MOVERS,
    MOVER_BYTES,
    MOVERS_AT,
    decode_snap,
    encode_cell_delta,
    encode_cell_whole,
    encode_snap,
    encode_snap_parts,
    mover_state,
    pack_happening,
    pack_mover,
)

UNIT = 65_536
BODY = Body(10 * UNIT, 10 * UNIT)
GRASS = bytes([Tile.GRASS]) * 256


def mover(**changes):
    fields = {"eid": 7, "kind": KIND_PLAYER, "facing": 2, "x": 12 * UNIT, "y": 9 * UNIT}
    flags = {"carrying": False, "dashing": False, "away": False}
    return Mover(**(fields | flags | changes))


def parts(body=BODY, movers=b"", n=0, cells=(), happenings=b"", **changes):
    numbers = {"tick": 5, "last_seq": 4, "wait": 1} | changes
    return encode_snap_parts(
        numbers["tick"], numbers["last_seq"], numbers["wait"], body, movers, n, cells, happenings
    )


def test_an_empty_snap_is_its_head_and_three_counts():
    assert MOVERS_AT == 34
    assert len(parts()) == 36
    assert decode_snap(parts()) == Snap(5, 4, 1, BODY, (), (), ())


@given(st.integers(0, 3), st.integers(0, 7), st.booleans(), st.booleans(), st.booleans())
def test_the_state_byte_holds_all_there_is(kind, facing, carrying, dashing, away):
    state = mover_state(kind, facing, carrying, dashing, away)
    assert 0 <= state <= 255
    record = pack_mover(
        mover(kind=kind, facing=facing, carrying=carrying, dashing=dashing, away=away), 0, 0
    )
    assert len(record) == MOVER_BYTES
    assert record[2] == state
    (told,) = decode_movers(record, 0, 0, 1)
    assert (told.kind, told.facing) == (kind, facing)
    assert (told.carrying, told.dashing, told.away) == (carrying, dashing, away)


@given(st.data())
def test_a_mover_is_told_to_within_half_a_step_of_the_grid(data):
    own = data.draw(st.tuples(st.integers(0, 1 << 27), st.integers(0, 1 << 27)))
    reach = st.integers(-31 * UNIT, 31 * UNIT)
    one = mover(x=own[0] + data.draw(reach), y=own[1] + data.draw(reach))
    (told,) = decode_movers(pack_mover(one, *own), *own, 1)
    assert abs(told.x - one.x) <= GRID // 2
    assert abs(told.y - one.y) <= GRID // 2


@given(st.integers(0, 3 * GRID), st.integers(0, 3 * GRID))
def test_who_stands_still_does_not_shimmer_while_i_walk(x, y):
    standing = mover()
    places = {
        (told.x, told.y)
        for walked in range(0, 4 * GRID, 331)
        for own in [(x + BODY.x + walked, y + BODY.y)]
        for told in decode_movers(pack_mover(standing, *own), *own, 1)
    }
    assert len(places) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"x": 42 * UNIT},
        {"x": -22 * UNIT - 1},
        {"y": 42 * UNIT},
        {"y": -22 * UNIT - 1},
        {"kind": 4},
        {"kind": -1},
        {"facing": 8},
        {"facing": -1},
        {"eid": 65_536},
        {"eid": -1},
    ],
)
def test_a_mover_out_of_bounds_is_not_sent(wrong):
    with pytest.raises(EncodeError):
        pack_mover(mover(**wrong), BODY.x, BODY.y)


def test_the_edge_of_the_view_is_thirty_two_tiles_away():
    for x in (42 * UNIT - 1, -22 * UNIT):
        assert len(pack_mover(mover(x=x), BODY.x, BODY.y)) == MOVER_BYTES


def test_a_whole_cell_reads_like_a_hex_dump():
    tiles = bytes([Tile.GRASS, Tile.WATER, Tile.CLIFF, Tile.SAND]) + GRASS[4:]
    node = NodeView(300, NodeKind.GLIMMER, 2, 16 + 5, 32 + 9)
    data = encode_cell_whole(1, 2, 7, tiles, [node])
    assert data.hex() == "0102070001" + "1674" + "11" * 126 + "01" + "2c01030295"
    snap = decode_snap(parts(cells=[data]))
    assert snap.cells == (Cell(1, 2, 7, tiles, (node,)),)


def test_every_kind_of_tile_goes_through():
    tiles = bytes(range(len(Tile))) + GRASS[len(Tile) :]
    (cell,) = decode_snap(parts(cells=[encode_cell_whole(0, 0, 0, tiles, [])])).cells
    assert cell.tiles == tiles
    ground = Terrain.unknown(32)
    ground.set_cell(1, 1, 16, tiles)
    assert ground.cell(1, 1, 16) == tiles


def test_a_delta_is_its_nodes_and_versions_wrap():
    node = NodeView(1, NodeKind.TREE, 0, 0, 0)
    data = encode_cell_delta(0, 0, 65_537, [node])
    assert data.hex() == "0000010000" + "01" + "0100010000"
    assert decode_snap(parts(cells=[data])).cells == (Cell(0, 0, 1, None, (node,)),)
    assert encode_cell(Cell(0, 0, 1, None, (node,))) == data


@pytest.mark.parametrize(
    "node",
    [
        NodeView(0, 1, 0, 0, 0),
        NodeView(65_536, 1, 0, 0, 0),
        NodeView(1, 0, 0, 0, 0),
        NodeView(1, 7, 0, 0, 0),
        NodeView(1, 1, 256, 0, 0),
        NodeView(1, 1, 0, 16, 0),
        NodeView(1, 1, 0, 0, -1),
    ],
)
def test_a_node_out_of_bounds_is_not_sent(node):
    with pytest.raises(EncodeError):
        encode_cell_delta(0, 0, 1, [node])


@pytest.mark.parametrize("tiles", [b"", GRASS[1:], bytes([9]) + GRASS[1:]])
def test_a_cell_that_is_none_is_not_sent(tiles):
    with pytest.raises(EncodeError):
        encode_cell_whole(0, 0, 1, tiles, [])


def test_a_cell_outside_every_world_or_too_full_is_not_sent():
    with pytest.raises(EncodeError):
        encode_cell_whole(256, 0, 1, GRASS, [])
    full = [NodeView(nid, 1, 1, 0, 0) for nid in range(1, 256)]
    assert len(encode_cell_delta(0, 0, 1, full)) == 6 + 255 * 5
    with pytest.raises(EncodeError, match="255"):
        encode_cell_delta(0, 0, 1, [*full, full[0]])


@pytest.mark.parametrize(
    "cell",
    [
        "00",
        "0000010000",  # no count
        "000001000001",  # no node
        "00000100000101000100",  # half a node
        "0000010002" + "00",  # neither whole nor delta
        "0000010001" + "11" * 127,  # half the ground
        "0000010001" + "11" * 128,  # no count
        "0000010001" + "1f" * 128 + "00",  # no such tile
        "0000010000" + "01" + "0000010000",  # node 0
        "0000010000" + "01" + "0100000000",  # kind 0
        "0000010000" + "01" + "0100070000",  # kind 7
    ],
)
def test_a_broken_cell_is_refused(cell):
    with pytest.raises(DecodeError):
        decode_snap(parts()[:34] + b"\x01" + bytes.fromhex(cell))


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (10, 1),  # reserved flags
        (14, 0x80),  # x below 0
        (14, 0x10),  # x beyond the largest world
        (18, 0x80),
        (18, 0x10),
        (19, 8),  # facing
        (33, 1),  # a mover that is not there
        (34, 1),  # a cell that is not there
        (35, 1),  # a happening that is not there
    ],
)
def test_a_broken_head_or_count_is_refused(at, value):
    data = bytearray(parts())
    data[at] = value
    with pytest.raises(DecodeError):
        decode_snap(bytes(data))


def test_a_snap_cut_anywhere_is_refused():
    cell = encode_cell_whole(0, 0, 1, GRASS, [NodeView(1, 1, 1, 0, 0)])
    data = parts(
        movers=pack_mover(mover(), BODY.x, BODY.y),
        n=1,
        cells=[cell],
        happenings=pack_happening(Happening(1, 2, 3, 4)),
    )
    assert decode_snap(data).happenings == (Happening(1, 2, 3, 4),)
    for end in range(len(data)):
        with pytest.raises(DecodeError):
            decode_snap(data[:end])


def test_parts_joined_are_the_message_encoded():
    seen = (mover(), mover(eid=60_000, kind=KIND_MOTH, x=0, y=0))
    cell = Cell(1, 1, 3, GRASS, ())
    heard = (Happening(3, 7, 0, 2), Happening(10, 0, 2, 1))
    joined = parts(
        movers=b"".join(pack_mover(one, BODY.x, BODY.y) for one in seen),
        n=2,
        cells=[encode_cell(cell)],
        happenings=b"".join(map(pack_happening, heard)),
    )
    assert joined == encode_snap(Snap(5, 4, 1, BODY, seen, (cell,), heard))


@pytest.mark.parametrize(
    "wrong",
    [
        {"movers": b"\0" * 6},
        {"n": 1},
        {"movers": b"\0" * 6 * 256, "n": 256},
        {"cells": [b""] * 256},
        {"happenings": b"\0" * 8},
        {"happenings": b"\0" * 7 * 256},
        {"tick": -1},
        {"last_seq": 1 << 32},
        {"wait": 128},
        {"body": Body(-1, 0)},
        {"body": Body(0, 1 << 28)},
        {"body": Body(0, 0, facing=8)},
        {"body": Body(0, 0, cargo=(256, 0, 0))},
        {"cells": [b"\0" * 70_000]},
    ],
)
def test_parts_that_do_not_fit_are_not_sent(wrong):
    with pytest.raises(EncodeError):
        parts(**wrong)


def test_a_crowd_is_told_up_to_255():
    crowd = pack_mover(mover(), BODY.x, BODY.y) * MAX_MOVERS
    assert len(decode_snap(parts(movers=crowd, n=MAX_MOVERS)).movers) == MAX_MOVERS


def test_a_happening_saturates_and_refuses_what_cannot_be():
    assert pack_happening(Happening(10, 0, 2, 70_000)).hex() == "0a00000200ffff"
    with pytest.raises(EncodeError):
        pack_happening(Happening(1, 65_536, 0, 0))
