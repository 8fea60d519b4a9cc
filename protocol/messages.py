"""Every message of the wire but INPUT and SNAP (protocol.hot).

Cold messages are MessagePack maps behind one type byte; their bounds are part of their types.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

U8 = Annotated[int, Meta(ge=0, le=0xFF)]
U16 = Annotated[int, Meta(ge=0, le=0xFFFF)]
U32 = Annotated[int, Meta(ge=0, le=0xFFFF_FFFF)]
Secret = Annotated[str, Meta(min_length=16, max_length=64, pattern=r"^[A-Za-z0-9_-]+\Z")]
Name = Annotated[str, Meta(min_length=1, max_length=200)]  # raw; game.names.clean decides
Label = Annotated[str, Meta(min_length=1, max_length=64)]
World = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,32}\Z")]
Url = Annotated[str, Meta(max_length=300, pattern="^wss?://")]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Line = Annotated[str, Meta(min_length=1, max_length=500)]  # what the server says
Team = Annotated[int, Meta(ge=-1, le=7)]
RulesMap = Annotated[
    dict[Annotated[str, Meta(max_length=32)], int | Annotated[str, Meta(max_length=32)]],
    Meta(max_length=128),
]

_SECRET_FIELDS: Final = frozenset({"invite", "resume", "token", "ticket"})


class _Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A cold message: a map, unknown keys ignored, so that a minor version may add some."""

    def __repr__(self) -> str:
        """Like any struct's, but secrets stay out of logs."""
        shown = (
            f"{name}={'<secret>' if name in _SECRET_FIELDS and value else repr(value)}"
            for name in self.__struct_fields__
            for value in (getattr(self, name),)
        )
        return f"{type(self).__name__}({', '.join(shown)})"


# ------------------------------------------------------------------ client to server


class Hello(_Message, frozen=True, kw_only=True):
    """The first thing a client says: who it is and by which right it comes."""

    minor: U16
    build: Annotated[str, Meta(max_length=40)] = ""
    name: Name
    invite: Secret | None = None
    resume: Secret | None = None
    team: Team = -1
    bot: bool = False


class Act(_Message, frozen=True, kw_only=True):
    """A numbered request, applied just before the next command that follows it on the wire."""

    act_id: Annotated[int, Meta(ge=1, le=0xFFFF_FFFF)]
    kind: Annotated[int, Meta(ge=1, le=5)]
    arg: U16 = 0


class Say(_Message, frozen=True, kw_only=True):
    """Chat."""

    channel: Literal["all", "team"] = "all"
    text: Text


class Bye(_Message, frozen=True, kw_only=True):
    """The player leaves on purpose: the body goes at once."""


class Stats(_Message, frozen=True, kw_only=True):
    """What only the client can measure, over the last STATS_EVERY_S. Shown, never trusted."""

    fps: Annotated[int, Meta(ge=0, le=1000)] = 0  # pictures drawn a second; 0: it draws none
    stale_ms: Annotated[int, Meta(ge=0, le=60_000)]  # age of the newest SNAP, 95th percentile
    jitter_ms: Annotated[int, Meta(ge=0, le=60_000)]  # how late SNAPs come, 95th percentile
    corrections: Annotated[int, Meta(ge=0, le=1000)]  # bodies that were not as predicted


# ------------------------------------------------------------------ server to client


class Welcome(_Message, frozen=True, kw_only=True):
    """The player is in. `token` resumes this session; it replaces every earlier one."""

    minor: U16
    server: Label
    world: World
    epoch: U32  # differs after every start of the server: ticks do not compare across it
    player: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]  # 128 random bits
    eid: U16
    token: Secret
    resumed: bool
    tick: U32
    tick_hz: Annotated[int, Meta(ge=1, le=0xFF)]
    rules: RulesMap  # game.rules.Rules as a map; see protocol.rules
    rules_hash: Label
    last_act_id: U32  # acts up to here are applied: do not send them again
    last_seq: U32  # number the next command one higher
    resume_s: U16  # how long a lost player's body waits


class RosterEntry(msgspec.Struct, frozen=True, array_like=True):
    """One player as everybody may know them."""

    eid: U16
    name: Annotated[str, Meta(min_length=1, max_length=16)]  # as game.names.clean leaves it
    team: Team
    score: U32
    ready: bool
    away: bool
    is_bot: bool


class Roster(_Message, frozen=True, kw_only=True):
    """Who is here: entries that changed, ids that are gone. `whole` replaces all known."""

    entries: Annotated[tuple[RosterEntry, ...], Meta(max_length=2048)] = ()
    gone: Annotated[tuple[U16, ...], Meta(max_length=2048)] = ()
    whole: bool = False


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """A team and its lantern. Positions in tiles, light in 1/16 tile."""

    score: U32
    stock: tuple[U32, U32, U32]
    level: U8
    light: U16
    x: U16
    y: U16


class Round(_Message, frozen=True, kw_only=True):
    """Where the round stands. `ends` is the tick at which the phase ends, 0 for open."""

    phase: Literal["lobby", "countdown", "play", "results"]
    number: U32
    ends: U32
    standings: Annotated[tuple[Standing, ...], Meta(max_length=8)]
    star: tuple[U16, U16, U32] | None = None  # tile x, tile y, tick of the fall


class Chat(_Message, frozen=True, kw_only=True):
    """Something said. `eid` 0 is the server itself: no player can speak as it."""

    eid: U16
    channel: Literal["all", "team"]
    text: Line


class Saved(_Message, frozen=True, kw_only=True):
    """Every act up to `act_id` is on disk: it survives whatever happens to the server."""

    act_id: U32


class Notice(_Message, frozen=True, kw_only=True):
    """The server tells the player something; `code` is stable, `text` is the sentence to show."""

    code: Label
    text: Line
    seconds: U16 = 0


class Late(_Message, frozen=True, kw_only=True):
    """The server's own ticks come late; told before the first SNAP that is.

    `late_ms` is the most since the last LATE. Without one before it, a SNAP was made in time.
    """

    late_ms: Annotated[int, Meta(ge=1, le=0xFFFF_FFFF)]


class Reject(_Message, frozen=True, kw_only=True):
    """The last message before a close: why, in a sentence, and whether to come again."""

    code: U16  # the close code that follows: protocol.reasons.Reason
    text: Line
    retry_after_s: U16 = 0


class Travel(_Message, frozen=True, kw_only=True):
    """Reserved: the session goes on at another address; a client obeys it as a resume there."""

    url: Url
    world: World
    ticket: Secret
