"""What hypothesis may put on the wire: every message within its bounds, and frames beyond them."""

from hypothesis import strategies as st
from msgspec.structs import replace

from game.body import Body, Command
from protocol.hot import Cell, Happening, Input, Mover, NodeView, Snap, Step
from protocol.messages import (
    Act,
    Bye,
    Chat,
    Hello,
    Late,
    Notice,
    Reject,
    Roster,
    RosterEntry,
    Round,
    Saved,
    Say,
    Standing,
    Stats,
    Travel,
    Welcome,
)
from protocol.movers import GRID, MOVER_REACH
from protocol.own_body import MAX_POSITION, REST_BYTES
from protocol.step import ways_bytes

U8, U16, U32 = (st.integers(0, (1 << bits) - 1) for bits in (8, 16, 32))
SECRET = st.from_regex(r"[A-Za-z0-9_-]{16,64}", fullmatch=True)
WORLD = st.from_regex(r"[a-z0-9-]{1,32}", fullmatch=True)
TEAM = st.integers(-1, 7)
CHANNEL = st.sampled_from(["all", "team"])
CHARACTER = st.characters(codec="utf-8")


def text(longest):
    return st.text(CHARACTER, min_size=1, max_size=longest)


COMMAND = st.builds(Command, st.integers(0, 31), U16)


@st.composite
def inputs(draw):
    """Up to 16 runs and 64 commands: few different ones, so that runs are made."""
    some = draw(st.lists(COMMAND, min_size=1, max_size=3))
    commands = draw(st.lists(st.sampled_from(some), min_size=1, max_size=16))
    commands += [commands[-1]] * draw(st.integers(0, 48))
    return Input(draw(st.integers(1, 0xFFFF_FFFF - 63)), tuple(commands), draw(U32), draw(U16))


HELLO = st.builds(
    Hello,
    minor=U16,
    build=st.text(CHARACTER, max_size=40),
    name=text(200),
    invite=SECRET,
    team=TEAM,
    bot=st.booleans(),
)
CLIENT = {
    "hello": HELLO,
    "input": inputs(),
    "act": st.builds(Act, act_id=st.integers(1, 0xFFFF_FFFF), kind=st.integers(1, 5), arg=U16),
    "say": st.builds(Say, channel=CHANNEL, text=text(100)),
    "bye": st.just(Bye()),
    "stats": st.builds(
        Stats,
        fps=st.integers(0, 1000),
        stale_ms=st.integers(0, 60_000),
        jitter_ms=st.integers(0, 60_000),
        corrections=st.integers(0, 1000),
    ),
}

BODY = st.builds(
    Body,
    x=st.integers(0, MAX_POSITION),
    y=st.integers(0, MAX_POSITION),
    facing=st.integers(0, 7),
    dash_left=U8,
    dash_wait=U16,
    target=U16,
    progress=U16,
    cargo=st.tuples(U8, U8, U8),
    warp=U8,
    felt_left=U8,
    felt=U8,
)
TILES = st.binary(min_size=256, max_size=256).map(lambda raw: bytes(byte % 9 for byte in raw))


