"""The file of a recording: whole, or refused by the one error that it documents."""

import hashlib
import re
import zlib
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game import inputs
from game.body import Command
from game.inputs import Commands, Join
from game.rules import Rules
from game.world import World
from server import recording
from server.crash import Crash
from server.history import History, HistoryError
from server.replay import replay
from server.store.rows import encode_inputs
from support.source import ROOT


def played(ticks=20):
    """A small history with a crash at its end."""
    world = World.create(Rules(map_tiles=64), 1)
    begun, log, checks = world.encode(), [], {}
    for tick in range(1, ticks + 1):
        inputs = (Join(1, "Ann"),) if tick == 1 else (Commands(1, tick, (Command(tick % 32),)),)
        world.step(inputs)
        log.append((tick, encode_inputs(inputs)))
        if tick % 5 == 0:
            checks[tick] = world.hash()
    crash = Crash(ticks + 1, encode_inputs((Join(2, "Bob"),)), "KeyError: 5 in moths.py:88")
    return History(begun, 0, ticks, log, checks, crash)


HISTORY = played()
FILE = recording.encode(HISTORY, "crash", 1_800_000_000)
BODY = zlib.decompress(FILE[len(recording.MAGIC) : -recording.SEAL_BYTES])


def sealed(body):
    """A file with any body, sealed as it should be."""
    data = recording.MAGIC + zlib.compress(body)
    return data + hashlib.sha256(data).digest()


def changed(**fields):
    return sealed(msgspec.msgpack.encode(msgspec.msgpack.decode(BODY) | fields))


def test_a_recording_comes_back_whole():
    assert recording.decode(FILE) == HISTORY
    assert len(FILE) < 8_000


def test_a_reader_in_another_language_finds_names():
    body = msgspec.msgpack.decode(BODY)
    assert body["why"] == "crash"
    assert body["ticks"][0] == [1, [[1, 1, "Ann", -1, False]]]
    assert body["rules_hash"] == Rules(map_tiles=64).hash()


def test_a_flipped_bit_anywhere_is_noticed():
    for at in range(len(FILE)):
        for bit in range(8):
            data = bytearray(FILE)
            data[at] ^= 1 << bit
            with pytest.raises(HistoryError):
                recording.decode(bytes(data))


@given(st.integers(0, len(FILE) - 1))
def test_a_file_cut_off_anywhere_is_noticed(length):
    with pytest.raises(HistoryError):
        recording.decode(FILE[:length])


@given(st.binary(max_size=300))
def test_noise_is_refused(noise):
    for data in (noise, recording.MAGIC + noise, sealed(noise)):
        with pytest.raises(HistoryError):
            recording.decode(data)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(BODY) - 1), st.binary(max_size=4), st.integers(0, 4))
def test_a_file_made_with_bad_intent_ends_in_an_outcome_or_in_the_error(at, new, cut):
    """The seal is right: whoever made it wanted it so."""
    try:
        history = recording.decode(sealed(BODY[:at] + new + BODY[at + cut :]))
        assert history.last - history.start <= recording.SPAN_MAX
        if history.last <= 1_000:
            replay(history)
    except HistoryError:
        pass


@pytest.mark.parametrize(
    "fields",
    [
        {"last": recording.SPAN_MAX + 1, "crash": None},
        {"last": 19},
        {"last": -1},
        {"start": 5},
        {"ticks": [[2, []], [1, []]]},
        {"ticks": [[0, []]]},
        {"checks": [[5, bytes(32)], [5, bytes(32)]]},
        {"checks": [[5, bytes(31)]]},
        {"crash": {"tick": 30, "inputs": [], "fault": ""}},
        {"world": 5},
    ],
)
def test_ticks_that_are_out_of_order_are_refused(fields):
    with pytest.raises(HistoryError):
        recording.decode(changed(**fields))


def test_the_longest_that_is_read():
    assert recording.decode(changed(last=recording.SPAN_MAX, crash=None)).last == recording.SPAN_MAX


@pytest.mark.parametrize(
    "fields",
    [{"world": b"x"}, {"start": 0, "ticks": [[1, 5]]}, {"ticks": [[1, [[9, 9]]]]}],
)
def test_what_is_found_out_while_replaying_is_the_same_error(fields):
    history = recording.decode(changed(**fields))
    with pytest.raises(HistoryError):
        replay(history)


def test_a_snapshot_of_another_tick_is_refused():
    history = recording.decode(changed(start=1, ticks=[]))
    with pytest.raises(HistoryError, match="of tick 0"):
        replay(history)


def test_a_file_that_unpacks_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(recording, "BODY_MAX", 10_000)
    with pytest.raises(HistoryError, match="larger than any can be"):
        recording.decode(sealed(bytes(10_000_000)))


def test_the_reference_has_every_key_and_every_input():
    page = (ROOT / "docs" / "reference" / "recording.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert set(msgspec.msgpack.decode(BODY)) <= set(rows)
    for kind in get_args(inputs.Input):
        names = ", ".join([str(kind.__struct_config__.tag), *kind.__struct_fields__])
        assert f"| {kind.__name__} | `[{names}]`" in page
    assert recording.MAGIC[:-1].hex(" ") in page
    for number in (recording.SPAN_MAX, recording.BODY_MAX // 2**20):
        assert f"{number:,}".replace(",", " ") in page
