"""The parts of docs/reference/protocol.md that the code decides.

`python -m tests.protocol.reference` writes them anew between their markers; the test of the same
name holds the page equal to them.
"""

import re
from pathlib import Path

import msgspec
from msgspec import inspect

from game.body import Body, Command, Keys
from game.events import EventKind
from game.inputs import ActKind
from game.items import POINTS, Item
from game.nodes import TRAITS, NodeKind
from game.rules import Rules
from game.terrain import EASY, SOLID, Tile
from protocol.codec import encode
from protocol.hot import (
    KIND_MOTH,
    KIND_PLAYER,
    Cell,
    Happening,
    Input,
    Mover,
    NodeView,
    Snap,
    Step,
)
from protocol.invite import Invite
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
from protocol.movers import mover_state, pack_mover
from protocol.reasons import Reason
from protocol.step import MOVES, TURNS
from protocol.table import TABLE, Direction

PAGE = Path(__file__).parents[2] / "docs/reference/protocol.md"

INVITE = Invite(
    addresses=("192.168.1.20", "203.0.113.7"),
    port=8443,
    secret="AAECAwQFBgcICQoLDA0ODw",
    title="Ann's lantern",
    ca_sha256="ab" * 32,
)
OWN = Body(
    x=655_360,
    y=720_896,
    facing=2,
    dash_wait=41,
    target=300,
    progress=12,
    cargo=(2, 0, 1),
    warp=1,
    felt_left=9,
    felt=5,
)
EXAMPLES = {
    "HELLO": Hello(minor=0, name="Ann", invite=INVITE.secret),
    "HELLO that resumes": Hello(minor=0, name="Ann", resume="EBESExQVFhcYGRobHB0eHw"),
    "INPUT of one command": Input(7, (Command(Keys.UP | Keys.RIGHT, 300),), 1000, 12),
    "INPUT of five commands in two runs": Input(
        8, (Command(Keys.UP),) * 3 + (Command(),) * 2, 0, 0
    ),
    "ACT": Act(act_id=3, kind=ActKind.DEPOSIT),
    "SAY": Say(channel="team", text="here"),
    "BYE": Bye(),
    "STATS": Stats(fps=60, stale_ms=41, jitter_ms=6, corrections=0),
    "WELCOME": Welcome(
        minor=0,
        server="Ann's lantern",
        world="home",
        epoch=1,
        player="000102030405060708090a0b0c0d0e0f",
        eid=1,
        token="EBESExQVFhcYGRobHB0eHw",
        resumed=False,
        tick=1000,
        tick_hz=30,
        rules={"tick_hz": 30, "cell_tiles": 16},
        rules_hash="0123456789abcdef",
        last_act_id=0,
        last_seq=0,
        resume_s=60,
    ),
    "SNAP": Snap(
        tick=1001,
        last_seq=7,
        wait=1,
        body=OWN,
        movers=(
            Mover(2, KIND_PLAYER, 6, True, False, False, 720_896 + 512, 655_360 + 512),
            Mover(60_000, KIND_MOTH, 0, False, False, False, 589_824 + 512, 720_896 + 512),
        ),
        cells=(Cell(0, 0, 5, None, (NodeView(300, NodeKind.TREE, 3, 11, 11),)),),
        happenings=(Happening(EventKind.TOOK, 1, 300, Item.WOOD),),
    ),
    "STEP, of the tick after that SNAP": Step(
        commands=1,
        wait=1,
        dx=10_240,
        dy=0,
        counts=True,
        rest=b"",
        changes=bytes([MOVES, TURNS]),
        ways=bytes([-10 % 256, 0, 9, 3, mover_state(KIND_MOTH, 3, False, False, False)]),
        came=pack_mover(
            Mover(3, KIND_PLAYER, 4, False, False, False, 700_000, 1_400_000), OWN.x + 10_240, OWN.y
        ),
        cells=(),
        happenings=(),
    ),
    "ROSTER": Roster(entries=(RosterEntry(1, "Ann", 0, 12, True, False, False),), gone=(4,)),
    "ROUND": Round(
        phase="play",
        number=1,
        ends=10_000,
        standings=(Standing(12, (9, 3, 1), 1, 105, 64, 32),),
        star=(40, 50, 3000),
    ),
    "CHAT": Chat(eid=1, channel="team", text="here"),
    "NOTICE": Notice(code="restart", text="The server restarts in a moment.", seconds=5),
    "LATE": Late(late_ms=140),
    "REJECT": Reject(code=Reason.FULL, text=Reason.FULL.sentence, retry_after_s=30),
    "SAVED": Saved(act_id=3),
    "TRAVEL": Travel(url="wss://far.example/w/far", world="far", ticket="ICEiIyQlJicoKSorLC0uLw"),
}


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def messages():
    rows = []
    for entry in TABLE:
        rate = "once"
        if entry.rate:
            rate = f"{entry.rate} a second, {entry.burst} at once"
        if entry.direction is Direction.TO_CLIENT:
            rate = "-"
        phases = ", ".join(phase for phase in ("hello", "play") if phase in entry.phases)
        rows.append(
            (f"`{entry.id:02x}`", entry.name, entry.direction, phases, entry.max_bytes, rate)
        )
    return table(("type", "name", "direction", "phase", "bytes at most", "rate"), rows)


