"""INPUT: run lengths, bounds, and the one form of each message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.body import IDLE, Command
from protocol.errors import DecodeError, EncodeError
from protocol.hot import Input
from protocol.input import HEAD, RUN, decode_input, encode_input, split_commands
from tests.protocol.strategies import COMMAND

UP, DOWN = Command(1), Command(2)


def frame(*runs, first_seq=1, count=None):
    head = HEAD.pack(2, first_seq, 9, 5, len(runs) if count is None else count)
    return head + b"".join(RUN.pack(*run) for run in runs)


def test_one_command_takes_sixteen_bytes():
    data = encode_input(Input(7, (Command(9, 300),), 1000, 12))
    assert data.hex() == "0207000000e80300000c0001092c0101"
    assert decode_input(data) == Input(7, (Command(9, 300),), 1000, 12)


@pytest.mark.parametrize("count", [1, 60, 61, 64])
def test_equal_commands_are_one_run_up_to_sixty(count):
    data = encode_input(Input(1, (UP,) * count, 0, 0))
    assert len(data) == HEAD.size + RUN.size * (1 if count <= 60 else 2)
    assert decode_input(data).commands == (UP,) * count


def test_sixteen_runs_fit():
    commands = (UP, DOWN) * 8
    assert decode_input(encode_input(Input(1, commands, 0, 0))).commands == commands


@pytest.mark.parametrize(
    "message",
    [
        Input(1, (), 0, 0),
        Input(1, (UP,) * 65, 0, 0),
        Input(1, (UP, DOWN) * 8 + (UP,), 0, 0),
        Input(0, (UP,), 0, 0),
        Input(0xFFFF_FFFF, (UP, UP), 0, 0),
        Input(1, (Command(32),), 0, 0),
        Input(1, (Command(-1),), 0, 0),
        Input(1, (Command(0, 65_536),), 0, 0),
        Input(1, (UP,), -1, 0),
        Input(1, (UP,), 0, 65_536),
    ],
)
def test_what_does_not_fit_is_not_sent(message):
    with pytest.raises(EncodeError):
        encode_input(message)


@pytest.mark.parametrize(
    "data",
    [
        frame((0, 0, 1))[:-1],
        frame((0, 0, 1), count=0),
        frame((0, 0, 1), count=2),
        frame((0, 0, 1)) + b"\0",
        frame((32, 0, 1)),
        frame((0, 0, 0)),
        frame((0, 0, 61)),
        frame((0, 0, 1), first_seq=0),
        frame((0, 0, 2), first_seq=0xFFFF_FFFF),
        frame((0, 0, 1), (1, 0, 0)),
        frame((0, 0, 1), (1, 0, 61)),
        frame((0, 0, 1), (32, 0, 1)),
        frame((0, 0, 1), (0, 0, 1)),  # one run written as two
        frame((0, 0, 59), (0, 0, 1)),
        frame((0, 0, 60), (0, 0, 5)),  # 65 commands
        frame((0, 0, 1), (1, 0, 1), first_seq=0xFFFF_FFFF),
        frame((0, 0, 1), (1, 0, 1), first_seq=0),
        frame(*[(i % 2, 0, 1) for i in range(17)]),
        frame(*[(i % 2, 0, 1) for i in range(16)], count=17),
    ],
)
def test_what_breaks_a_rule_is_refused(data):
    with pytest.raises(DecodeError):
        decode_input(data)


def test_the_last_number_of_all_may_be_used():
    assert decode_input(frame((0, 0, 1), first_seq=0xFFFF_FFFF)).first_seq == 0xFFFF_FFFF
    assert decode_input(frame((0, 0, 60), (0, 0, 4))).commands == (IDLE,) * 64


@given(st.lists(st.one_of(COMMAND, st.just(IDLE)), max_size=200))
def test_any_list_of_commands_is_cut_into_inputs(commands):
    pieces = split_commands(commands)
    assert [command for piece in pieces for command in piece] == commands
    for piece in pieces:
        assert decode_input(encode_input(Input(1, piece, 0, 0))).commands == piece


def test_what_fits_in_one_input_is_not_cut():
    assert split_commands([IDLE] * 64) == [(IDLE,) * 64]
    assert split_commands([IDLE] * 65) == [(IDLE,) * 64, (IDLE,)]
    assert [len(piece) for piece in split_commands([UP, DOWN] * 8)] == [15, 1]
