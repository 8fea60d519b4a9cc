"""The bytes of one cell inside a SNAP: encoded once, shared by all who are told of it."""

import struct
from collections.abc import Iterable
from typing import Final

from game.nodes import NodeKind
from game.terrain import Tile
from protocol.errors import DecodeError, EncodeError
from protocol.hot import Cell, NodeView

CELL_TILES: Final = 16
"""Tiles along the side of a cell. Always: a node's place in its cell is two nibbles."""
TILE_BYTES: Final = CELL_TILES * CELL_TILES // 2
TILE_KINDS: Final = len(Tile)  # 0..8
NODE_KINDS: Final = len(NodeKind)  # 1..6
MAX_NODES: Final = 255

DELTA: Final = 0
WHOLE: Final = 1

HEAD: Final = struct.Struct("<BBHB")  # cx, cy, version, form
NODE: Final = struct.Struct("<HBBB")  # nid, kind, stock, tx % 16 | ty % 16 << 4

_TO_HEX: Final = bytes(b"0123456789abcdef"[i & 15] for i in range(256))
_FROM_HEX: Final = bytes(int(chr(i), 16) if chr(i) in "0123456789abcdef" else 0 for i in range(256))
_TILES: Final = bytes(range(TILE_KINDS))


def encode_cell(cell: Cell) -> bytes:
    """The bytes of `cell`, whole if it has tiles, else a delta to its version - 1."""
    if cell.tiles is None:
        return encode_cell_delta(cell.cx, cell.cy, cell.version, cell.nodes)
    return encode_cell_whole(cell.cx, cell.cy, cell.version, cell.tiles, cell.nodes)


def encode_cell_whole(
    cx: int, cy: int, version: int, tiles: bytes, nodes: Iterable[NodeView]
) -> bytes:
    """All of a cell. `tiles`: 256 tile kinds, row by row. `version` is taken modulo 65536."""
    if len(tiles) != 2 * TILE_BYTES or tiles.translate(None, _TILES):
        raise EncodeError("a cell is 256 tiles of the kinds 0 to 8")
    packed = bytes.fromhex(tiles.translate(_TO_HEX).decode("ascii"))
    return _head(cx, cy, version, WHOLE) + packed + _nodes(cx, cy, nodes)


def encode_cell_delta(cx: int, cy: int, version: int, nodes: Iterable[NodeView]) -> bytes:
    """What changed from `version` - 1 to `version`; a pile with stock 0 is gone."""
    return _head(cx, cy, version, DELTA) + _nodes(cx, cy, nodes)


def _head(cx: int, cy: int, version: int, form: int) -> bytes:
    try:
        return HEAD.pack(cx, cy, version & 0xFFFF, form)
    except struct.error as error:
        raise EncodeError(f"cell: {error}") from error


def _nodes(cx: int, cy: int, nodes: Iterable[NodeView]) -> bytes:
    """The count of nodes and the nodes; all must lie in the cell."""
    records = [_node(cx, cy, node) for node in nodes]
    if len(records) > MAX_NODES:
        raise EncodeError(f"cell {cx},{cy}: more than {MAX_NODES} nodes")
    return bytes((len(records),)) + b"".join(records)


def _node(cx: int, cy: int, node: NodeView) -> bytes:
    tx, ty = node.tx - cx * CELL_TILES, node.ty - cy * CELL_TILES
    if not (0 <= tx < CELL_TILES and 0 <= ty < CELL_TILES):
        raise EncodeError(f"node {node.nid} does not lie in cell {cx},{cy}")
    if not (node.nid and 1 <= node.kind <= NODE_KINDS):
        raise EncodeError(f"node {node.nid}: no such number or kind")
    try:
        return NODE.pack(node.nid, node.kind, node.stock, tx | ty << 4)
    except struct.error as error:
        raise EncodeError(f"node {node.nid}: {error}") from error


def decode_cell(data: bytes, at: int) -> tuple[Cell, int]:
    """The cell at offset `at`, and the offset behind it; DecodeError if there is none."""
    try:
        cx, cy, version, form = HEAD.unpack_from(data, at)
        at += HEAD.size
        tiles = None
        if form == WHOLE:
            tiles = _decode_tiles(data[at : at + TILE_BYTES])
            at += TILE_BYTES
        elif form != DELTA:
            raise DecodeError("cell: neither whole nor delta")
        end = at + 1 + data[at] * NODE.size
    except (struct.error, IndexError) as error:
        raise DecodeError("cell: too short") from error
    nodes = _decode_nodes(data[at + 1 : end], cx * CELL_TILES, cy * CELL_TILES, data[at])
    return Cell(cx, cy, version, tiles, nodes), end


def _decode_tiles(packed: bytes) -> bytes:
    """256 tile kinds. A slice that is too short shows when the count of nodes is missing."""
    tiles = packed.hex().encode("ascii").translate(_FROM_HEX)
    if tiles.translate(None, _TILES):
        raise DecodeError("cell: a tile of no known kind")
    return tiles


def _decode_nodes(records: bytes, left: int, top: int, count: int) -> tuple[NodeView, ...]:
    if len(records) != count * NODE.size:
        raise DecodeError("cell: fewer nodes than it announces")
    nodes = []
    for nid, kind, stock, tile in NODE.iter_unpack(records):
        if not (nid and 1 <= kind <= NODE_KINDS):
            raise DecodeError("cell: a node of no known number or kind")
        nodes.append(NodeView(nid, kind, stock, left + (tile & 15), top + (tile >> 4)))
    return tuple(nodes)
