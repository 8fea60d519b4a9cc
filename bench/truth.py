"""Whether snapshots are true: each is held against the own bodies that all others were told.

A SNAP tells its player's own body exactly. The SNAPs of one tick together therefore tell where
everybody is, and who must be in whose view; that is computed here the slow and obvious way.
"""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final

from bench.plan import Truth
from game.body import Body
from game.player import EID_MAX
from protocol.errors import DecodeError
from protocol.hot import Mover, Snap
from protocol.movers import GRID, MAX_MOVERS, MOVER_REACH
from protocol.snap import decode_snap

_Look = tuple[int, int, int, bool, bool]  # grid step across and down, facing, carrying, dashing
LEAST_SHARE: Final = 0.9
"""Of the players whose SNAP of a tick is needed for it to be judged."""


def check(ticks: Iterable[Mapping[int, bytes]], players: int, viewers: int = 40) -> Truth:
    """Judge SNAPs of some ticks, each by the eid that it was sent to; `viewers` of each tick."""
    truth = Truth()
    for frames in ticks:
        if len(frames) >= players * LEAST_SHARE:
            _check_tick(truth, frames, viewers)
    return truth


def _check_tick(truth: Truth, frames: Mapping[int, bytes], viewers: int) -> None:
    snaps: dict[int, Snap] = {}
    for eid, data in frames.items():
        try:
            snaps[eid] = decode_snap(data)
        except DecodeError as error:
            truth.wrong += 1
            truth.first_fault = truth.first_fault or f"eid {eid}: {error}"
    looks = {eid: _look(snap.body) for eid, snap in snaps.items()}
    moths: dict[int, Mover] = {}
    step = max(1, len(snaps) // viewers)
    for eid in list(snaps)[::step]:
        snap = snaps[eid]
        truth.frames += 1
        truth.movers += len(snap.movers)
        for fault in chain(_faults(truth, eid, snap, looks), _moths(truth, snap, moths)):
            truth.first_fault = truth.first_fault or f"tick {snap.tick}, eid {eid}: {fault}"


def _look(body: Body) -> _Look:
    carrying, dashing = sum(body.cargo) > 0, body.dash_left > 0
    return body.x // GRID, body.y // GRID, body.facing, carrying, dashing


def _faults(truth: Truth, eid: int, snap: Snap, looks: Mapping[int, _Look]) -> Iterable[str]:
    """Compare the players that `snap` shows with those that are there."""
    shown = {mover.eid: mover for mover in snap.movers if mover.eid <= EID_MAX}
    x, y = looks[eid][:2]
    due = {
        other: (look[0] - x) ** 2 + (look[1] - y) ** 2
        for other, look in looks.items()
        if other != eid and _is_near(look[0] - x) and _is_near(look[1] - y)
    }
    if len(snap.movers) == MAX_MOVERS:  # the nearest only: whoever is nearer than the last
        last = snap.movers[-1]
        bound = (last.x // GRID - x) ** 2 + (last.y // GRID - y) ** 2
        due = {other: away for other, away in due.items() if away < bound or other in shown}
    missing = due.keys() - shown.keys()
    extra = {other for other in shown if other in looks and other not in due}
    truth.missing += len(missing)
    truth.extra += len(extra)
    if missing:
        yield f"does not see {sorted(missing)}"
    if extra:
        yield f"sees {sorted(extra)}"
    for other in sorted(due.keys() & shown.keys()):
        mover = shown[other]
        seen = (mover.x // GRID, mover.y // GRID, mover.facing, mover.carrying, mover.dashing)
        if seen != looks[other]:
            truth.wrong += 1
            yield f"sees {other} as {seen}, not {looks[other]}"


def _moths(truth: Truth, snap: Snap, known: dict[int, Mover]) -> Iterable[str]:
    """Moths have no line of their own: all who see one must see it alike."""
    for mover in snap.movers:
        if mover.eid > EID_MAX and known.setdefault(mover.eid, mover) != mover:
            truth.wrong += 1
            yield f"sees moth {mover.eid} elsewhere than another does"


def _is_near(distance: int) -> bool:
    return -MOVER_REACH <= distance < MOVER_REACH
