"""What a scene needs of a stay in a world: client.game_session is one, tests have theirs."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from client.drawn import DrawnMover, DrawnSelf
from client.figures import Figures
from client.state import SessionState
from game.body import Keys
from game.inputs import ActKind
from game.nodes import Node
from game.rules import Rules
from game.terrain import Terrain
from protocol.hot import Happening
from protocol.invite import Invite
from protocol.messages import Chat, Notice, RosterEntry, Round


class Stay(Protocol):
    """See client.game_session.GameSession for what each means."""

    def poll(self, now: float) -> None: ...  # noqa: D102
    def set_keys(self, keys: Keys, target: int = 0) -> None: ...  # noqa: D102
    def act(self, kind: ActKind, arg: int = 0) -> int: ...  # noqa: D102
    def say(self, text: str, channel: Literal["all", "team"] = "all") -> bool: ...  # noqa: D102
    def retry_now(self, now: float) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102
    def others(self, now: float) -> list[DrawnMover]: ...  # noqa: D102
    def target_near(self) -> int: ...  # noqa: D102
    @property
    def state(self) -> SessionState: ...  # noqa: D102
    @property
    def stalled(self) -> bool: ...  # noqa: D102
    @property
    def stats(self) -> Figures: ...  # noqa: D102
    @property
    def server(self) -> str: ...  # noqa: D102
    @property
    def saved(self) -> int: ...  # noqa: D102
    @property
    def own(self) -> DrawnSelf | None: ...  # noqa: D102
    @property
    def eid(self) -> int: ...  # noqa: D102
    @property
    def rules(self) -> Rules | None: ...  # noqa: D102
    @property
    def terrain(self) -> Terrain | None: ...  # noqa: D102
    @property
    def nodes(self) -> Mapping[int, Node]: ...  # noqa: D102
    @property
    def roster(self) -> Mapping[int, RosterEntry]: ...  # noqa: D102
    @property
    def round(self) -> Round | None: ...  # noqa: D102
    @property
    def tick(self) -> float: ...  # noqa: D102
    @property
    def seconds_left(self) -> float | None: ...  # noqa: D102
    @property
    def chat(self) -> deque[Chat]: ...  # noqa: D102
    @property
    def happenings(self) -> deque[Happening]: ...  # noqa: D102
    @property
    def notices(self) -> deque[Notice]: ...  # noqa: D102


OpenStay = Callable[[Invite, str, float], Stay]
"""Begin a stay: (invite, name, now)."""
