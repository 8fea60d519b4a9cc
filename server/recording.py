"""The file of a recording: docs/reference/recording.md tells it byte by byte."""

import hashlib
import hmac
import platform
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Raw

from protocol.version import BUILD
from server.crash import Crash
from server.history import History, HistoryError

MAGIC: Final = b"LHREC\r\n\x01"
"""The last byte is the version of the format."""
SUFFIX: Final = ".lhrec"
SEAL_BYTES: Final = 32
BODY_MAX: Final = 256 * 2**20
"""Unpacked; 1000 busy players make 25 MB in a minute and a half."""
SPAN_MAX: Final = 216_000
"""Ticks; an hour at 60 Hz. A file that claims more would only waste the reader's time."""

_Tick = Annotated[int, Meta(ge=0, le=2**53)]
_Hash = Annotated[bytes, Meta(min_length=32, max_length=32)]


class _Crash(msgspec.Struct, frozen=True):
    tick: _Tick
    inputs: Raw  # or nil
    fault: str


class _Body(msgspec.Struct, frozen=True):
    """What is packed. Names are what a reader in another language finds in the map."""

    build: str
    python: str
    why: str
    recorded: int
    rules_hash: str
    start: _Tick
    last: _Tick
    world: bytes
    ticks: list[tuple[_Tick, Raw]]
    checks: list[tuple[_Tick, _Hash]]
    crash: _Crash | None


_NIL: Final = b"\xc0"
_FIXMAP: Final = 0x80
_ARRAY32: Final = b"\xdd"
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(_Body)


def encode(history: History, why: str, recorded: int) -> bytes:
    """A recording as a file: `why` it was made, and when, in seconds of wall time for people."""
    body = _Body(
        build=BUILD,
        python=platform.python_version(),
        why=why,
        recorded=recorded,
        rules_hash=history.rules().hash(),
        start=history.start,
        last=history.last,
        world=history.world,
        ticks=[(tick, Raw(data)) for tick, data in history.ticks],
        checks=[(tick, bytes.fromhex(seal)) for tick, seal in sorted(history.checks.items())],
        crash=_packed(history.crash),
    )
    packer = zlib.compressobj()
    packed = [packer.compress(piece) for piece in _pieces(body)]
    data = b"".join((MAGIC, *packed, packer.flush()))
    return data + hashlib.sha256(data).digest()


def _pieces(body: _Body) -> Iterator[bytes]:
    """The body as one MessagePack map, tick by tick.

    In one piece it would keep the interpreter from the game's own thread: 1000 players' last
    minute for 70 ms.
    """
    yield bytes((_FIXMAP | len(body.__struct_fields__),))
    for name in body.__struct_fields__:
        yield _ENCODER.encode(name)
        if name == "ticks":
            yield _ARRAY32 + len(body.ticks).to_bytes(4, "big")
            yield from map(_ENCODER.encode, body.ticks)
        else:
            yield _ENCODER.encode(getattr(body, name))


def decode(data: bytes) -> History:
    """What `encode` was given.

    Raises:
        HistoryError: for anything that is no whole recording of this version.
    """
    if not data.startswith(MAGIC[:-1]):
        raise HistoryError("This is no recording of Lanternhold.")
    if data[: len(MAGIC)] != MAGIC:
        raise HistoryError(
            f"This recording has version {data[len(MAGIC) - 1 : len(MAGIC)].hex() or 'none'} of "
            f"the format, this Lanternhold reads {MAGIC[-1:].hex()}: take the one that made it."
        )
    packed, seal = data[:-SEAL_BYTES], data[-SEAL_BYTES:]
    if not hmac.compare_digest(hashlib.sha256(packed).digest(), seal):
        raise HistoryError("This recording is damaged: have it sent once more, as a file.")
    body = _unpack(packed[len(MAGIC) :])
    _check(body)
    return History(
        world=body.world,
        start=body.start,
        last=body.last,
        ticks=[(tick, bytes(inputs)) for tick, inputs in body.ticks],
        checks={tick: seal.hex() for tick, seal in body.checks},
        crash=_unpacked(body.crash),
    )


def _packed(crash: Crash | None) -> _Crash | None:
    if crash is None:
        return None
    return _Crash(crash.tick, Raw(_NIL if crash.inputs is None else crash.inputs), crash.fault)


def _unpacked(crash: _Crash | None) -> Crash | None:
    if crash is None:
        return None
    inputs = bytes(crash.inputs)
    return Crash(crash.tick, None if inputs == _NIL else inputs, crash.fault)


def _unpack(packed: bytes) -> _Body:
    opener = zlib.decompressobj()
    try:
        unpacked = opener.decompress(packed, BODY_MAX)
        if not opener.eof:
            raise HistoryError("This recording is cut off, or larger than any can be.")
        return _DECODER.decode(unpacked)
    except (zlib.error, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise HistoryError(f"This recording cannot be read ({error}).") from error


def _check(body: _Body) -> None:
    """Nothing in it may have a replay go on for ever, or out of its order."""
    is_ordered = all(
        one < other
        for numbers in (body.ticks, body.checks)
        for (one, _), (other, _) in pairwise([(body.start, b""), *numbers, (body.last + 1, b"")])
    )
    crash = _unpacked(body.crash)
    is_end = crash is None or crash.inputs is None or crash.tick == body.last + 1
    if not (is_ordered and is_end and 0 <= body.last - body.start <= SPAN_MAX):
        raise HistoryError("The ticks of this recording are out of order: it was made wrongly.")
