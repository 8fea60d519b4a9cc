"""All that one frame shows, as plain data: drawing knows neither session nor network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from client.drawn import DrawnMover, DrawnSelf
from client.figures import Figures
from game.nodes import Node
from game.rules import Rules
from game.terrain import Terrain
from protocol.messages import RosterEntry, Standing

STALLED: Final = "Waiting for the server: nothing was heard for a moment."
Phase = Literal["lobby", "countdown", "play", "results"]


@dataclass(frozen=True, slots=True)
class StarView:
    """A star that will fall on a tile."""

    tx: int
    ty: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Pending:
    """A hand-in: `points` are counted, but `saved` tells whether they are on the server's disk."""

    points: int
    age_s: float  # since it was asked for or, once saved, since it was saved
    saved: bool


@dataclass(frozen=True, slots=True)
class ChatLine:
    """Something said; `team` -1 is the server itself, `private` is for the own team alone."""

    name: str
    team: int
    text: str
    private: bool
    age_s: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """The line is down, or only silent (`is_stalled`): then there is nothing to choose yet."""

    reason: str
    attempt: int
    seconds: float
    trying: str
    is_stalled: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """The world and the state of play for one frame. Positions in tiles, times in seconds."""

    now: float
    rules: Rules
    terrain: Terrain
    nodes: Mapping[int, Node]
    roster: Mapping[int, RosterEntry]
    eid: int
    own: DrawnSelf | None
    others: Sequence[DrawnMover]
    phase: Phase
    number: int
    seconds_left: float | None
    standings: Sequence[Standing]
    star: StarView | None = None
    server: str = ""
    near: int = 0  # the node that could be worked on from here
    figures: Figures = field(default_factory=Figures)
    network: str = ""  # the line that is simulated
    pending: Sequence[Pending] = ()
    chat: Sequence[ChatLine] = ()
    typing: str | None = None
    typing_private: bool = False
    typing_selected: bool = False
    typing_limit: str = ""  # how near the end of what can be said
    notice: str = ""
    trouble: Trouble | None = None
    muted: bool = False
    shows_scores: bool = False
    shows_graph: bool = False
    shows_menu: bool = False
    hints: bool = True

    @property
    def me(self) -> RosterEntry:
        """The player's own entry; a grey nobody until the roster came."""
        return self.roster.get(self.eid) or RosterEntry(self.eid, "", -1, 0, False, False, False)

    @property
    def home(self) -> Standing | None:
        """The own team's lantern."""
        team = self.me.team
        return self.standings[team] if 0 <= team < len(self.standings) else None
