from random import Random

import pytest

from client.near_sight import without_people
from game.body import Body
from game.rules import UNIT
from protocol.codec import encode
from protocol.hot import KIND_BOT, KIND_MOTH, KIND_PLAYER, Cell, Happening, Mover, NodeView, Snap
from protocol.snap import decode_snap


def snap(count, seed=1):
    rng = Random(seed)
    movers = tuple(
        Mover(
            eid, rng.choice([KIND_PLAYER, KIND_MOTH, KIND_BOT]), rng.randrange(8),
            rng.random() < 0.5, rng.random() < 0.5, rng.random() < 0.5,
            (50 + rng.randrange(20)) * UNIT, (50 + rng.randrange(20)) * UNIT,
        )
        for eid in range(1, count + 1)
    )  # fmt: skip
    cells = (Cell(1, 2, 3, bytes(256), (NodeView(5, 1, 2, 17, 33),)),)
    return Snap(9, 4, -1, Body(60 * UNIT, 60 * UNIT), movers, cells, (Happening(1, 2, 3, 4),))


@pytest.mark.parametrize("count", [0, 1, 2, 70, 255])
def test_everything_is_left_but_people(count):
    data = encode(snap(count))
    whole = decode_snap(data)
    thin = decode_snap(without_people(data))
    assert thin.movers == tuple(m for m in whole.movers if m.kind == KIND_MOTH)
    assert (thin.tick, thin.body, thin.cells, thin.happenings) == (
        whole.tick, whole.body, whole.cells, whole.happenings,
    )  # fmt: skip


@pytest.mark.parametrize("other", [b"", b"\x81abc", b"\x82", b"\x82" + b"\xff" * 10])
def test_other_frames_pass_as_they_are(other):
    assert without_people(other) == other


def test_a_damaged_snapshot_stays_damaged_and_harms_nobody():
    data = encode(snap(20))
    for length in range(len(data)):
        without_people(data[:length])
