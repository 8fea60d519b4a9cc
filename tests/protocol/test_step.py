"""STEP: with the Snap before it the same as a whole SNAP; what is refused."""

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from game.body import Body
from protocol.client_conversation import ClientConversation
from protocol.codec import decode_server, encode
from protocol.errors import DecodeError, EncodeError, Refused
from protocol.follow import followed
from protocol.hot import KIND_PLAYER, Happening, Mover, Snap, Step
from protocol.movers import GRID, pack_mover
from protocol.own_body import MAX_POSITION, pack_rest
from protocol.reasons import Reason
from protocol.snap import decode_snap, encode_snap
from protocol.step import GOES, MOVES, STAYS, TURNS, decode_step, encode_step
from support.difference import difference
from tests.protocol import reference, strategies

UNIT = 65_536
BODY = Body(10 * UNIT, 10 * UNIT)


def mover(eid, **changes):
    fields = {"kind": KIND_PLAYER, "facing": 2, "x": 12 * UNIT + 512, "y": 9 * UNIT + 512}
    flags = {"carrying": False, "dashing": False, "away": False}
    return Mover(eid, **(fields | flags | changes))


def snap(*movers, tick=5, **changes):
    told = {"last_seq": 4, "wait": 1, "body": BODY, "cells": (), "happenings": ()} | changes
    return Snap(tick, movers=movers, **told)


def step(**changes):
    nothing = {
        "commands": 1, "wait": 1, "dx": 0, "dy": 0, "counts": False, "rest": b"", "changes": b"",
        "ways": b"", "came": b"", "cells": (), "happenings": (),
    }  # fmt: skip
    return Step(**(nothing | changes))


def in_order(told):
    return replace(told, movers=tuple(sorted(told.movers, key=lambda one: one.eid)))


@settings(max_examples=400, deadline=None)
@given(strategies.two_ticks())
def test_a_step_tells_what_the_whole_snap_would_have_told(ticks):
    before, after = (decode_snap(encode_snap(told)) for told in ticks)
    data = encode_step(difference(before, after))
    assert followed(before, decode_step(data)) == in_order(after)


@settings(max_examples=200, deadline=None)
@given(strategies.snaps(), strategies.steps())
def test_a_step_that_does_not_fit_is_an_error_and_nothing_else(before, told):
    try:
        after = followed(before, told)
    except DecodeError:
        return
    assert after.tick == before.tick + 1
    assert len({one.eid for one in after.movers}) == len(after.movers) or not told.came


@settings(max_examples=100, deadline=None)
@given(strategies.steps())
def test_a_step_cut_anywhere_is_refused(told):
    data = encode_step(told)
    for end in range(len(data)):
        with pytest.raises(DecodeError):
            decode_step(data[:end])


def test_who_stands_alone_costs_five_bytes_and_who_walks_nine():
    assert encode_step(step()).hex() == "8b00010100"
    assert encode_step(step(dx=15_360, dy=-10_860)).hex() == "8b010101003c94d500"


def test_the_walk_of_four_costs_a_byte_and_their_ways():
    changes = bytes([STAYS, MOVES, TURNS, GOES, MOVES])
    ways = bytes([15, 0, 0xF1, 1, 9, 3, 4])
    data = encode_step(step(changes=changes, ways=ways))
    assert data.hex() == "8b000101" + "05" + "e4" + "0f00f10109" + "01" + "0304"
    assert decode_step(data) == step(changes=changes, ways=ways)


@pytest.mark.parametrize(
    ("changes", "head"),
    [
        ({"commands": 255}, "8b00ff01"),
        ({"commands": 256}, "8b02000100000100000000" + "00000000"),
        ({"dx": -32_768, "dy": 32_767}, "8b0101010080ff7f"),
        ({"dx": 32_768}, "8b02010000000100800000" + "00000000"),
        ({"dy": -32_769}, "8b02010000000100000000" + "ff7fffff"),
    ],
)
def test_what_does_not_fit_takes_the_long_head(changes, head):
    assert encode_step(step(**changes)).hex() == head + "00"
    assert decode_step(encode_step(step(**changes))) == step(**changes)


def test_times_run_by_themselves():
    busy = replace(BODY, dash_left=2, dash_wait=40, felt_left=1, target=9, progress=65_535)
    after = followed(snap(body=busy), step(commands=2, counts=True)).body
    assert after == replace(BODY, dash_wait=38, target=9, progress=1)
    idle = replace(BODY, target=9)
    assert followed(snap(body=idle), step(counts=True)).body == idle


