"""Where the player's own body is drawn: ahead of its last tick, by the tick in progress."""

from collections import deque
from copy import copy
from math import hypot
from typing import Final

from client.drawn import DrawnSelf
from client.prediction import Prediction
from client.view import View
from game.body import Body
from game.motion import move
from game.nodes import TRAITS
from game.rules import UNIT, Rules

EASE_S: Final = 0.12
"""A correction is spread over this time."""
JUMP: Final = 2 * UNIT
"""Corrections longer than this are shown at once."""


class OwnDraw:
    """Eases corrections, and notes how long each is (tiles) in `corrections`.

    One for the whole session: it bridges new predictions too.
    """

    def __init__(self, corrections: deque[float] | None = None) -> None:
        self._corrections = deque(maxlen=1) if corrections is None else corrections
        self._prediction: Prediction | None = None
        self._mispredictions = 0
        self._last: tuple[float, float] | None = None
        self._slip = (0.0, 0.0)
        self._since = 0.0

    def draw(
        self, prediction: Prediction, view: View, keys: int, fraction: float, now: float
    ) -> DrawnSelf:
        """The body now: `fraction` of the tick in progress is over, `keys` are held in it."""
        body, coming = prediction.body, copy(prediction.body)
        move(coming, keys, view.ground.terrain, view.rules)
        x = body.x + (coming.x - body.x) * fraction
        y = body.y + (coming.y - body.y) * fraction
        self._take_slip(prediction, x, y, now)
        left = max(0.0, 1.0 - (now - self._since) / EASE_S)
        x, y = x + self._slip[0] * left, y + self._slip[1] * left
        self._last = (x, y)
        has_moved = (body.x, body.y) != (coming.x, coming.y)
        return _drawn(x, y, coming, view, has_moved)

    def _take_slip(self, prediction: Prediction, x: float, y: float, now: float) -> None:
        """Begin to ease anew if the body was put somewhere else since the last frame."""
        corrected = prediction.take_slip()
        if prediction is self._prediction:
            if prediction.mispredictions != self._mispredictions:
                self._mispredictions = prediction.mispredictions
                self._corrections.append(hypot(*corrected) / UNIT)
            if corrected == (0, 0):
                return
            left = max(0.0, 1.0 - (now - self._since) / EASE_S)
            slip = corrected[0] + self._slip[0] * left, corrected[1] + self._slip[1] * left
        else:
            last = self._last or (x, y)
            slip = last[0] - x, last[1] - y
        self._prediction, self._mispredictions = prediction, prediction.mispredictions
        self._since = now
        self._slip = slip if max(abs(slip[0]), abs(slip[1])) <= JUMP else (0.0, 0.0)


def _drawn(x: float, y: float, body: Body, view: View, has_moved: bool) -> DrawnSelf:
    rules = view.rules
    return DrawnSelf(
        x=x / UNIT,
        y=y / UNIT,
        facing=body.facing,
        moving=has_moved,
        dashing=body.dash_left > 0,
        dash_ready=1.0 - body.dash_wait / max(1, rules.ticks(rules.dash_wait_ms)),
        cargo=body.cargo,
        target=body.target,
        progress=_progress(body, view, rules),
    )


def _progress(body: Body, view: View, rules: Rules) -> float:
    node = view.ground.nodes.get(body.target)
    if node is None or node.kind not in TRAITS:
        return 0.0
    return min(1.0, body.progress / max(1, rules.ticks(TRAITS[node.kind].work_ms)))
