"""What a STEP makes of the Snap before it: the same that a whole SNAP would have told."""

from operator import attrgetter
from typing import Final

from msgspec.structs import replace

from protocol.errors import DecodeError
from protocol.hot import Mover, Snap, Step
from protocol.movers import GRID, MAX_MOVERS, MOVER_BYTES, decode_movers, mover_in
from protocol.own_body import body_of, counted, rest_of, unpacked
from protocol.step import GOES, STAYS, TURNS

U32_MAX: Final = 0xFFFF_FFFF
_EID = attrgetter("eid")


def followed(before: Snap, step: Step) -> Snap:
    """The Snap of the tick after `before`, its movers in ascending order of eid.

    Raises:
        DecodeError: when no `step` like that can follow.
    """
    tick, last_seq = before.tick + 1, before.last_seq + step.commands
    if tick > U32_MAX or last_seq > U32_MAX:
        raise DecodeError("STEP: beyond the last number")
    rest = unpacked(step.rest) if step.rest else rest_of(before.body)
    if step.counts:
        rest = counted(rest, step.commands)
    body = body_of(before.body.x + step.dx, before.body.y + step.dy, rest)
    movers = _moved(before.movers, step)
    if step.came:
        came = decode_movers(step.came, body.x, body.y, len(step.came) // MOVER_BYTES)
        movers = _joined(movers, came)
    return Snap(tick, last_seq, step.wait, body, tuple(movers), step.cells, step.happenings)


def _moved(before: tuple[Mover, ...], step: Step) -> list[Mover]:
    """Who is still there, and where."""
    if len(before) != len(step.changes):
        raise DecodeError("STEP: of other movers than were told before")
    ways, at = memoryview(step.ways).cast("b"), 0
    movers = []
    for mover, change in zip(sorted(before, key=_EID), step.changes, strict=True):
        if change == STAYS:
            movers.append(mover)
        elif change != GOES:
            x, y = mover.x + ways[at] * GRID, mover.y + ways[at + 1] * GRID
            at += 2
            if change == TURNS:
                movers.append(mover_in(mover.eid, ways[at] & 0xFF, x, y))
                at += 1
            else:
                movers.append(replace(mover, x=x, y=y))
    return movers


def _joined(movers: list[Mover], came: tuple[Mover, ...]) -> list[Mover]:
    joined = sorted((*movers, *came), key=_EID)
    if len({mover.eid for mover in joined}) < len(joined) or len(joined) > MAX_MOVERS:
        raise DecodeError("STEP: somebody came who is there, or too many")
    return joined