def test_one_who_came_is_put_in_its_place():
    came = pack_mover(mover(7), BODY.x, BODY.y)
    after = followed(snap(mover(9), mover(3)), step(changes=bytes([GOES, STAYS]), came=came))
    assert after.movers == (mover(7), mover(9))
    assert (after.tick, after.last_seq, after.wait) == (6, 5, 1)


@pytest.mark.parametrize(
    ("before", "wrong"),
    [
        (snap(), {"changes": b"\0"}),
        (snap(mover(3)), {}),
        (snap(mover(3)), {"changes": b"\0", "came": pack_mover(mover(3), BODY.x, BODY.y)}),
        (snap(), {"came": pack_mover(mover(3), BODY.x, BODY.y) * 2}),
        (snap(*map(mover, range(1, 256))), {"changes": bytes(255), "came": bytes(6)}),
        (snap(tick=0xFFFF_FFFF), {}),
        (snap(last_seq=0xFFFF_FFFF), {}),
        (snap(), {"dx": -10 * UNIT - 1}),
        (snap(), {"dy": MAX_POSITION}),
        (snap(), {"rest": b"\x08" + bytes(13)}),
    ],
)
def test_a_step_of_another_world_is_refused(before, wrong):
    with pytest.raises(DecodeError):
        followed(before, step(**wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        "8b0001",
        "8b000101",
        "8b03010100",  # no such head
        "8b80010100",  # a reserved flag
        "8b0c0101" + "00" * 15,  # two bodies
        "8b0101010000000000",  # a way of nothing
        "8b0201000000010000000000000000" + "00",  # a long head for little
        "8b08010100",  # no body
        "8b000101" + "01",  # no changes
        "8b000101" + "01" + "04",  # a second mover's
        "8b000101" + "01" + "0100",  # half a way
        "8b000101" + "01" + "020000",
        "8b100101" + "00",  # nobody
        "8b100101" + "00" + "00",
        "8b100101" + "00" + "01" + "0000000000",
        "8b200101" + "00" + "00",  # no cell
        "8b400101" + "00" + "00",  # no happening
        "8b000101" + "00" + "00",  # and more
    ],
)
def test_a_broken_step_is_refused(wrong):
    with pytest.raises(DecodeError):
        decode_step(bytes.fromhex(wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        {"commands": -1},
        {"commands": 1 << 32},
        {"wait": 128},
        {"dx": 1 << 31},
        {"rest": bytes(13)},
        {"counts": True, "rest": bytes(14)},
        {"changes": bytes(256)},
        {"changes": bytes([MOVES]), "ways": b"\0"},
        {"changes": bytes([STAYS]), "ways": b"\0"},
        {"came": bytes(5)},
        {"came": bytes(6 * 256)},
        {"happenings": (Happening(1, 2, 3, 4),) * 256},
        {"changes": bytes([4])},
    ],
)
def test_what_is_no_step_is_not_sent(wrong):
    with pytest.raises(EncodeError):
        encode_step(step(**wrong))


def test_a_client_is_given_snaps():
    client = ClientConversation()
    client.hello("Ann", "i" * 16)
    client.receive(encode(reference.EXAMPLES["WELCOME"]))
    first = client.receive(encode(snap(mover(3))))
    data = encode(step(changes=bytes([MOVES]), ways=b"\x01\xff", dx=5))
    second = client.receive(data)
    assert (first.tick, second.tick, client.receive(data).tick) == (5, 6, 7)
    assert second.movers == (mover(3, x=12 * UNIT + 512 + GRID, y=9 * UNIT + 512 - GRID),)
    assert second.body.x == BODY.x + 5
    assert decode_server(data).changes == bytes([MOVES])


def test_a_step_without_a_snap_before_it_on_this_line_is_refused():
    client = ClientConversation()
    for _ in range(2):
        client.hello("Ann", "i" * 16)
        client.receive(encode(reference.EXAMPLES["WELCOME"]))
        with pytest.raises(Refused) as refused:
            client.receive(encode(step()))
        assert refused.value.reason is Reason.PROTOCOL
        client.receive(encode(snap()))
        client.receive(encode(step()))


def test_a_step_that_cannot_follow_is_refused():
    client = ClientConversation()
    client.hello("Ann", "i" * 16)
    client.receive(encode(reference.EXAMPLES["WELCOME"]))
    client.receive(encode(snap()))
    with pytest.raises(Refused, match="other movers"):
        client.receive(encode(step(changes=b"\0")))


def test_what_a_step_builds_on_stays_as_it_was():
    before = snap(mover(3))
    kept = decode_snap(encode_snap(before))
    rest = pack_rest(replace(BODY, facing=1))
    followed(before, step(dx=9, rest=rest, changes=bytes([MOVES]), ways=b"\1\1"))
    assert before == kept