def reasons():
    after = {True: "resume"}
    rows = []
    for reason in Reason:
        then = after.get(reason.may_resume, "stop")
        if reason is Reason.RESUME_LOST:
            then = "join by invite"
        rows.append((int(reason), reason.name, then, reason.sentence))
    return table(("code", "name", "then", "what the player reads"), rows)


def examples():
    blocks = [
        f"{title}:\n\n```\n{wrapped(encode(message))}\n```" for title, message in EXAMPLES.items()
    ]
    return "\n\n".join(blocks)


def wrapped(data):
    text = data.hex(" ")
    return "\n".join(text[at : at + 96].strip() for at in range(0, len(text), 96))


def invite():
    return f"```\n{INVITE.link()}\n```"


def tiles():
    def about(tile):
        if tile in SOLID:
            return "stops a body"
        return "a load weighs less" if tile in EASY else ""

    return table(("tile", "name", ""), [(int(tile), tile.name, about(tile)) for tile in Tile])


def nodes():
    rows = [
        (int(kind), kind.name, TRAITS[kind].item.name, TRAITS[kind].work_ms, TRAITS[kind].stock)
        for kind in NodeKind
    ]
    return table(("kind", "name", "gives", "work for one item, ms", "stock at most"), rows)


def events():
    return table(("kind", "name"), [(int(kind), kind.name) for kind in EventKind])


def acts():
    return table(("kind", "name"), [(int(kind), kind.name) for kind in ActKind])


def keys():
    return table(("bit", "key"), [(int(key), key.name) for key in Keys])


def items():
    return table(("item", "name", "points"), [(int(i), i.name, POINTS[i]) for i in Item])


def rules():
    default = msgspec.to_builtins(Rules())
    return table(("rule", "default"), [(f"`{name}`", value) for name, value in default.items()])


SECTIONS = (messages, reasons, examples, invite, tiles, nodes, events, acts, keys, items, rules)


def markers(section):
    return f"<!-- begin {section.__name__} -->\n", f"<!-- end {section.__name__} -->"


def renewed(page):
    """The page with every section between markers as the code says."""
    for section in SECTIONS:
        begin, end = markers(section)
        before, rest = page.split(begin)
        _, after = rest.split(end)
        page = before + begin + "\n" + section() + "\n\n" + end + after
    return page


def fields(message):
    """(name, type and bounds, default) of each field of a cold message, as the page must say."""
    return [
        (field.name, bounds(field.type), default(field))
        for field in inspect.type_info(message).fields
    ]


def default(field):
    if field.required:
        return "required"
    value = field.default
    return "nil" if value is None else f"`{msgspec.json.encode(value).decode()}`"


def bounds(kind):
    return BOUNDS[type(kind)](kind)


def text(kind):
    size = f"str {kind.min_length or 0}..{kind.max_length}" if kind.max_length else "str"
    return size + (f" `{kind.pattern}`".replace(r"\Z", "$") if kind.pattern else "")


def each(kinds, between=", "):
    return between.join(map(bounds, kinds))


BOUNDS = {
    inspect.BoolType: lambda _: "bool",
    inspect.NoneType: lambda _: "nil",
    inspect.IntType: lambda k: "int" if k.ge is None else f"int {k.ge}..{k.le}",
    inspect.StrType: text,
    inspect.LiteralType: lambda k: "one of " + ", ".join(f"`{value}`" for value in k.values),
    inspect.UnionType: lambda k: each(k.types, " or "),
    inspect.TupleType: lambda k: f"array ({each(k.item_types)})",
    inspect.VarTupleType: lambda k: f"array of {bounds(k.item_type)}, at most {k.max_length}",
    inspect.DictType: lambda k: (
        f"map of {bounds(k.key_type)} to {bounds(k.value_type)}, at most {k.max_length}"
    ),
    inspect.StructType: lambda k: k.cls.__name__,
}


def documented(page, title):
    """The rows (name, type, default) of the field table under the heading `title`."""
    section = re.split(r"\n#{2,4} ", page.split(f"# {title}\n")[1])[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|", section, re.MULTILINE)
    return [tuple(row) for row in rows]


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text()))
