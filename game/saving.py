"""A world as bytes: all of it, in one order, so that equal worlds are equal bytes."""

import hashlib
from collections.abc import Iterable
from typing import Final, TypeVar, cast

import msgspec

from game.ground import Ground
from game.invariants import misshapen
from game.items import Cargo
from game.lanterns import Lantern
from game.moth import Moth
from game.nodes import Node
from game.player import Player
from game.refit import refit
from game.rng import Rng
from game.rules import Rules
from game.star import Star
from game.state import Phase, State
from game.terrain import Terrain

FORMAT: Final = "lanternhold.world.1"


class _Saved(msgspec.Struct, array_like=True, frozen=True):
    """What State holds, each dict as a list sorted by key."""

    format: str
    rules_hash: str
    rules: Rules
    seed: int
    rng: Rng
    tick: int
    number: int
    phase: Phase
    phase_ends: int
    terrain: Terrain
    nodes: list[tuple[int, Node]]
    regrowth: list[tuple[int, list[int]]]
    next_nid: int
    lanterns: list[Lantern]
    players: list[Player]
    moths: list[Moth]
    star: Star | None
    next_star: int
    spawned: Cargo
    burnt: Cargo


_S = TypeVar("_S", bound=State)

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Saved)


def encode(state: State, nodes: msgspec.Raw | None = None) -> bytes:
    """The world in bytes; what the last step changed is not part of it.

    `nodes` are the nodes in their order, where they are encoded already (see game.sealing).
    """
    ground = state.ground
    ordered = sorted(ground.nodes.items(), key=_first) if nodes is None else nodes
    saved = _Saved(
        format=FORMAT,
        rules_hash=state.rules.hash(),
        rules=state.rules,
        seed=state.seed,
        rng=state.rng,
        tick=state.tick,
        number=state.number,
        phase=state.phase,
        phase_ends=state.phase_ends,
        terrain=ground.terrain,
        nodes=cast("list[tuple[int, Node]]", ordered),
        regrowth=sorted(ground.regrowth.items(), key=_first),
        next_nid=ground.next_nid,
        lanterns=state.lanterns,
        players=[player for _, player in sorted(state.players.items(), key=_first)],
        moths=[moth for _, moth in sorted(state.moths.items(), key=_first)],
        star=state.star,
        next_star=state.next_star,
        spawned=state.spawned,
        burnt=state.burnt,
    )
    return _encoder.encode(saved)


def encode_nodes(nodes: Iterable[tuple[int, Node]]) -> bytes:
    """At most 15 nodes as they are in an encoded world, one after the other."""
    return _encoder.encode(tuple(nodes))[1:]  # behind the byte that counts them


def seal(data: bytes) -> str:
    """64 hex digits for what `encode` made; equal for equal worlds only."""
    return hashlib.sha256(data).hexdigest()


def decode(data: bytes, kind: type[_S], rules: Rules) -> _S:
    """The world that `encode` was given, as a `kind` of State, made to go on under `rules`.

    Only what could not go on at all is refused. A world with a fault that a running server lives
    with is read as it is: refusing it would lose everything else in it (see game.refit.mend).

    Raises:
        ValueError: when the bytes are not a whole world of this format.
    """
    saved = _read(data)
    state = _restore(saved, kind)
    if sentences := misshapen(state):
        raise ValueError(f"This saved world is damaged: {sentences[0]} Take another copy.")
    if saved.rules_hash != rules.hash():
        refit(state, rules)
    return state


def rules_in(data: bytes) -> tuple[Rules, str]:
    """The rules that a world was saved under, and their hash as it was then.

    Raises:
        ValueError: as `decode`.
    """
    saved = _read(data)
    return saved.rules, saved.rules_hash


def _read(data: bytes) -> _Saved:
    try:
        saved = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"These bytes are no saved world ({error}): take another copy.") from error
    if saved.format != FORMAT:
        raise ValueError(
            f"This world was saved as {saved.format!r}, this version reads {FORMAT!r}: "
            "start the version that saved it, or begin a new world."
        )
    return saved


def _restore(saved: _Saved, kind: type[_S]) -> _S:
    return kind(
        rules=saved.rules,
        seed=saved.seed,
        rng=saved.rng,
        tick=saved.tick,
        number=saved.number,
        phase=saved.phase,
        phase_ends=saved.phase_ends,
        ground=Ground(saved.terrain, dict(saved.nodes), dict(saved.regrowth), saved.next_nid),
        lanterns=saved.lanterns,
        players={player.eid: player for player in saved.players},
        moths={moth.eid: moth for moth in saved.moths},
        star=saved.star,
        next_star=saved.next_star,
        spawned=saved.spawned,
        burnt=saved.burnt,
    )


def _first(pair: tuple[int, object]) -> int:
    return pair[0]
