"""What the window holds: one player's session, its line in a thread, others interpolated.

Call `poll(now)` once a frame, then read. Nothing here blocks: the network lives in a thread of
its own. `now` is `time.monotonic()` seconds and is the same for all calls of one frame.
"""

import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Final, Literal

from client import ways
from client.drawn import DrawnMover, DrawnSelf
from client.figures import Figures
from client.link_thread import LinkThread
from client.network import Network
from client.readout import Readout
from client.session import Identity, Session
from client.sight import Sight
from client.state import SessionState
from client.target import Target
from client.tokens import TokenFile
from client.ways import Ways
from game.body import Keys
from game.inputs import ActKind
from game.nodes import Node
from game.rules import Rules
from game.terrain import Terrain
from protocol.hot import Happening
from protocol.invite import Invite
from protocol.messages import Chat, Notice, RosterEntry, Round

EVENTS_A_FRAME: Final = 400
"""So many are taken in at once: even a flood leaves the window its frames."""


class GameSession:
    """A player's stay in a world, over as many connections as it takes.

    `network` is a bad line to try out. `target` is for tests: it stands in for the server that
    the invite names.
    """

    def __init__(  # noqa: PLR0913 - keyword arguments, each with a meaning of its own
        self,
        invite: Invite,
        name: str,
        *,
        data_dir: Path,
        team: int = -1,
        now: float | None = None,
        target: Target | None = None,
        network: Network | None = None,
    ) -> None:
        start = time.monotonic() if now is None else now
        places = [target] if target else ways.targets(invite)
        self._line = LinkThread(Ways(places, network).open)
        tokens = TokenFile(data_dir, invite, name)
        who = Identity(name, invite.secret, team)
        self._session = Session(self._line, who, tokens, Random(), start)
        self._readout = Readout(self._session.figures)
        self._sight = Sight(self._session)
        self._now = start
        self._session.start()

    # ------------------------------------------------------------ once a frame

    def poll(self, now: float) -> None:
        """Take in what the network brought, run the ticks that are due, send what they made."""
        self._now = now
        session = self._session
        for event in self._line.events(EVENTS_A_FRAME):
            session.handle(event)
        session.advance(now)
        if session.watch is not None:
            self._readout.refresh(session.watch, now)
        self._sight.look(now)

    def set_keys(self, keys: Keys, target: int = 0) -> None:
        """What is held down now, and the node to work on (0 none).

        Call it before `poll` and it shows in this very frame. A target that is out of reach or
        empty is not sent.
        """
        self._session.controls.set(int(keys), target)

    def act(self, kind: ActKind, arg: int = 0) -> int:
        """Ask for something once; it survives a lost line.

        Returns its id (see `saved`), 0 if the session is not playing or too much was asked.
        """
        return self._session.act(kind, arg, self._now)

    def say(self, text: str, channel: Literal["all", "team"] = "all") -> bool:
        """Say something (cut at 200 characters); False if it was not sent."""
        return self._session.say(text, channel, self._now)

    def retry_now(self, now: float) -> None:
        """Do not wait for the countdown of state Waiting; or try again after Failed."""
        self._now = now
        self._session.retry_now()

    def close(self) -> None:
        """Leave the world on purpose and end the thread; waits a moment at most."""
        self._session.leave()
        self._line.close()

    # ------------------------------------------------------------ the line

    @property
    def state(self) -> SessionState:
        """Connecting, Playing, Waiting, Failed or Left."""
        return self._session.state

    @property
    def stalled(self) -> bool:
        """Nothing was heard for a while: tint the world, say "waiting for the server"."""
        return self._session.is_stalled(self._now)

    @property
    def stats(self) -> Figures:
        """The line's figures, for the netgraph."""
        return self._session.figures

    @property
    def server(self) -> str:
        """What the server calls itself; empty before it said so."""
        view = self._session.view
        return view.server if view else ""

    @property
    def saved(self) -> int:
        """Acts up to this id are on the server's disk: no longer tentative."""
        return self._session.conversation.saved

    @property
    def acted(self) -> int:
        """The newest act asked for; greater than `saved`: something is tentative."""
        pending = self._session.conversation.pending
        return pending[-1].act_id if pending else self.saved

    # ------------------------------------------------------------ who moves

    @property
    def own(self) -> DrawnSelf | None:
        """The player's own body at the last `poll`; None before the first snapshot."""
        return self._sight.own

    def others(self, now: float) -> list[DrawnMover]:
        """Everything else that moves, at this moment."""
        return self._sight.others(now)

    # ------------------------------------------------------------ the world

    @property
    def eid(self) -> int:
        """The player's own id in the roster; 0 before WELCOME."""
        view = self._session.view
        return view.eid if view else 0

    @property
    def team(self) -> int:
        """The player's own team; -1 while unknown."""
        view = self._session.view
        return view.team if view else -1

    @property
    def rules(self) -> Rules | None:
        """The rules of this world; None before WELCOME."""
        view = self._session.view
        return view.rules if view else None

    @property
    def terrain(self) -> Terrain | None:
        """Tiles known so far; the same object until a new map (then another one)."""
        view = self._session.view
        return view.ground.terrain if view else None

    @property
    def terrain_version(self) -> int:
        """Grows whenever tiles became known: redraw what was drawn in advance."""
        view = self._session.view
        return view.ground.version if view else 0

    @property
    def nodes(self) -> Mapping[int, Node]:
        """Resource nodes and piles by id, with the player's own takes foreseen."""
        view = self._session.view
        return view.ground.nodes if view else {}

    def target_near(self) -> int:
        """The nearest node that can be worked on from here, 0 for none."""
        presence, view = self._session.presence, self._session.view
        if presence is None or view is None:
            return 0
        return view.ground.nearest_target(presence.prediction.body, view.rules)

    @property
    def roster(self) -> Mapping[int, RosterEntry]:
        """Who is here, by eid."""
        view = self._session.view
        return view.roster if view else {}

    @property
    def round(self) -> Round | None:
        """Where the round stands."""
        view = self._session.view
        return view.round if view else None

    @property
    def tick(self) -> float:
        """The server's tick at the last `poll`, as far as can be told."""
        snap, rules = self._session.snap, self.rules
        if snap is None or rules is None:
            return 0.0
        return snap[0].tick + max(0.0, self._now - snap[1]) * rules.tick_hz

    @property
    def seconds_left(self) -> float | None:
        """Of the running phase; None when it has no end."""
        if self.round is None or not self.round.ends or self.rules is None:
            return None
        return max(0.0, (self.round.ends - self.tick) / self.rules.tick_hz)

    # ------------------------------------------------------------ what was said and happened

    @property
    def chat(self) -> deque[Chat]:
        """The newest 100 things said, oldest first."""
        view = self._session.view
        return view.chat if view else deque()

    @property
    def happenings(self) -> deque[Happening]:
        """For sounds and sparks: pop what you have shown."""
        view = self._session.view
        return view.happenings if view else deque()

    @property
    def notices(self) -> deque[Notice]:
        """What the server wants the player to know: pop what you have shown."""
        view = self._session.view
        return view.notices if view else deque()
