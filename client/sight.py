"""What a player sees of a session this very frame: the own body foreseen, others a moment ago."""

from client.drawn import DrawnMover, DrawnSelf
from client.interpolation import Interpolation
from client.own_draw import OwnDraw
from client.session import Session
from protocol.hot import Snap


class Sight:
    """Looks at a session once a frame, after its `advance`. Times are monotonic seconds."""

    def __init__(self, session: Session) -> None:
        self.own: DrawnSelf | None = None
        """The player's own body at the last `look`; None before the first snapshot."""
        self._session = session
        self._own_draw = OwnDraw(session.figures.corrections)
        self._others: Interpolation | None = None
        self._epoch: tuple[str, int] | None = None  # ticks of two worlds do not compare
        session.on_snap = self._on_snap

    def look(self, now: float) -> None:
        """See the own body."""
        session = self._session
        if session.presence is not None and session.view is not None:
            self.own = self._own_draw.draw(
                session.presence.prediction,
                session.view,
                session.controls.keys,
                session.presence.pacer.fraction,
                now,
            )

    def others(self, now: float) -> list[DrawnMover]:
        """Everything else that moves, at this moment."""
        if self._others is None:
            return []
        drawn = self._others.draw(now)
        self._session.figures.delay_ms = 1000 * self._others.timeline.delay_s
        return drawn

    @property
    def shown_tick(self) -> float:
        """The server's tick that the others were last drawn at."""
        return self._others.timeline.cursor if self._others else 0.0

    def _on_snap(self, snap: Snap, at: float) -> None:
        view, welcomed = self._session.view, self._session.conversation.welcomed
        if view is None or welcomed is None:
            return
        epoch = (welcomed.world, welcomed.epoch)
        if self._others is None or epoch != self._epoch:
            self._others = Interpolation(view.rules)
            self._epoch = epoch
        self._others.add(snap.tick, snap.movers, at)
