"""The bytes of INPUT: commands run-length encoded, behind an acknowledgement."""

import struct
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from game.body import Command
from protocol.errors import DecodeError, EncodeError
from protocol.hot import Input

TYPE: Final = 0x02
MAX_RUNS: Final = 16
MAX_RUN: Final = 60
MAX_COMMANDS: Final = 64
MAX_KEYS: Final = 0x1F
MAX_SEQ: Final = 0xFFFF_FFFF

HEAD: Final = struct.Struct("<BIIHB")  # type, first_seq, ack, hold_ms, runs
RUN: Final = struct.Struct("<BHB")  # keys, target, count
_ONE: Final = struct.Struct("<xIIH5s")
unpack_one: Final = _ONE.unpack
"""first_seq, ack and hold_ms of an INPUT of ONE_BYTES, and its run as `one_command` takes it."""
ONE_BYTES: Final = _ONE.size
"""Of the usual INPUT: a single run, and nearly always of one command."""
_COUNTED: Final = struct.Struct("<BBHB")  # how many runs, and the first of them
WALKS: Final = {_COUNTED.pack(1, keys, 0, 1): (Command(keys),) for keys in range(MAX_KEYS + 1)}
"""The runs of one command without a target, read already: nearly all that is ever sent."""


def encode_input(message: Input) -> bytes:
    """The bytes of `message`; EncodeError if it does not fit in one INPUT."""
    runs = _runs(message.commands)
    last = message.first_seq + len(message.commands) - 1
    if not (1 <= len(runs) <= MAX_RUNS and len(message.commands) <= MAX_COMMANDS):
        raise EncodeError("an INPUT holds 1 to 64 commands in at most 16 runs")
    if message.first_seq < 1 or last > MAX_SEQ:
        raise EncodeError("commands are numbered from 1 to 4294967295")
    if any(not 0 <= command.keys <= MAX_KEYS for command, _ in runs):
        raise EncodeError("keys are five bits")
    try:
        head = HEAD.pack(TYPE, message.first_seq, message.ack, message.hold_ms, len(runs))
        return head + b"".join(RUN.pack(c.keys, c.target, count) for c, count in runs)
    except struct.error as error:
        raise EncodeError(f"INPUT: {error}") from error


def _runs(commands: Sequence[Command]) -> list[tuple[Command, int]]:
    """Equal neighbours counted together, no run longer than MAX_RUN."""
    runs = []
    for command, group in groupby(commands):
        left = sum(1 for _ in group)
        while left > MAX_RUN:
            runs.append((command, MAX_RUN))
            left -= MAX_RUN
        runs.append((command, left))
    return runs


def split_commands(commands: Sequence[Command]) -> list[tuple[Command, ...]]:
    """`commands` cut into pieces that each fit in one INPUT, in order."""
    pieces: list[list[Command]] = []
    room = runs = 0
    for command in commands:
        same = bool(pieces) and room > 0 and pieces[-1][-1] == command
        if room == 0 or (not same and runs == MAX_RUNS - 1):
            pieces.append([])
            room, runs, same = MAX_COMMANDS, 0, False
        pieces[-1].append(command)
        room -= 1
        runs += not same
    return [tuple(piece) for piece in pieces]


def decode_input(data: bytes) -> Input:
    """The INPUT in `data`, type byte included; DecodeError for anything else."""
    if len(data) != ONE_BYTES:
        return _decode_runs(data)
    first_seq, ack, hold_ms, run = unpack_one(data)
    commands = WALKS.get(run) or _decode_run(run)
    if not 0 < first_seq <= MAX_SEQ + 1 - len(commands):
        raise DecodeError("INPUT: a command number that is not allowed")
    return Input(first_seq, commands, ack, hold_ms)


def one_command(run: bytes) -> tuple[Command, ...]:
    """The command of a single run of one; nothing where it is more, or not allowed."""
    runs, keys, target, count = _COUNTED.unpack(run)
    return (Command(keys, target),) if runs == count == 1 and keys <= MAX_KEYS else ()


def _decode_run(data: bytes) -> tuple[Command, ...]:
    """The commands of a single run."""
    count: int
    runs, keys, target, count = _COUNTED.unpack(data)
    if runs != 1 or keys > MAX_KEYS or not 0 < count <= MAX_RUN:
        raise DecodeError("INPUT: a run that is not allowed")
    return (Command(keys, target),) * count


def _decode_runs(data: bytes) -> Input:
    """An INPUT of several runs. Equal neighbours are refused unless the first of them is full."""
    if len(data) < HEAD.size + RUN.size:
        raise DecodeError("INPUT: too short")
    _, first_seq, ack, hold_ms, runs = HEAD.unpack_from(data)
    if not 1 < runs <= MAX_RUNS or len(data) != HEAD.size + runs * RUN.size:
        raise DecodeError("INPUT: its length is not that of its runs")
    commands: list[Command] = []
    before, full = Command(-1), False
    for keys, target, count in RUN.iter_unpack(data[HEAD.size :]):
        command = Command(keys, target)
        if keys > MAX_KEYS or not 0 < count <= MAX_RUN or (command == before and not full):
            raise DecodeError("INPUT: a run that is not allowed")
        commands += (command,) * count
        before, full = command, count == MAX_RUN
    if len(commands) > MAX_COMMANDS or not 0 < first_seq <= MAX_SEQ + 1 - len(commands):
        raise DecodeError("INPUT: too many commands or a number that is not allowed")
    return Input(first_seq, tuple(commands), ack, hold_ms)
