"""Every message survives the wire; nothing else gets through, and nothing else is raised."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.body import Body, Command
from protocol.codec import DecodeError, EncodeError, decode_client, decode_server, encode
from protocol.hot import Input, Snap, Step
from protocol.messages import Chat, Hello, Notice, Roster, RosterEntry, Say
from protocol.table import BY_MESSAGE, BY_TYPE, TABLE, Direction
from tests.protocol.strategies import CLIENT, SERVER

TYPES = [entry.id for entry in TABLE]
ANY = st.one_of(*CLIENT.values(), *SERVER.values())


def decode(data):
    entry = BY_TYPE[data[0]]
    return decode_client(data) if entry.direction is Direction.TO_SERVER else decode_server(data)


@pytest.mark.parametrize("name", [*CLIENT, *SERVER])
def test_every_message_comes_back_as_it_went(name):
    @settings(max_examples=60, deadline=None)
    @given((CLIENT | SERVER)[name])
    def round_trip(message):
        data = encode(message)
        assert data[0] == BY_MESSAGE[type(message)].id
        assert decode(data) == message

    round_trip()


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=200))
def test_a_decoder_gives_a_message_or_its_one_error(data):
    for decoder in (decode_client, decode_server):
        try:
            message = decoder(data)
        except DecodeError:
            continue
        assert type(message) in BY_MESSAGE


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(TYPES), st.binary(max_size=120))
def test_so_it_does_behind_a_right_type_byte(kind, rest):
    try:
        message = decode(bytes((kind,)) + rest)
    except DecodeError:
        return
    assert BY_MESSAGE[type(message)].id == kind


@settings(max_examples=400, deadline=None)
@given(ANY, st.data())
def test_a_damaged_message_is_a_message_or_the_error_and_a_hot_one_has_one_form(message, data):
    frame = bytearray(encode(message))
    for _ in range(data.draw(st.integers(1, 3))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    frame = bytes(frame[: data.draw(st.integers(1, len(frame)))] + data.draw(st.binary(max_size=2)))
    if frame[0] not in BY_TYPE:
        return
    try:
        found = decode(frame)
    except DecodeError:
        return
    if isinstance(found, Input | Snap | Step):
        assert encode(found) == frame


@pytest.mark.parametrize(
    "message",
    [Say(text="hello"), Input(1, (Command(),), 0, 0), Snap(1, 1, 0, Body(0, 0), (), (), ())],
)
def test_trailing_and_missing_bytes_are_refused(message):
    frame = encode(message)
    for wrong in (frame + b"\0", frame[:-1], frame[:1]):
        with pytest.raises(DecodeError):
            decode(wrong)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x00",
        b"\x06\x80",  # reserved
        b"\x81\x80",  # what only the server says
        b"\x04\x81\xa4text\xa2\xff\xfe",  # no UTF-8
        b"\x04\x81\xa1x" + b"\x91" * 400,  # nested and cut off
        b"\x04\x81\xa1x" + b"\x91" * 60_000 + b"\xc0",  # nested past every stack
        b"\x04\x81\xa4text\xa0",  # empty
        b"\x04\x81\xa4text\xd9\xc9" + b"a" * 201,  # longer than its bound
        b"\x04\x93\xa3all\xa1a\xc0",  # an array where a map belongs
    ],
)
def test_what_a_client_cannot_say(frame):
    with pytest.raises(DecodeError):
        decode_client(frame)


@pytest.mark.parametrize("frame", [b"", b"\x02", b"\x01\x80", b"\x80", b"\x85" + b"\0" * 65_536])
def test_what_a_server_cannot_say(frame):
    with pytest.raises(DecodeError):
        decode_server(frame)


def test_fields_of_a_later_minor_are_passed_over():
    assert decode_client(b"\x04\x82\xa4text\xa1a\xa4mood\x91\xa3gay") == Say(text="a")


@pytest.mark.parametrize(
    "message",
    [
        Say(text=""),
        Say(text="x" * 201),
        Say(text="\ud800"),
        Hello(minor=-1, name="x"),
        Hello(minor=1 << 70, name="x"),
        Hello(minor=0, name="ä" * 200, build="ä" * 40, invite="s" * 64, resume="s" * 64 + "!"),
        Notice(code="", text="x"),
        Roster(entries=(RosterEntry(1, "ã" * 16, 0, 0, False, False, False),) * 2000),
    ],
)
def test_what_the_other_side_would_refuse_is_not_sent(message):
    with pytest.raises(EncodeError):
        encode(message)


def test_a_message_longer_than_its_table_entry_is_not_sent():
    with pytest.raises(EncodeError, match="SAY: 8"):
        encode(Say(text="🏮" * 200))


@pytest.mark.parametrize("name", CLIENT)
def test_decoding_what_a_client_says_takes_little_memory(name):
    @settings(max_examples=20, deadline=None)
    @given(CLIENT[name])
    def measure(message):
        frame = encode(message)
        tracemalloc.start()
        decode_client(frame)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak <= 10 * len(frame) + 4096

    measure()


@pytest.mark.parametrize(
    "frame",
    [
        b"\x83\x81\xa7entries\xdd\xff\xff\xff\xff",  # four thousand million entries, it says
        b"\x83\x81\xa4gone\xdc\xff\xff" + b"\x01" * 65_000,
        b"\x81\x81\xa5rules\xdf\xff\xff\xff\xff",
        b"\x85\x81\xa4text\xdb\xff\xff\xff\xff",
        b"\x82" + b"\xff" * 65_535,
    ],
)
def test_a_hostile_count_takes_no_memory(frame):
    tracemalloc.start()
    with pytest.raises(DecodeError):
        decode_server(frame)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= 10 * len(frame) + 8192


def test_the_server_itself_may_speak_at_length():
    assert decode(encode(Chat(eid=0, channel="all", text="x" * 500))).text == "x" * 500