@st.composite
def movers(draw, own_x, own_y):
    """Somebody in view of a body at (own_x, own_y), in the middle of a step of the grid."""
    place = [
        (own // GRID + draw(st.integers(-MOVER_REACH, MOVER_REACH - 1))) * GRID + GRID // 2
        for own in (own_x, own_y)
    ]
    flags = [draw(st.booleans()) for _ in range(3)]
    return Mover(draw(U16), draw(st.integers(0, 3)), draw(st.integers(0, 7)), *flags, *place)


@st.composite
def cells(draw):
    cx, cy = draw(U8), draw(U8)
    spot = st.tuples(st.integers(0, 15), st.integers(0, 15))
    nodes = tuple(
        NodeView(draw(st.integers(1, 65535)), draw(st.integers(1, 6)), draw(U8), cx * 16 + x, y)
        for x, y in ((x, cy * 16 + y) for x, y in draw(st.lists(spot, max_size=4)))
    )
    return Cell(cx, cy, draw(U16), draw(st.none() | TILES), nodes)


@st.composite
def snaps(draw):
    body = draw(BODY)
    return Snap(
        draw(U32),
        draw(U32),
        draw(st.integers(-128, 127)),
        body,
        tuple(draw(st.lists(movers(body.x, body.y), max_size=4))),
        tuple(draw(st.lists(cells(), max_size=3))),
        tuple(draw(st.lists(st.builds(Happening, U8, U16, U16, U16), max_size=3))),
    )


@st.composite
def steps(draw):
    changes = bytes(draw(st.lists(st.integers(0, 3), max_size=9)))
    size = ways_bytes(changes)
    far = st.integers(-(1 << 28), 1 << 28)
    way = st.tuples(far, far) | st.just((0, 0)) | st.tuples(*[st.integers(-70_000, 70_000)] * 2)
    counts = draw(st.booleans())
    rest = (
        b"" if counts else draw(st.just(b"") | st.binary(min_size=REST_BYTES, max_size=REST_BYTES))
    )
    came = draw(st.integers(0, 3)) * 6
    return Step(
        draw(st.integers(0, 3) | U32),
        draw(st.integers(-128, 127)),
        *draw(way),
        counts,
        rest,
        changes,
        draw(st.binary(min_size=size, max_size=size)),
        draw(st.binary(min_size=came, max_size=came)),
        tuple(draw(st.lists(cells(), max_size=3))),
        tuple(draw(st.lists(st.builds(Happening, U8, U16, U16, U16), max_size=3))),
    )


@st.composite
def bodies_after(draw, body, commands):
    """The same body some commands later: most often little has changed, sometimes all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(BODY)
    near = st.integers(-70_000, 70_000) | st.just(0)
    place = [min(max(at + draw(near), 0), MAX_POSITION) for at in (body.x, body.y)]
    later = replace(body, x=place[0], y=place[1])
    if draw(st.booleans()):
        later = replace(
            later,
            dash_left=max(0, body.dash_left - commands),
            dash_wait=max(0, body.dash_wait - commands),
            felt_left=max(0, body.felt_left - commands),
            progress=body.progress and (body.progress + commands) & 0xFFFF,
        )
    if draw(st.integers(0, 3)) == 0:
        later = replace(later, facing=draw(st.integers(0, 7)), progress=draw(U16))
    return later


@st.composite
def movers_after(draw, before, body):
    """Most of those before a little further on, and some others."""
    after = {}
    for one in before:
        way = [draw(st.integers(-140, 140) | st.integers(-2, 2)) * GRID for _ in range(2)]
        place = one.x + way[0], one.y + way[1]
        facing = draw(st.sampled_from([one.facing, one.facing, 7]))
        if draw(st.integers(0, 4)) and all(
            -2048 <= at // GRID - own // GRID < 2048
            for at, own in zip(place, (body.x, body.y), strict=True)
        ):
            after[one.eid] = replace(one, x=place[0], y=place[1], facing=facing)
    for one in draw(st.lists(movers(body.x, body.y), max_size=3)):
        after.setdefault(one.eid, one)
    return tuple(draw(st.permutations(list(after.values()))))


@st.composite
def two_ticks(draw):
    """Two Snaps of ticks that follow each other."""
    before = draw(snaps())
    alone = {one.eid: one for one in before.movers}
    before = replace(
        before,
        tick=min(before.tick, 0xFFFF_FFFE),
        last_seq=before.last_seq // 2,
        movers=tuple(alone.values()),
    )
    commands = draw(st.integers(0, 3) | st.integers(0, 1000))
    body = draw(bodies_after(before.body, commands))
    other = draw(snaps())
    after = replace(
        other,
        tick=before.tick + 1,
        last_seq=before.last_seq + commands,
        body=body,
        movers=draw(movers_after(before.movers, body)),
    )
    return before, after


WELCOME = st.builds(
    Welcome,
    minor=U16,
    server=text(64),
    world=WORLD,
    epoch=U32,
    player=st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
    eid=U16,
    token=SECRET,
    resumed=st.booleans(),
    tick=U32,
    tick_hz=st.integers(1, 255),
    rules=st.dictionaries(text(32), st.integers(-(2**40), 2**40) | text(32), max_size=4),
    rules_hash=text(64),
    last_act_id=U32,
    last_seq=U32,
    resume_s=U16,
)
ENTRY = st.builds(
    RosterEntry,
    eid=U16,
    name=text(16),
    team=TEAM,
    score=U32,
    ready=st.booleans(),
    away=st.booleans(),
    is_bot=st.booleans(),
)
STANDING = st.builds(
    Standing, score=U32, stock=st.tuples(U32, U32, U32), level=U8, light=U16, x=U16, y=U16
)
SERVER = {
    "welcome": WELCOME,
    "snap": snaps(),
    "step": steps(),
    "roster": st.builds(
        Roster,
        entries=st.lists(ENTRY, max_size=3).map(tuple),
        gone=st.lists(U16, max_size=3).map(tuple),
        whole=st.booleans(),
    ),
    "round": st.builds(
        Round,
        phase=st.sampled_from(["lobby", "countdown", "play", "results"]),
        number=U32,
        ends=U32,
        standings=st.lists(STANDING, max_size=3).map(tuple),
        star=st.none() | st.tuples(U16, U16, U32),
    ),
    "chat": st.builds(Chat, eid=U16, channel=CHANNEL, text=text(100)),
    "notice": st.builds(Notice, code=text(64), text=text(100), seconds=U16),
    "late": st.builds(Late, late_ms=st.integers(1, 0xFFFF_FFFF)),
    "reject": st.builds(Reject, code=U16, text=text(100), retry_after_s=U16),
    "saved": st.builds(Saved, act_id=U32),
    "travel": st.builds(
        Travel, url=st.just("wss://there.example/w/home"), world=WORLD, ticket=SECRET
    ),
}
