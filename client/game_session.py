"""What the window holds: one player's session, its line in a thread, others interpolated.

Call `poll(now)` once a frame, then read. Nothing here blocks: the network lives in a thread of
its own. `now` is `time.monotonic()` seconds and is the same for all calls of one frame.
"""

from collections import deque
from collections.abc import Mapping
from pathlib import Path

from client.connecting import Target
from client.drawing_position import OwnDraw
from client.drawn import DrawnMover, DrawnSelf
from client.figures import Figures
from client.interpolation import Interpolation
from client.link_thread import LinkThread
from client.session import Session
from client.state import SessionState
from client.tokens import TokenFile
from game.body import Keys
from game.inputs import ActKind
from game.rules import Rules
from game.terrain import Terrain
from protocol.hot import Happening, NodeView
from protocol.invite import Invite
from protocol.messages import Chat, Notice, RosterEntry, Round


class GameSession:
    """A player's stay in a world, over as many connections as it takes."""

    def __init__(
        self, invite: Invite, name: str, *, data_dir: Path, team: int = -1, now: float
    ) -> None: ...

    # ------------------------------------------------------------ once a frame

    def poll(self, now: float) -> None:
        """Take in what the network brought, run the ticks that are due, send what they made."""

    def set_keys(self, keys: Keys, target: int = 0) -> None:
        """What is held down now, and the node to work on (0 none). Shows in the next frame.

        A target that is out of reach or empty is not sent.
        """

    def act(self, kind: ActKind, arg: int = 0) -> int:
        """Ask for something once; it survives a lost line. Returns its id (see `saved`), 0 if
        the session is not playing.
        """

    def say(self, text: str, channel: str = "all") -> None:
        """Say something in the chat (1..200 characters, else it is cut or ignored)."""

    def retry_now(self, now: float) -> None:
        """Do not wait for the countdown of state Waiting."""

    def close(self) -> None:
        """Leave the world on purpose and end the thread; waits at most a second."""

    # ------------------------------------------------------------ what there is to show

    @property
    def state(self) -> SessionState: ...

    @property
    def stalled(self) -> bool:
        """Nothing was heard for a while: tint the world, say "waiting for the server"."""

    @property
    def own(self) -> DrawnSelf | None:
        """The player's own body at the last `poll`; None before the first snapshot."""

    def others(self, now: float) -> list[DrawnMover]: ...

    @property
    def eid(self) -> int: ...

    @property
    def rules(self) -> Rules | None: ...

    @property
    def terrain(self) -> Terrain | None:
        """Tiles known so far; the same object until a new map (then another one)."""

    @property
    def terrain_version(self) -> int:
        """Grows whenever tiles became known: redraw what was drawn in advance."""

    @property
    def nodes(self) -> Mapping[int, NodeView]:
        """Resource nodes and piles by id, with the player's own takes predicted."""

    def target_near(self) -> int:
        """The nearest node that can be worked on from here, 0 for none."""

    @property
    def roster(self) -> Mapping[int, RosterEntry]: ...

    @property
    def round(self) -> Round | None: ...

    @property
    def seconds_left(self) -> float | None:
        """Of the running phase; None when it has no end."""

    @property
    def chat(self) -> deque[Chat]:
        """The newest 100 things said, oldest first."""

    @property
    def happenings(self) -> deque[Happening]:
        """For sounds and sparks: pop what you have shown."""

    @property
    def notices(self) -> deque[Notice]:
        """What the server wants the player to know: pop what you have shown."""

    @property
    def saved(self) -> int:
        """Acts up to this id are on the server's disk: no longer tentative."""

    @property
    def acted(self) -> int:
        """The id of the newest act asked for; greater than `saved`: something is tentative."""

    @property
    def server(self) -> str:
        """What the server calls itself."""

    @property
    def stats(self) -> Figures: ...
