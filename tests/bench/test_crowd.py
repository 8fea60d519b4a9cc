import socket
import struct

import pytest

from bench.colyseus_crowd import GATHER, JOIN_ROOM, PATCH, ROOM_STATE, ColyseusWalkers
from bench.ours import Walkers
from bench.plan import Plan
from bench.walker import Walker
from bench.websocket import LineError, accepted, frames, masked, upgrade
from game.body import Body
from game.rules import UNIT, Rules
from protocol.codec import decode_client, encode
from protocol.hot import Input, Snap
from protocol.messages import Welcome
from protocol.rules import to_wire

RULES = Rules(tick_hz=20)


def plan(**changes):
    told = {"kind": "ours", "host": "127.0.0.1", "port": 1, "name": "localhost", "hz": 20}
    told |= {"rights": ["x" * 32], "low": 0, "high": 200, "rules_hash": RULES.hash()}
    return Plan(**(told | changes))


def welcome(**changes):
    told = {"minor": 0, "server": "s", "world": "home", "epoch": 1, "player": "0" * 32, "eid": 1}
    told |= {"token": "t" * 32, "resumed": True, "tick": 5, "tick_hz": 20, "last_seq": 7}
    told |= {"rules": to_wire(RULES), "rules_hash": RULES.hash(), "last_act_id": 0, "resume_s": 90}
    return encode(Welcome(**(told | changes)))


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def said(sock):
    """The payloads that a walker has sent; masks are 0."""
    data, payloads = sock.recv(4096), []
    while data:
        assert data[0] == 0x82
        size = data[1] & 0x7F
        payloads.append(data[6 : 6 + size])
        data = data[6 + size :]
    return payloads


def snap(tick, last_seq=7, x=100 * UNIT):
    return encode(Snap(tick, last_seq, 1, Body(x, 100 * UNIT), (), (), ()))


def test_a_walker_sends_what_the_server_reads(pair):
    crowd = Walkers(plan())
    walker = Walker(0, pair[0], seed=1)
    crowd.heard(walker, welcome(), 1.0)
    assert walker.is_playing
    crowd.heard(walker, snap(41), 2.0)
    crowd.speak(walker, 2.03)
    (payload,) = said(pair[1])
    message = decode_client(payload)
    assert isinstance(message, Input)
    assert (message.first_seq, message.ack, len(message.commands)) == (8, 41, 1)
    assert message.hold_ms in {29, 30}
    assert message.commands[0].keys


def test_missed_ticks_and_the_way_of_a_command_are_counted(pair):
    crowd = Walkers(plan())
    walker = Walker(0, pair[0], seed=1)
    crowd.heard(walker, welcome(), 1.0)
    crowd.begin()
    crowd.heard(walker, snap(41), 2.0)
    crowd.speak(walker, 2.03)
    crowd.heard(walker, snap(44, last_seq=8), 2.15)
    count = crowd.count()
    assert (count.snapshots, count.missed, count.ticks, count.inputs) == (2, 2, 3, 1)
    assert count.input_ms == [120.0, 120.0]


@pytest.mark.parametrize("changes", [{"eid": 2}, {"resumed": False}, {"rules_hash": "other"}])
def test_whoever_is_not_welcomed_as_planned_ends_the_run(pair, changes):
    crowd = Walkers(plan())
    with pytest.raises(LineError):
        crowd.heard(Walker(0, pair[0], seed=1), welcome(**changes), 1.0)


def test_a_walker_of_the_room_answers_and_says_its_keys(pair):
    crowd = ColyseusWalkers(plan(kind="bare", bodies=[(100 * UNIT, 100 * UNIT)]))
    walker = Walker(0, pair[0], seed=1)
    crowd.opened(walker)
    crowd.heard(walker, bytes((JOIN_ROOM, 0)), 1.0)
    crowd.heard(walker, bytes((ROOM_STATE, 0)), 1.0)
    assert walker.is_playing
    crowd.heard(walker, bytes((PATCH, 1, 2)), 1.0)
    crowd.speak(walker, 1.0)
    join, keys = said(pair[1])
    assert join == bytes((JOIN_ROOM,))
    assert 0 < keys[2] < GATHER
    assert (walker.x, walker.y) != (100 * UNIT, 100 * UNIT)
    assert (crowd.snapshots, crowd.snapshot_bytes) == (1, 3)


def test_a_walker_of_the_room_with_the_same_fields_finds_its_number_in_a_patch(pair):
    crowd = ColyseusWalkers(plan(kind="same", bodies=[(100 * UNIT, 100 * UNIT)]))
    walker = Walker(0, pair[0], seed=1)
    crowd.opened(walker)
    crowd.speak(walker, 1.0)
    crowd.speak(walker, 1.05)
    (first, second) = said(pair[1])
    numbers = [struct.unpack("<I", payload[3:])[0] for payload in (first, second)]
    assert numbers[1] == numbers[0] + 1
    early, late = (struct.pack("<BBIB", PATCH, 1, seq, 9) for seq in (numbers[0] - 1, numbers[1]))
    crowd.heard(walker, early, 1.06)
    assert crowd.delays == []
    crowd.heard(walker, late, 1.08)
    assert crowd.delays == [pytest.approx(0.08)]
    crowd.heard(walker, bytes((PATCH, 1, 2)), 1.1)
    assert len(crowd.delays) == 1


def test_frames_are_cut_out_of_a_stream():
    long = bytes(300)
    stream = b"\x82\x02ab" + b"\x82\x7e\x01\x2c" + long + b"\x82\x05ab"
    assert [(first, payload) for first, payload, _ in frames(stream)] == [
        (0x82, b"ab"),
        (0x82, long),
    ]
    assert masked(b"ab") == b"\x82\x82\0\0\0\0ab"
    assert masked(long)[:8] == b"\x82\xfe\x01\x2c\0\0\0\0"


def test_only_an_accepted_upgrade_opens_a_line():
    assert upgrade("/w/home", "localhost:1", "p.1").startswith(b"GET /w/home HTTP/1.1\r\nHost: lo")
    assert accepted(b"HTTP/1.1 101 Switching") is None
    assert accepted(b"HTTP/1.1 101 Switching Protocols\r\n\r\nrest") == b"rest"
    with pytest.raises(LineError, match="429"):
        accepted(b"HTTP/1.1 429 Too Many Requests\r\n\r\n")
