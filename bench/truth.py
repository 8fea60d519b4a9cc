"""Whether snapshots are true: each is held against the own bodies that all others were told.

Each player is told their own body exactly. All together therefore tell where everybody is in a
tick, and who must be in whose view; that is computed here the slow and obvious way.
"""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final

from bench.plan import Truth
from bench.told import Sight
from game.body import Body
from game.player import EID_MAX
from protocol.hot import Mover, Snap
from protocol.movers import GRID, MAX_MOVERS, MOVER_REACH

_Look = tuple[int, int, int, bool, bool]  # grid step across and down, facing, carrying, dashing
LEAST_SHARE: Final = 0.9
"""Of the players who must have been told of a tick for it to be judged."""


def check(ticks: Iterable[Mapping[int, Sight]], players: int) -> Truth:
    """Judge what players knew after some ticks, by their eid; whom they saw, if it is told."""
    truth = Truth()
    for sights in ticks:
        if len(sights) >= players * LEAST_SHARE:
            _check_tick(truth, sights)
    return truth


def _check_tick(truth: Truth, sights: Mapping[int, Sight]) -> None:
    looks = {eid: _look(sight.body) for eid, sight in sights.items()}
    moths: dict[int, Mover] = {}
    for eid, (body, snap, fault) in sights.items():
        if fault:
            truth.wrong += 1
            truth.first_fault = truth.first_fault or f"eid {eid}: {fault}"
        if snap is None:
            continue
        truth.frames += 1
        truth.movers += len(snap.movers)
        for found in chain(
            _own(truth, body, snap), _faults(truth, eid, snap, looks), _moths(truth, snap, moths)
        ):
            truth.first_fault = truth.first_fault or f"tick {snap.tick}, eid {eid}: {found}"


def _own(truth: Truth, body: Body, snap: Snap) -> Iterable[str]:
    """Both ways to read the own body must come to the same."""
    if snap.body != body:
        truth.wrong += 1
        yield f"is told {snap.body}, not {body}"


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
        bound = max((m.x // GRID - x) ** 2 + (m.y // GRID - y) ** 2 for m in snap.movers)
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
