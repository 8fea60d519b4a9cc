"""The messages that travel every tick, as Python values: INPUT, and SNAP or STEP."""

import msgspec

from game.body import Body, Command


class Input(msgspec.Struct, frozen=True):
    """Commands `first_seq`, `first_seq + 1`, ... and the acknowledgement of a snapshot.

    `ack` is the tick of the newest SNAP received (0: none yet), `hold_ms` how long ago.
    """

    first_seq: int
    commands: tuple[Command, ...]
    ack: int
    hold_ms: int


class Mover(msgspec.Struct, frozen=True, array_like=True):
    """A moving thing in view. Positions in 1/65536 tile, true to 1/64 tile."""

    eid: int
    kind: int  # protocol.hot.KIND_*
    facing: int
    carrying: bool
    dashing: bool
    away: bool
    x: int
    y: int


KIND_PLAYER, KIND_MOTH, KIND_BOT, KIND_STAR = 0, 1, 2, 3
"""KIND_STAR is reserved: no server of this version sends it."""


class NodeView(msgspec.Struct, frozen=True, array_like=True):
    """A resource node or a pile as the wire tells it. Tile coordinates are of the world."""

    nid: int  # 1..65535
    kind: int  # game.nodes.NodeKind
    stock: int  # 0: empty (a pile that is empty is gone)
    tx: int
    ty: int


class Cell(msgspec.Struct, frozen=True):
    """What one SNAP tells of one cell: all of it (`tiles` is set) or the nodes that changed."""

    cx: int
    cy: int
    version: int
    tiles: bytes | None  # cell_tiles^2 tile kinds, row by row; None: a delta to version - 1
    nodes: tuple[NodeView, ...]


class Happening(msgspec.Struct, frozen=True, array_like=True):
    """Something to hear or see once; for show only, never state."""

    kind: int  # game.events.EventKind
    eid: int
    other: int
    amount: int


class Snap(msgspec.Struct, frozen=True):
    """The world as one player may know it after tick `tick`."""

    tick: int
    last_seq: int  # the newest of the player's commands in it
    wait: int  # commands of theirs that were waiting when it was made, -128..127; < 0: late by
    body: Body
    movers: tuple[Mover, ...]
    cells: tuple[Cell, ...]
    happenings: tuple[Happening, ...]


class Step(msgspec.Struct, frozen=True):
    """What makes the Snap of a tick out of that of the tick before (protocol.follow.followed).

    The movers of that Snap are counted in ascending order of eid.
    """

    commands: int  # last_seq grew by so many
    wait: int
    dx: int  # the own body's way, in position units
    dy: int
    counts: bool  # of the own body only times and progress went on, by `commands`
    rest: bytes  # all of the own body but its place, as SNAP has it; empty: as it was
    changes: bytes  # for each mover one of protocol.step's STAYS, MOVES, TURNS, GOES
    ways: bytes  # of those that move or turn: dx, dy in steps of the grid; who turns: state
    came: bytes  # whole records of those who were not there, or went further than a way can tell
    cells: tuple[Cell, ...]
    happenings: tuple[Happening, ...]
