"""What is written to disk, as values."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import msgspec

from game.inputs import Input
from game.rules import Rules
from protocol.resume import TokenState

TICK_CEILING: Final = "tick_ceiling"
"""Wire ticks below it may have been told to players."""
EPOCH: Final = "epoch"
LINE: Final = "line"
NEXT_EID: Final = "next_eid"
LAST_TICK: Final = "last_tick"

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(tuple[Input, ...])

Promise = Callable[[frozenset[str]], None]
"""Called when what came before it is on disk, with the players whose session row was refused."""


class StoreError(Exception):
    """The store could not be read or written; the text says what failed."""


@dataclass(frozen=True)
class SessionRow:
    """A player's right to resume: the player's id, their body, and the tokens as hashes.

    `invite` is the key of the invite they came by; None if an older version let them in.
    """

    player: str
    eid: int
    tokens: TokenState
    invite: bytes | None = None


@dataclass(frozen=True)
class SnapshotRow:
    """A whole world after world tick `tick`, made under the rules of hash `rules`."""

    tick: int
    kind: str  # see `kind_of`
    rules: str
    seal: str  # game.saving.seal of `world`, to know a damaged one
    world: bytes
    begins: bool = False  # the log before it does not lead to it: see `recovery`


@dataclass(frozen=True)
class SessionChange:
    """A session to write (`row` None: to delete) if the store still holds token `expected`."""

    row: SessionRow | None
    expected: bytes | None


@dataclass
class Batch:
    """What goes to disk in one transaction, and who waits for it."""

    ticks: list[tuple[int, bytes]] = field(default_factory=list)
    checks: list[tuple[int, str]] = field(default_factory=list)
    last_tick: int | None = None
    sessions: dict[str, SessionChange] = field(default_factory=dict)
    snapshot: SnapshotRow | None = None
    restart: bool = False  # the log before `snapshot` has a hole: forget it
    forget: int = 0  # with a snapshot: nobody needs to go back to before this tick
    meta: dict[str, int] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)

    @property
    def matters(self) -> bool:
        """Whether losing it would lose what somebody did."""
        return bool(self.ticks or self.sessions or self.snapshot or self.meta or self.promises)

    def change(self, player: str, row: SessionRow | None, expected: bytes | None) -> None:
        """Write a session row. What the disk is expected to hold is what the first change said."""
        before = self.sessions.get(player)
        self.sessions[player] = SessionChange(row, before.expected if before else expected)

    def before(self, later: "Batch") -> "Batch":
        """This batch with a later one on top: what is left to do when this one failed."""
        merged = Batch(
            ticks=self.ticks + later.ticks,
            checks=self.checks + later.checks,
            last_tick=self.last_tick if later.last_tick is None else later.last_tick,
            sessions=dict(self.sessions),
            snapshot=later.snapshot or self.snapshot,
            restart=self.restart or later.restart,
            forget=max(self.forget, later.forget),
            meta={**self.meta, **later.meta},
            promises=self.promises + later.promises,
        )
        for player, change in later.sessions.items():
            merged.change(player, change.row, change.expected)
        return merged


def kind_of(rules: Rules) -> str:
    """What another world is needed for. Each kind has a history of its own on disk.

    Whoever plays a rush for an evening finds the household's village again as it was.
    """
    return f"{rules.mode.value} {rules.team_count()} {rules.map_tiles}"


def encode_inputs(inputs: tuple[Input, ...]) -> bytes:
    """The inputs of one tick as the log holds them."""
    return _ENCODER.encode(inputs)


def decode_inputs(data: bytes) -> tuple[Input, ...]:
    """What `encode_inputs` made.

    Raises:
        StoreError: for anything else.
    """
    try:
        return _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise StoreError(f"an entry of the log is damaged ({error})") from error
