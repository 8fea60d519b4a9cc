"""What a STEP has to say, found the slow and obvious way."""

from msgspec.structs import replace

from protocol.hot import Step
from protocol.movers import GRID, mover_state, pack_mover
from protocol.own_body import pack_rest
from protocol.step import GOES, MOVES, STAYS, TURNS


def difference(before, after):
    """The STEP that makes one Snap out of another, whose tick is the next."""
    commands = after.last_seq - before.last_seq
    way = (after.body.x - before.body.x, after.body.y - before.body.y)
    counts, rest = False, b""
    if replace(before.body, x=after.body.x, y=after.body.y) != after.body:
        counts = after.body == _gone_on(before.body, commands, after.body)
        rest = b"" if counts else pack_rest(after.body)
    now = {mover.eid: mover for mover in after.movers}
    changes, ways, new = b"", b"", dict(now)
    for mover in sorted(before.movers, key=lambda one: one.eid):
        change, way_of_it = _change(mover, now.get(mover.eid))
        changes += bytes([change])
        ways += way_of_it
        if change != GOES:
            del new[mover.eid]
    own = after.body.x, after.body.y
    came = b"".join(pack_mover(new[eid], *own) for eid in sorted(new))
    return Step(
        commands, after.wait, *way, counts, rest, changes, ways, came,
        after.cells, after.happenings,
    )  # fmt: skip


def _gone_on(body, commands, now):
    return replace(
        body,
        x=now.x,
        y=now.y,
        dash_left=max(0, body.dash_left - commands),
        dash_wait=max(0, body.dash_wait - commands),
        felt_left=max(0, body.felt_left - commands),
        progress=body.progress and (body.progress + commands) % 65_536,
    )


def _change(mover, now):
    if now is None:
        return GOES, b""
    way = (now.x // GRID - mover.x // GRID, now.y // GRID - mover.y // GRID)
    if not all(-128 <= steps <= 127 for steps in way):
        return GOES, b""
    told = bytes(steps % 256 for steps in way)
    if _state(mover) != _state(now):
        return TURNS, told + bytes([_state(now)])
    return (MOVES, told) if any(way) else (STAYS, b"")


def _state(mover):
    return mover_state(mover.kind, mover.facing, mover.carrying, mover.dashing, mover.away)
